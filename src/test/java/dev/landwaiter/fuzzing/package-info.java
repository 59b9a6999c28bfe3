/**
 * What the fuzz tests of every module share. A target is a {@code @FuzzTest} over bytes: the build runs it over its {@link Seeds} and a
 * bounded number of mutations of them, always the same ones; {@code .ci/fuzz} has Jazzer look for more, guided by coverage.
 */
@NullMarked
package dev.landwaiter.fuzzing;

import org.jspecify.annotations.NullMarked;
