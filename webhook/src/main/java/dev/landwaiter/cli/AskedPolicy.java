package dev.landwaiter.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.Materials;
import dev.landwaiter.policy.PolicyReader;
import dev.landwaiter.policy.PublicKeys;
import dev.landwaiter.policy.TrustRoot;
import dev.landwaiter.sigstore.HashAlgorithm;
import dev.landwaiter.sigstore.TrustedRoot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of {@code verify} that say who must have signed, named as cosign names them, and the policy that they come to. */
final class AskedPolicy {
    private static final String TRUST_ROOT = "trust-root";
    private static final Pattern ADDRESS = Pattern.compile("^[A-Za-z][A-Za-z0-9+.-]*://");

    @Option(
            names = "--key",
            paramLabel = "FILE",
            description = "a public key in PEM; may be given several times, one of them must have signed")
    private List<String> keys = List.of();

    @Option(
            names = "--signature-digest-algorithm",
            paramLabel = "HASH",
            description =
                    "the hash that the keys sign with, where it is another than goes with their kind: sha256, sha384 or sha512")
    private String hash = "";

    @Option(
            names = "--certificate-identity",
            paramLabel = "SUBJECT",
            description =
                    "whom the certificate of a keyless signature must name: an e-mail address or URI, letter by letter")
    private String subject = "";

    @Option(
            names = "--certificate-identity-regexp",
            paramLabel = "PATTERN",
            description = "the same as an RE2 pattern that is searched for: ^ and $ anchor it")
    private String subjectPattern = "";

    @Option(
            names = "--certificate-oidc-issuer",
            paramLabel = "URL",
            description = "who must have known the signer, for instance https://token.actions.githubusercontent.com")
    private String issuer = "";

    @Option(
            names = "--certificate-oidc-issuer-regexp",
            paramLabel = "PATTERN",
            description = "the same as an RE2 pattern that is searched for")
    private String issuerPattern = "";

    @Option(
            names = "--trust-root",
            paramLabel = "FILE",
            description =
                    "a trusted_root.json, or several, one a line (default: that of sigstore's public good instance, as shipped)")
    private @Nullable Path trustRoot;

    @Option(
            names = "--attestation",
            paramLabel = "TYPE",
            description =
                    "an attestation that must be there in place of a signature: slsaprovenance1, spdxjson, vuln, … or a URI; "
                            + "may be given several times")
    private List<String> attestations = List.of();

    /** Whether anybody was named at all. */
    boolean present() {
        return !keys.isEmpty() || keyless();
    }

    private boolean keyless() {
        return !subject.isEmpty() || !subjectPattern.isEmpty() || !issuer.isEmpty() || !issuerPattern.isEmpty();
    }

    /** What is wrong with the options together, {@code ""} where nothing is. */
    String misuse() {
        if (keyless()
                && (subject.isEmpty() == subjectPattern.isEmpty() || issuer.isEmpty() == issuerPattern.isEmpty())) {
            return "a keyless signature needs one of --certificate-identity and --certificate-identity-regexp, "
                    + "and one of --certificate-oidc-issuer and --certificate-oidc-issuer-regexp";
        }
        if (!hash.isEmpty() && keys.isEmpty()) {
            return "--signature-digest-algorithm says how keys sign, and needs --key";
        }
        if (!hash.isEmpty() && HashAlgorithm.find(hash).isEmpty()) {
            return "--signature-digest-algorithm is \"%s\"; it takes one of %s"
                    .formatted(hash, String.join(", ", HashAlgorithm.names()));
        }
        return !attestations.isEmpty() && !present()
                ? "--attestation needs --key or --certificate-identity, to say who must have signed it"
                : "";
    }

    /** A policy for every image that takes any of those named. */
    ImagePolicy policy(Limits limits) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        object.putObject("metadata").put("name", keyless() ? "--certificate-identity" : "--key");
        ObjectNode spec = object.putObject("spec");
        spec.putArray("images").addObject().put("glob", "**");
        ArrayNode authorities = spec.putArray("authorities");
        for (String key : keys) {
            String pem = content(keyFile(key), "key", "the public key in PEM, such as cosign.pub");
            // told of the file that a person named, rather than of the policy that is made of it
            PublicKey _ = PublicKeys.parse(pem, Code.SETTING_INVALID, "--key \"" + key + "\"");
            ObjectNode authority = authorities.addObject().put("name", key);
            put(authority.putObject("key").put("data", pem), "hashAlgorithm", hash);
            attested(authority);
        }
        if (keyless()) {
            attested(keyless(authorities.addObject()));
        }
        ImagePolicy read = new PolicyReader(materials(limits), "landwaiter", limits).read(object);
        if (read.problem() != null) {
            throw new Failure(
                    Code.SETTING_INVALID,
                    "Could not use what signatures are asked for: %s. Fix the option that says so."
                            .formatted(read.problem().replaceFirst("\\.$", "")));
        }
        return read;
    }

    /** cosign takes addresses of keys too, of which a file would be looked for in vain. */
    private static Path keyFile(String key) {
        if (!ADDRESS.matcher(key).find()) {
            return Path.of(key);
        }
        boolean download = key.startsWith("https:") || key.startsWith("http:");
        throw new Failure(
                Code.SETTING_INVALID,
                "Could not read key \"%s\": it is a URI, and not a file. %s"
                        .formatted(
                                key,
                                download
                                        ? "Download it, and give the file."
                                        : "Write its public key into a file, for instance by 'cosign public-key --key %s > cosign.pub', and give that file."
                                                .formatted(key)));
    }

    private ObjectNode keyless(ObjectNode authority) {
        authority.put("name", subject.isEmpty() ? subjectPattern : subject);
        ObjectNode keyless = authority.putObject("keyless");
        if (trustRoot != null) {
            keyless.put("trustRootRef", TRUST_ROOT);
        }
        ObjectNode identity = keyless.putArray("identities").addObject();
        put(identity, "subject", subject);
        put(identity, "subjectRegExp", subjectPattern);
        put(identity, "issuer", issuer);
        put(identity, "issuerRegExp", issuerPattern);
        return authority;
    }

    private static void put(ObjectNode to, String field, String value) {
        if (!value.isEmpty()) {
            to.put(field, value);
        }
    }

    private void attested(ObjectNode authority) {
        for (String type : attestations) {
            authority.withArray("attestations").addObject().put("name", type).put("predicateType", type);
        }
    }

    private Materials materials(Limits limits) {
        if (trustRoot == null) {
            return Materials.NONE;
        }
        byte[] json = content(trustRoot, "trust root", "a trusted_root.json ('cosign trusted-root create' writes one)")
                .getBytes(StandardCharsets.UTF_8);
        TrustRoot root = new TrustRoot(
                TRUST_ROOT, "", TrustedRoot.parse(json, limits, "--trust-root \"" + trustRoot + "\""), null);
        return new Materials() {
            @Override
            public Optional<TrustRoot> trustRoot(String name) {
                return name.equals(TRUST_ROOT) ? Optional.of(root) : Optional.empty();
            }
        };
    }

    private static String content(Path file, String what, String expected) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new Failure(
                    Code.FILE_UNREADABLE,
                    "Could not read %s \"%s\": %s. Give the file that holds %s."
                            .formatted(
                                    what,
                                    file,
                                    Files.exists(file) ? e.getMessage() : "there is no such file",
                                    expected),
                    e);
        }
    }
}
