/**
 * Landwaiter from outside: a real API server, real registries, signatures of real cosign, and the program as a process. Nothing here knows a class of the
 * product; what it says is read the way a user reads it, through kubectl.
 *
 * <p>{@link dev.landwaiter.e2e.Session} is what is up for all tests together. A test makes a {@link dev.landwaiter.e2e.Tenant} of its own, a namespace with
 * pull secret, and policies that select just this namespace, so that tests do not see each other.
 */
@NullMarked
package dev.landwaiter.e2e;

import org.jspecify.annotations.NullMarked;
