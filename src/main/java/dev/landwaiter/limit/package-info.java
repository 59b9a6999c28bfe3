/**
 * Every bound on what comes from outside: time as a {@link dev.landwaiter.limit.Deadline}, bytes and counts as {@link dev.landwaiter.limit.Limits},
 * what is common to all tenants as {@link dev.landwaiter.limit.Shares}.
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.limit;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
