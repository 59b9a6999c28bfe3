/**
 * What is told of decisions: the log line of each, metrics, and how logs are written at all.
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.report;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
