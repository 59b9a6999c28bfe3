package dev.landwaiter.verify;

import dev.landwaiter.image.ImageReference;
import dev.landwaiter.policy.Authority;
import dev.landwaiter.sigstore.Witness;

/** What whoever has to do with a refused image can do: the sentence that ends its refusal. */
final class NextStep {
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
                invalid.why() instanceof Opinion.Why.NotProven(String _, String _, Witness missing) && missing != null
                        ? witnessed("Sign", sign(invalid.authority()), missing)
                        : "Sign it with %s that the policy names: %s %s."
                                .formatted(
                                        invalid.authority() instanceof Authority.Key ? "a key" : "an identity",
                                        sign(invalid.authority()),
                                        image);
            case Opinion.NoAttestation missing ->
                "Attest it: %s %s."
                        .formatted(
                                attest(
                                        missing.authority(),
                                        missing.attestation().predicateType()),
                                image);
            case Opinion.NotAttested rejected -> {
                String attest =
                        attest(rejected.authority(), rejected.attestation().predicateType());
                yield rejected.why() instanceof Opinion.Why.NotProven(String _, String _, Witness missing)
                                && missing != null
                        ? witnessed("Attest", attest, missing)
                        : "Attest it: %s %s.".formatted(attest, image);
            }
            case Opinion.Unreadable unreadable -> unreadable.failure().message();
        };
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
