package dev.landwaiter.check;

import java.util.ArrayList;
import java.util.List;

/**
 * What became of one image slot, as logs tell it.
 *
 * @param path of the field
 * @param reference as it was written; shortened, and with its escapes, where it is no reference
 * @param pinned as it stands in the end; the same where it was left as it was
 * @param outcome as records write it
 * @param policies that were asked
 * @param code of what is wrong with it, {@code ""} for nothing
 * @param unconfirmed the code for which its registry could not be asked what the tag names now, so that it is what the tag named last;
 *     {@code ""} where it could
 * @param wouldDeny the policies whose mode alone keeps them from refusing it
 */
public record ImageOutcome(
        String path,
        String reference,
        String pinned,
        String outcome,
        List<String> policies,
        String code,
        String unconfirmed,
        List<WouldDeny> wouldDeny) {
    public ImageOutcome {
        policies = List.copyOf(policies);
        wouldDeny = List.copyOf(wouldDeny);
    }

    /** One whose registry could be asked. */
    public ImageOutcome(
            String path,
            String reference,
            String pinned,
            String outcome,
            List<String> policies,
            String code,
            List<WouldDeny> wouldDeny) {
        this(path, reference, pinned, outcome, policies, code, "", wouldDeny);
    }

    /** The same but for the policies. */
    public ImageOutcome with(List<String> others) {
        return new ImageOutcome(path, reference, pinned, outcome, others, code, unconfirmed, wouldDeny);
    }

    /** What only would deny one of {@code images}. */
    public static List<WouldDeny> wouldDeny(List<ImageOutcome> images) {
        List<WouldDeny> all = new ArrayList<>(0);
        for (ImageOutcome image : images) {
            all.addAll(image.wouldDeny());
        }
        return all;
    }

    /**
     * A policy that would refuse an image if it enforced.
     *
     * @param path of the image's field
     * @param message why
     */
    public record WouldDeny(String path, String policy, String mode, String code, String message) {
        /** As a log in text has it. */
        @Override
        public String toString() {
            return "%s by policy %s (mode %s), %s: %s".formatted(path, policy, mode, code, message);
        }
    }
}
