/**
 * The cluster behind the core's ports: policies and their status, namespaces' labels, pull Secrets. The only place that knows fabric8.
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.kubernetes;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
