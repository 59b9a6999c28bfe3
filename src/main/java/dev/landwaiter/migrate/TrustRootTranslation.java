package dev.landwaiter.migrate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.Digest;
import dev.landwaiter.limit.PemBlocks;
import dev.landwaiter.migrate.Note.Effect;
import dev.landwaiter.policy.PolicyReader;
import dev.landwaiter.policy.PublicKeys;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A TrustRoot of sigstore's policy-controller in our words: keys and certificates become a trusted_root.json.
 *
 * @see <a href="https://github.com/sigstore/protobuf-specs/blob/v0.5.1/protos/sigstore_trustroot.proto">trusted_root.json</a>
 */
final class TrustRootTranslation {
    private static final JsonMapper JSON =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final String NOT_IMPORTED = "The trust root is not imported, and policies that name it refuse.";
    private static final Set<String> KNOWN =
            Set.of("certificateAuthorities", "timestampAuthorities", "tLogs", "ctLogs");

    private final ImportedNode object;
    private final ImportedNode keys;

    TrustRootTranslation(ImportedNode object) {
        this.object = object;
        this.keys = object.at("spec").at("sigstoreKeys");
    }

    /** Ours; empty, and a note, where it can't be said. */
    Optional<ObjectNode> trustRoot() {
        if (object.at("spec").hasUnknown(Set.of("sigstoreKeys"), Effect.REFUSED, instead())
                || keys.hasUnknown(KNOWN, Effect.REFUSED, NOT_IMPORTED)) {
            return Optional.empty();
        }
        ObjectNode root = JsonNodeFactory.instance
                .objectNode()
                .put("mediaType", "application/vnd.dev.sigstore.trustedroot+json;version=0.1");
        try {
            logs(keys.at("tLogs"), root, "tlogs");
            authorities(keys.at("certificateAuthorities"), root);
            logs(keys.at("ctLogs"), root, "ctlogs");
            authorities(keys.at("timestampAuthorities"), root);
        } catch (Failure e) {
            keys.note(Effect.REFUSED, e.message() + " " + NOT_IMPORTED);
            return Optional.empty();
        }
        ObjectNode ours = JsonNodeFactory.instance
                .objectNode()
                .put("apiVersion", PolicyReader.API_VERSION)
                .put("kind", "TrustRoot");
        ours.set("metadata", PolicyTranslation.metadata(object));
        ours.putObject("spec").put("trustedRoot", text(root));
        Optional<String> problem = ReadBack.problemOfTrustRoot(ours);
        problem.ifPresent(why -> object.note(
                Effect.REFUSED,
                "It can't be used here: %s %s".formatted(AuthorityTranslation.ended(why), NOT_IMPORTED)));
        return problem.isEmpty() ? Optional.of(ours) : Optional.empty();
    }

    private static String instead() {
        return NOT_IMPORTED
                + " Write one with the instance's trusted_root.json in spec.trustedRoot ('cosign trusted-root create' makes it, and a TUF repository holds it as a target).";
    }

    private static String text(ObjectNode root) {
        try {
            return JSON.writeValueAsString(root) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    private static void logs(ImportedNode logs, ObjectNode root, String name) {
        for (int i = 0; i < logs.node().size(); i++) {
            ImportedNode log = logs.at(i);
            PublicKey key = PublicKeys.parse(
                    decoded(log.at("publicKey")),
                    Code.TRUST_ROOT_INVALID,
                    log.at("publicKey").path());
            ObjectNode to = root.withArray(name).addObject();
            to.put("baseUrl", log.text("baseURL")).put("hashAlgorithm", "SHA2_256");
            ObjectNode publicKey = to.putObject("publicKey");
            publicKey.put("rawBytes", base64(key.getEncoded())).put("keyDetails", details(key));
            publicKey.putObject("validFor").put("start", Instant.EPOCH.toString());
            to.putObject("logId")
                    .put(
                            "keyId",
                            base64(HexFormat.of()
                                    .parseHex(Digest.sha256(key.getEncoded()).hex())));
            log.note(
                    Effect.SAME,
                    "Theirs does not say since when its key counts: written as always. Narrow validFor where you know it.");
        }
    }

    private static String details(PublicKey key) {
        return switch (key) {
            case RSAPublicKey rsa ->
                "PKIX_RSA_PKCS1V15_%d_SHA256".formatted(rsa.getModulus().bitLength());
            case ECPublicKey ec ->
                switch (ec.getParams().getOrder().bitLength()) {
                    case 384 -> "PKIX_ECDSA_P384_SHA_384";
                    case 521 -> "PKIX_ECDSA_P521_SHA_512";
                    default -> "PKIX_ECDSA_P256_SHA_256";
                };
            default -> "PKIX_ED25519";
        };
    }

    private static void authorities(ImportedNode authorities, ObjectNode root) {
        for (int i = 0; i < authorities.node().size(); i++) {
            ImportedNode authority = authorities.at(i);
            List<X509Certificate> chain = chain(authority.at("certChain"));
            String name = authorities.path().substring(authorities.path().lastIndexOf('.') + 1);
            ObjectNode to = root.withArray(name).addObject();
            to.putObject("subject")
                    .put("organization", authority.at("subject").text("organization"))
                    .put("commonName", authority.at("subject").text("commonName"));
            to.put("uri", authority.text("uri"));
            ArrayNode certificates = to.putObject("certChain").putArray("certificates");
            chain.forEach(one -> certificates.addObject().put("rawBytes", encoded(one)));
            to.putObject("validFor")
                    .put(
                            "start",
                            chain.stream()
                                    .map(one -> one.getNotBefore().toInstant())
                                    .max(Comparator.naturalOrder())
                                    .orElseThrow()
                                    .toString())
                    .put(
                            "end",
                            chain.stream()
                                    .map(one -> one.getNotAfter().toInstant())
                                    .min(Comparator.naturalOrder())
                                    .orElseThrow()
                                    .toString());
        }
    }

    private static List<X509Certificate> chain(ImportedNode pem) {
        List<X509Certificate> chain = new ArrayList<>();
        try {
            for (PemBlocks.Block block : PemBlocks.parse(decoded(pem)).blocks()) {
                if (!block.label().equals("CERTIFICATE")) {
                    throw invalid(pem, "there is a \"%s\" in it".formatted(block.label()), null);
                }
                chain.add(certificate(block.der()));
            }
        } catch (IllegalArgumentException e) {
            throw invalid(pem, String.valueOf(e.getMessage()), e);
        } catch (CertificateException e) {
            throw invalid(pem, "it can't be read", e);
        }
        if (chain.isEmpty()) {
            throw invalid(pem, "it contains no certificate", null);
        }
        return chain;
    }

    private static X509Certificate certificate(byte[] der) throws CertificateException {
        ByteArrayInputStream in = new ByteArrayInputStream(der);
        if (CertificateFactory.getInstance("X.509").generateCertificate(in) instanceof X509Certificate certificate
                && in.available() == 0) {
            return certificate;
        }
        throw new CertificateException("more than one certificate");
    }

    private static String encoded(X509Certificate certificate) {
        try {
            return base64(certificate.getEncoded());
        } catch (CertificateException e) {
            throw new IllegalStateException("a certificate that was read can be written", e);
        }
    }

    /** PEM, in base64 once more as Kubernetes writes bytes. */
    private static String decoded(ImportedNode field) {
        try {
            return new String(Base64.getMimeDecoder().decode(field.text()), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw invalid(field, "it is not base64", e);
        }
    }

    private static Failure invalid(ImportedNode field, String why, @Nullable Exception cause) {
        return new Failure(
                Code.TRUST_ROOT_INVALID,
                "Could not read the certificates of %s: %s. Expected: PEM in base64.".formatted(field.path(), why),
                cause);
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
