/**
 * Policies of other projects, said in our words: what can't be said the same way is told, and never makes a policy looser. Computes alone.
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.migrate;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
