/**
 * What goes wrong, with a stable code and whose fault it is. Every error that a person or a program meets is one of these.
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.failure;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
