/**
 * The demo: the webhook beside a registry and a Sigstore in one process, and a walk through what it does. It is a program of its own, because
 * the one that is shipped must not carry what can sign anything.
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.demo;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
