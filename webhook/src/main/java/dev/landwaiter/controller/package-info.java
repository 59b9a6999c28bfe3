/** What one process of a cluster does for all of them, besides answering reviews: keeping the certificates of our own. */
@NullMarked
@CheckReturnValue
package dev.landwaiter.controller;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
