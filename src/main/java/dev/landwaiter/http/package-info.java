/**
 * The port that all HTTP to the outside goes through, with what records and replays it. It knows no registry: what is asked for, of whom and
 * with whose credentials is the caller's business.
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.http;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
