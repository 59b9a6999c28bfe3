/**
 * The OCI distribution client, and the port that it speaks through.
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.registry;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
