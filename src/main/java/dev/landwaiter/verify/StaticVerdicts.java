package dev.landwaiter.verify;

import dev.landwaiter.failure.Code;
import dev.landwaiter.limit.Cut;
import dev.landwaiter.limit.Shown;
import dev.landwaiter.policy.Authority;
import dev.landwaiter.policy.ImagePolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The verdicts that need no image: of a broken policy, and of static authorities where they suffice or nobody else could. */
public final class StaticVerdicts {
    /** Of what one policy says, in characters. */
    private static final int MOST = 4_096;

    private StaticVerdicts() {}

    /** What {@code policy} says of every image; empty where it depends on the image. */
    public static Optional<Verdict> find(ImagePolicy policy) {
        if (policy.problem() != null) {
            return Optional.of(new Verdict.Rejected(
                    Code.POLICY_BROKEN,
                    "the policy can't be applied as written: %s. Ask a cluster admin to fix it."
                            .formatted(Shown.message(policy.problem(), MOST))));
        }
        List<Evidence> passes = new ArrayList<>();
        List<String> messages = new ArrayList<>();
        int signing = 0;
        for (Authority authority : policy.authorities()) {
            switch (authority) {
                case Authority.StaticPass pass -> passes.add(Evidence.ofStatic(pass.name()));
                case Authority.StaticFail fail -> {
                    if (!fail.message().isEmpty()) {
                        messages.add(fail.message());
                    }
                }
                case Authority.Signing _ -> signing++;
            }
        }
        if (passes.size() >= policy.threshold()) {
            return Optional.of(new Verdict.Verified(passes));
        }
        return passes.size() + signing >= policy.threshold()
                ? Optional.empty()
                : Optional.of(new Verdict.Rejected(
                        Code.STATIC_FAIL,
                        messages.isEmpty()
                                ? "the policy refuses every such image. Use an image that it allows."
                                : joined(messages)));
    }

    /** As many of them as have room: a namespace's policy has as many as its owner likes, and each image that it is for is told them. */
    private static String joined(List<String> messages) {
        if (messages.size() == 1) {
            return messages.getFirst();
        }
        Cut<String> cut = Cut.toFit(messages, MOST, String::length);
        String told = String.join("; ", cut.kept());
        return cut.more() == 0 ? told : told + "; and %d more".formatted(cut.more());
    }
}
