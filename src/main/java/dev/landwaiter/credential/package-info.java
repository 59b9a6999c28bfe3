/**
 * Which credential goes to which registry path, and where it came from.
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.credential;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
