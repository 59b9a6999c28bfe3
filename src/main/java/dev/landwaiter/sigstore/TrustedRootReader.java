package dev.landwaiter.sigstore;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.BoundedJson;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Reads a {@code trusted_root.json}, or several of them, one a line. They are an admin's, but bounded all the same: they may come from a mirror or
 * a ConfigMap.
 */
final class TrustedRootReader {
    private static final String MEDIA_TYPE = "application/vnd.dev.sigstore.trustedroot";
    private static final int KEY_ID_BYTES = 32;

    private final String what;
    private final Limits limits;
    private final BoundedJson json;

    private TrustedRootReader(String what, Limits limits) {
        this.what = what;
        this.limits = limits;
        this.json = new BoundedJson(limits, Limit.JSON_DEPTH);
    }

    static TrustedRoot read(byte[] content, Limits limits, String what) {
        TrustedRootReader whole = new TrustedRootReader(what, limits);
        if (content.length > limits.get(Limit.TRUST_ROOT_BYTES)) {
            throw whole.exceeded("it", Limit.TRUST_ROOT_BYTES);
        }
        List<String> lines = new String(content, StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
        if (lines.size() < 2 || !isObject(lines.getFirst(), whole)) {
            JsonNode tree = whole.tree(content);
            return new TrustedRoot(what, Hashing.digestOf(tree), List.of(whole.instance(tree)));
        }
        if (lines.size() > limits.get(Limit.TRUST_ROOT_ENTRIES)) {
            throw whole.exceeded("it", Limit.TRUST_ROOT_ENTRIES);
        }
        ArrayNode trees = JsonNodeFactory.instance.arrayNode();
        List<SigstoreInstance> instances = new ArrayList<>();
        for (String line : lines) {
            TrustedRootReader reader =
                    new TrustedRootReader("%s, line %d".formatted(what, instances.size() + 1), limits);
            JsonNode tree = reader.tree(line.getBytes(StandardCharsets.UTF_8));
            trees.add(tree);
            instances.add(reader.instance(tree));
        }
        return new TrustedRoot(what, Hashing.digestOf(trees), instances);
    }

    /** Whether a line is a whole document, so that each of the others has to be. */
    private static boolean isObject(String line, TrustedRootReader reader) {
        try {
            return reader.tree(line.getBytes(StandardCharsets.UTF_8)).isObject();
        } catch (Failure e) {
            return false;
        }
    }

    private JsonNode tree(byte[] document) {
        return json.read(document, Code.TRUST_ROOT_INVALID, what);
    }

    private SigstoreInstance instance(JsonNode tree) {
        StrictFields root = new StrictFields(tree, this::invalid);
        if (!root.text("mediaType").startsWith(MEDIA_TYPE)) {
            throw invalid(
                    "mediaType is \"%s\" instead of \"%s…\"".formatted(Text.shown(root.text("mediaType")), MEDIA_TYPE));
        }
        return new SigstoreInstance(
                entries(root, "certificateAuthorities").stream()
                        .map(this::certificateAuthority)
                        .toList(),
                logs(root, "ctlogs"),
                logs(root, "tlogs"),
                entries(root, "timestampAuthorities").stream()
                        .map(this::timestampAuthority)
                        .toList(),
                !entries(root, "ctlogs").isEmpty(),
                !entries(root, "tlogs").isEmpty());
    }

    private List<StrictFields> entries(StrictFields root, String name) {
        return root.list(
                name, limits.count(Limit.TRUST_ROOT_ENTRIES), field -> exceeded(field, Limit.TRUST_ROOT_ENTRIES));
    }

    private List<Log> logs(StrictFields root, String name) {
        List<Log> logs = new ArrayList<>();
        for (StrictFields entry : entries(root, name)) {
            log(entry).ifPresent(logs::add);
        }
        return logs;
    }

    private Optional<Log> log(StrictFields entry) {
        StrictFields key = entry.object("publicKey");
        byte[] id = entry.object("logId").bytes("keyId");
        if (id.length != KEY_ID_BYTES) {
            throw entry.complain("has a logId of %d bytes; %d were expected".formatted(id.length, KEY_ID_BYTES));
        }
        Validity validity = validity(key);
        return key(key).map(
                        known -> new Log(name(entry, "baseUrl"), HexFormat.of().formatHex(id), known, validity));
    }

    private static Optional<PublicKey> key(StrictFields key) {
        byte[] bytes = key.bytes("rawBytes");
        return key.textOrEmpty("keyDetails").startsWith("PKCS1_RSA")
                ? PublicKeyFormat.decodePkcs1(bytes)
                : PublicKeyFormat.decode(bytes);
    }

    private CertificateAuthority certificateAuthority(StrictFields entry) {
        return new CertificateAuthority(name(entry, "uri"), chain(entry), validity(entry));
    }

    private TimestampAuthority timestampAuthority(StrictFields entry) {
        return new TimestampAuthority(name(entry, "uri"), chain(entry), validity(entry));
    }

    private CertificateChain chain(StrictFields entry) {
        List<X509Certificate> certificates = new ArrayList<>();
        for (StrictFields certificate : entry.object("certChain")
                .list(
                        "certificates",
                        limits.count(Limit.CHAIN_CERTIFICATES),
                        field -> exceeded(field, Limit.CHAIN_CERTIFICATES))) {
            certificates.add(CertificateFormat.decode(certificate.bytes("rawBytes"))
                    .orElseThrow(() -> certificate.complain("is not a usable certificate")));
        }
        if (certificates.isEmpty()) {
            throw entry.complain("has no certificate");
        }
        try {
            CertificateChain chain = new CertificateChain(certificates);
            chain.checkLinks();
            return chain;
        } catch (GeneralSecurityException e) {
            throw entry.complain("has a chain in which one certificate was not issued by the next (%s)"
                    .formatted(Text.shown(String.valueOf(e.getMessage()))));
        }
    }

    /** Without a start it would have counted since ever: whoever wrote the trust root forgot it. */
    private static Validity validity(StrictFields of) {
        StrictFields window = of.object("validFor");
        return new Validity(window.time("start"), window.has("end") ? window.time("end") : null);
    }

    private static String name(StrictFields entry, String url) {
        String text = entry.textOrEmpty(url);
        try {
            String authority = URI.create(text).getAuthority();
            return authority == null ? text : authority;
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    private Failure exceeded(String field, Limit limit) {
        return new Failure(
                Code.TRUST_ROOT_INVALID,
                "Could not read %s: %s exceeds the limit '%s' of %d %s. If it is meant to be that large, raise the setting --limit %s=…."
                        .formatted(what, field, limit.text(), limits.get(limit), limit.unit(), limit.text()));
    }

    private Failure invalid(String why) {
        return new Failure(
                Code.TRUST_ROOT_INVALID,
                "Could not read %s: %s. Expected: sigstore's trusted_root.json, as \"cosign trusted-root create\" writes it."
                        .formatted(what, why));
    }
}
