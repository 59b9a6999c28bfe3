package dev.landwaiter.fetch;

import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageConfig;

/**
 * What one platform of an image says of itself.
 *
 * @param platformDigest of the manifest that was read for it: for labels only, never pinned nor verified
 * @param config its platform and labels; {@link ImageConfig#NONE} for an artifact that is no image
 */
public record ImageDetails(Digest platformDigest, ImageConfig config) {}
