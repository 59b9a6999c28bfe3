/**
 * The decision on one admission request, from the review that comes in to the answer that goes out.
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.admission;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
