/**
 * The command line: one program, a verb for each thing it can do, and the text of each. Nothing uses it.
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.cli;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
