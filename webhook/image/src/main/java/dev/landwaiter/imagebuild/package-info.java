/** Builds the container image of the webhook, without docker: {@code ./landwaiter image}. No part of what is shipped. */
@NullMarked
@CheckReturnValue
package dev.landwaiter.imagebuild;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
