/**
 * Is this digest signed by whom the policy names: evidence in, verdict out.
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.verify;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
