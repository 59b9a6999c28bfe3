package dev.landwaiter.verify;

import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Shown;
import dev.landwaiter.policy.Authority;
import dev.landwaiter.sigstore.HashAlgorithm;
import dev.landwaiter.sigstore.TrustRootDoubt;
import dev.landwaiter.sigstore.Witness;
import java.util.Locale;

/** What whoever has to do with a refused image can do: the sentence that ends its refusal. */
final class NextStep {
    /** Of what may be wrong with a trust root. */
    private static final int DOUBT = 500;

    private final Opinion.Refused refused;
    private final String image;

    private NextStep(Opinion.Refused refused, ImageReference subject) {
        this.refused = refused;
        this.image = subject.canonical();
    }

    /** @param subject the repository by the digest */
    static String after(Opinion.Refused refused, ImageReference subject) {
        return new NextStep(refused, subject).sentence();
    }

    private String sentence() {
        return switch (refused) {
            case Opinion.NoSignature missing -> "Sign it: %s %s.".formatted(sign(missing.authority()), image);
            case Opinion.NotSigned invalid ->
                after(
                        invalid.why(),
                        "Sign",
                        sign(invalid.authority()),
                        "it with %s that the policy names"
                                .formatted(invalid.authority() instanceof Authority.Key ? "a key" : "an identity"));
            case Opinion.NoAttestation missing ->
                "Attest it: %s %s."
                        .formatted(
                                attest(
                                        missing.authority(),
                                        missing.attestation().predicateType()),
                                image);
            case Opinion.NotAttested rejected ->
                after(
                        rejected.why(),
                        "Attest",
                        attest(rejected.authority(), rejected.attestation().predicateType()),
                        "it");
            case Opinion.Unreadable unreadable -> unreadable.failure().message();
        };
    }

    /**
     * After something is there that does not count, because of {@code why}.
     *
     * @param usual what to do unless there is more to say: {@code it with a key that the policy names}
     */
    private String after(Opinion.Why why, String verb, String command, String usual) {
        return switch (why) {
            case Opinion.Why.NotProven(String _, String _, Witness missing, TrustRootDoubt doubt) -> {
                String again = missing == null
                        ? "%s %s: %s %s.".formatted(verb, usual, command, image)
                        : witnessed(verb, command, missing);
                yield doubt == null ? again : doubting(doubt, again);
            }
            case Opinion.Why.OtherHash(String _, var _, HashAlgorithm hash) ->
                "If that key is meant to sign so, ask the author of the policy to set hashAlgorithm: %s beside it; else %s it again: %s %s."
                        .formatted(hash.text(), verb.toLowerCase(Locale.ROOT), command, image);
            case Opinion.Why.Unfit _,
                    Opinion.Why.OtherKey _,
                    Opinion.Why.NoCertificate _,
                    Opinion.Why.OtherIdentity _,
                    Opinion.Why.OtherContent _ -> "%s %s: %s %s.".formatted(verb, usual, command, image);
        };
    }

    /** To sign again is of no use where the trust root is what is wrong, which whoever signed can't know. */
    private static String doubting(TrustRootDoubt doubt, String again) {
        return "Ask a cluster admin whether %s is the right one and up to date: it %s. If it is, %s"
                .formatted(
                        doubt.trustRoot(),
                        Shown.of(doubt.what(), DOUBT),
                        again.substring(0, 1).toLowerCase(Locale.ROOT) + again.substring(1));
    }

    private static String sign(Authority.Signing authority) {
        return "cosign sign" + key(authority);
    }

    private static String attest(Authority.Signing authority, String predicateType) {
        return "cosign attest --type %s --predicate <file>%s".formatted(predicateType, key(authority));
    }

    private static String key(Authority.Signing authority) {
        return switch (authority) {
            case Authority.Key _ -> " --key <key>";
            case Authority.Keyless _ -> "";
        };
    }

    /** The same command as before would add no witness: cosign 3 asks those of its signing configuration, cosign 2 those of its flags. */
    private String witnessed(String verb, String command, Witness missing) {
        return switch (missing) {
            case LOG ->
                "%s it with an entry in a transparency log that the policy's trust root names: %s --signing-config <file that names the log> %s, or with cosign 2 %2$s --tlog-upload=true --rekor-url <log> %3$s."
                        .formatted(verb, command, image);
            case TIMESTAMP ->
                "%s it with a timestamp by an authority that the policy's trust root names: %s --signing-config <file that names the authority> %s, or with cosign 2 %2$s --timestamp-server-url <authority> %3$s."
                        .formatted(verb, command, image);
        };
    }
}
