/**
 * From a reference to an image, remembered. Three parts stand behind {@link dev.landwaiter.fetch.ImageFetcher}: what tags name
 * ({@code TagResolver}), who may read what ({@code AccessProofs}), and what digests name ({@link dev.landwaiter.fetch.ContentStore}, which
 * tiers decorate).
 */
@NullMarked
@CheckReturnValue
package dev.landwaiter.fetch;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
