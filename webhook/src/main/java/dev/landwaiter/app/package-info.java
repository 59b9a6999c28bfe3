/**
 * The program put together: the registry's stack, the decisions, the webhook and what it watches, the one {@code Vertx}, and which mode the
 * process runs in. Only commands and the demo use it.
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.app;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
