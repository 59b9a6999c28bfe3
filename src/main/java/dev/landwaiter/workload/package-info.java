/**
 * What there is to know of a kind of object: where its images stand, whose credentials fetch them, and the annotations that the contract has
 * for it.
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.workload;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
