/**
 * Findings about the images of one object: which policies are for each, in whose scope they are, what they say, and how that is judged.
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.check;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
