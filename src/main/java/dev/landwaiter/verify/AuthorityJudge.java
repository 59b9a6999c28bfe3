package dev.landwaiter.verify;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.Digest;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Shown;
import dev.landwaiter.policy.Attestation;
import dev.landwaiter.policy.Authority;
import dev.landwaiter.policy.Condition;
import dev.landwaiter.policy.Identity;
import dev.landwaiter.policy.VerificationKey;
import dev.landwaiter.sigstore.HashAlgorithm;
import dev.landwaiter.sigstore.Proof;
import dev.landwaiter.sigstore.Signer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/** Says of one digest what an authority says: computes alone, by what was found. For one thread. */
final class AuthorityJudge {
    /** How many signatures are looked at again to tell a person that a key made one with another hash. */
    private static final int LOOKED_AT_AGAIN = 4;

    private final Digest subject;
    private final ClaimReader reader;
    private final Proofs proofs;
    private final StatementRoom room;
    private final Deadline deadline;

    /** @param deadline for a turn to judge a large attestation */
    AuthorityJudge(Digest subject, ClaimReader reader, Proofs proofs, StatementRoom room, Deadline deadline) {
        this.subject = subject;
        this.reader = reader;
        this.proofs = proofs;
        this.room = room;
        this.deadline = deadline;
    }

    /** Of {@code authority}, by {@code found} in its {@code places}. */
    Opinion of(Authority.Signing authority, List<Place> places, Signatures found) {
        List<Attestation> attestations = authority.terms().attestations();
        if (attestations.isEmpty()) {
            return signed(authority, places, found);
        }
        List<Evidence> evidence = new ArrayList<>();
        for (Attestation attestation : attestations) {
            switch (attested(authority, attestation, places, found)) {
                case Opinion.Passed passed -> evidence.addAll(passed.evidence());
                case Opinion.Unknown unknown -> {
                    return unknown;
                }
                case Opinion.Refused refused -> {
                    return refused;
                }
            }
        }
        return new Opinion.Passed(authority.name(), evidence);
    }

    /** Attestations are no signatures, whoever made them, nor the other way round: each is looked for among its own kind alone. */
    private Opinion signed(Authority.Signing authority, List<Place> places, Signatures found) {
        List<Claim> meant = new ArrayList<>();
        List<Claim> others = new ArrayList<>();
        for (Claim claim : found.claims()) {
            boolean signature = claim instanceof Claim.Signature
                    || (claim instanceof Claim.Defective defective
                            && defective.predicateType().isEmpty());
            (signature ? meant : others).add(claim);
        }
        Trial trial = new Trial(authority, signed -> Optional.empty());
        return trial.of(meant)
                .<Opinion>map(proven -> passed(authority, proven, ""))
                .or(() -> unread(found))
                .orElseGet(() -> meant.isEmpty()
                        ? new Opinion.NoSignature(authority, places, others)
                        : new Opinion.NotSigned(authority, meant, trial.why()));
    }

    private Opinion attested(
            Authority.Signing authority, Attestation attestation, List<Place> places, Signatures found) {
        List<Claim> meant = new ArrayList<>();
        List<Claim> others = new ArrayList<>();
        for (Claim claim : found.claims()) {
            String type = switch (claim) {
                case Claim.Attested attested -> attested.predicateType();
                case Claim.Defective defective -> defective.predicateType();
                case Claim.Signature _, Claim.Unrelated _, Claim.Unread _ -> "";
            };
            (type.equals(attestation.predicateType()) ? meant : others).add(claim);
        }
        Trial trial = new Trial(authority, signed -> contrary(attestation, signed));
        return trial.of(meant)
                .<Opinion>map(proven -> passed(authority, proven, attestation.name()))
                .or(() -> unread(found))
                .orElseGet(() -> meant.isEmpty()
                        ? new Opinion.NoAttestation(authority, attestation, places, others)
                        : new Opinion.NotAttested(authority, attestation, meant, trial.why()));
    }

    /** Why what it says is not what the policy asks for; empty where it is. Looked at only once it is known who says it. */
    private Optional<Opinion.Why> contrary(Attestation attestation, Claim.Signed signed) {
        Condition condition = attestation.condition();
        if (condition == null || !(signed instanceof Claim.Attested attested)) {
            return Optional.empty();
        }
        return room.judge(attested, deadline, () -> contrary(condition, attested));
    }

    private Optional<Opinion.Why> contrary(Condition condition, Claim.Attested attested) {
        try {
            return condition.holds(reader.statement(attested))
                    ? Optional.empty()
                    : Optional.of(new Opinion.Why.OtherContent(
                            attested.where(),
                            "does not say what the policy asks for: %s".formatted(Shown.of(condition.text(), 300))));
        } catch (Failure e) {
            return Optional.of(new Opinion.Why.OtherContent(
                    attested.where(), "can't be judged: %s".formatted(lowered(e.message()))));
        }
    }

    /**
     * What could not be read may have been what was looked for. First comes what there was no budget or room for, which refuses: whoever
     * makes an image ask for too much must not gain by what fails besides. Then what nobody on the image's side could have caused.
     */
    private static Optional<Opinion> unread(Signatures found) {
        List<Failure> failures = found.failures();
        return first(failures, code -> code.ofOneRequest() && !code.unavailable())
                .<Opinion>map(Opinion.Unreadable::new)
                .or(() -> first(failures, Code::unavailable).map(Opinion.Unknown::new))
                .or(() -> first(failures, _ -> true).map(Opinion.Unreadable::new));
    }

    private static Optional<Failure> first(List<Failure> failures, Predicate<Code> which) {
        return failures.stream().filter(failure -> which.test(failure.code())).findFirst();
    }

    private Opinion.Passed passed(Authority.Signing authority, Proven proven, String attestation) {
        Proof proof = proven.proof();
        return new Opinion.Passed(
                authority.name(),
                List.of(new Evidence(
                        authority.name(),
                        proven.claim().format(),
                        subject,
                        text(proof.signer()),
                        proof.time().orElse(null),
                        proof.log().orElse(null),
                        attestation,
                        Evidence.Way.ITSELF)));
    }

    private static String text(Signer signer) {
        return switch (signer) {
            case Signer.Key key -> "key " + key.fingerprint();
            case Signer.Certificate certificate ->
                "%s (issuer %s)".formatted(Shown.whole(certificate.subject()), Shown.whole(certificate.issuer()));
        };
    }

    /** Without the words that only stand at a message's start. */
    private static String lowered(String message) {
        String rest = message.startsWith("Could not tell whether ")
                ? "it cannot be told whether " + message.substring("Could not tell whether ".length())
                : message;
        return Shown.of(rest.endsWith(".") ? rest.substring(0, rest.length() - 1) : rest, 500);
    }

    /** A signature by the authority. */
    private record Proven(Claim.Signed claim, Proof proof) {}

    /** Looks for a signature by the authority, and remembers how near the nearest came. */
    private final class Trial {
        private final Authority.Signing authority;
        private final Function<Claim.Signed, Optional<Opinion.Why>> contrary;
        private Optional<Opinion.Why> nearest = Optional.empty();

        /** @param contrary why the content of a signature by the authority is not as it should be; empty where it is */
        Trial(Authority.Signing authority, Function<Claim.Signed, Optional<Opinion.Why>> contrary) {
            this.authority = authority;
            this.contrary = contrary;
        }

        /** The first that counts, in the order of the policy's keys or identities: whoever lists signatures has no say in it. */
        Optional<Proven> of(List<Claim> claims) {
            List<Claim.Signed> signed = new ArrayList<>();
            for (Claim claim : claims) {
                switch (claim) {
                    case Claim.Signed one -> signed.add(one);
                    case Claim.Defective(String where, String why, String _) -> note(new Opinion.Why.Unfit(where, why));
                    case Claim.Unrelated _, Claim.Unread _ -> {}
                }
            }
            return switch (authority) {
                case Authority.Key key -> byKey(key.keys(), signed);
                case Authority.Keyless keyless -> byCertificate(keyless.identities(), signed);
            };
        }

        Opinion.Why why() {
            return nearest.orElseThrow();
        }

        private Optional<Proven> byKey(List<VerificationKey> keys, List<Claim.Signed> signed) {
            boolean keyless = signed.stream().allMatch(one -> one.bundle().keyless());
            for (VerificationKey key : keys) {
                for (Claim.Signed one : signed) {
                    switch (proofs.byKey(one.bundle(), key, authority.terms().demands())) {
                        case Proofs.Said.Proven(Proof proof)
                        when counts(one) -> {
                            return Optional.of(new Proven(one, proof));
                        }
                        case Proofs.Said.Proven _ -> {}
                        case Proofs.Said.NotProven notProven -> note(Opinion.Why.NotProven.of(one.where(), notProven));
                        case Proofs.Said.NotByThis() -> note(new Opinion.Why.OtherKey(keyless));
                    }
                }
            }
            if (nearest.isPresent() && nearest.get() instanceof Opinion.Why.OtherKey) {
                otherHash(keys, signed).ifPresent(this::note);
            }
            return Optional.empty();
        }

        /** That one of the keys made one of the signatures, but with a hash that the policy does not take from it. */
        private Optional<Opinion.Why> otherHash(List<VerificationKey> keys, List<Claim.Signed> signed) {
            for (VerificationKey key : keys) {
                for (Claim.Signed one : signed.stream()
                        .filter(by -> !by.bundle().keyless())
                        .limit(LOOKED_AT_AGAIN)
                        .toList()) {
                    Optional<HashAlgorithm> hash = proofs.hash(one.bundle(), key);
                    if (hash.isPresent()) {
                        return Optional.of(new Opinion.Why.OtherHash(one.where(), key, hash.get()));
                    }
                }
            }
            return Optional.empty();
        }

        private Optional<Proven> byCertificate(List<Identity> identities, List<Claim.Signed> signed) {
            for (Identity identity : identities) {
                for (Claim.Signed one : signed) {
                    switch (proofs.byCertificate(one.bundle(), authority.terms().demands())) {
                        case Proofs.Said.Proven(Proof proof)
                        when matches(identity, proof, one) && counts(one) -> {
                            return Optional.of(new Proven(one, proof));
                        }
                        case Proofs.Said.Proven _ -> {}
                        case Proofs.Said.NotProven notProven -> note(Opinion.Why.NotProven.of(one.where(), notProven));
                        case Proofs.Said.NotByThis() -> note(new Opinion.Why.NoCertificate());
                    }
                }
            }
            return Optional.empty();
        }

        private boolean matches(Identity identity, Proof proof, Claim.Signed signed) {
            return switch (proof.signer()) {
                case Signer.Certificate certificate -> {
                    boolean matches = identity.matches(certificate);
                    if (!matches) {
                        note(new Opinion.Why.OtherIdentity(signed.where(), certificate));
                    }
                    yield matches;
                }
                case Signer.Key _ -> false;
            };
        }

        private boolean counts(Claim.Signed signed) {
            Optional<Opinion.Why> why = contrary.apply(signed);
            why.ifPresent(this::note);
            return why.isEmpty();
        }

        private void note(Opinion.Why why) {
            if (nearest.isEmpty() || why.nearness() > nearest.get().nearness()) {
                nearest = Optional.of(why);
            }
        }
    }
}
