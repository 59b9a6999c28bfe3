/**
 * What is wrong with an installation in a cluster, found from what the API server shows of it: pure checks of a snapshot, and the reading of one
 * through a port. It writes nothing.
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.doctor;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
