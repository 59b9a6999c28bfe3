/**
 * What is wrong with policies although they can be applied: what never matches, never decides, or is looser than it looks. Computes alone.
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.lint;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
