package dev.landwaiter.admission;

import java.util.List;

/**
 * What became of one image slot, as logs tell it.
 *
 * @param path of the field
 * @param reference as it was written
 * @param pinned as it stands in the end; the same where it was left as it was
 * @param outcome as records write it
 * @param policies that were asked
 * @param code of what is wrong with it, {@code ""} for nothing
 * @param wouldDeny the policies whose mode alone keeps them from refusing it
 */
public record ImageOutcome(
        String path,
        String reference,
        String pinned,
        String outcome,
        List<String> policies,
        String code,
        List<WouldDeny> wouldDeny) {
    public ImageOutcome {
        policies = List.copyOf(policies);
        wouldDeny = List.copyOf(wouldDeny);
    }

    /** A policy that would refuse an image if it enforced. */
    public record WouldDeny(String policy, String mode, String code) {}
}
