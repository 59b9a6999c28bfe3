/**
 * What to change in one object, as mutations that become a JSON patch.
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.plan;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
