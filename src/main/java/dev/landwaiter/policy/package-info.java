/**
 * What cluster admins demand of images: policies, authorities, matching.
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.policy;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
