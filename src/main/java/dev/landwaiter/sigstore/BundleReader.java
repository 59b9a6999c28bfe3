package dev.landwaiter.sigstore;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.BoundedJson;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads one sigstore bundle. Its size is checked before it is parsed, every count before what it counts is read. Fields that are not known
 * here are passed over, as protobuf does; a field that stands twice, and two of a kind where one may be, are refused.
 *
 * @see <a href="https://github.com/sigstore/protobuf-specs/blob/v0.5.1/protos/sigstore_bundle.proto">the sigstore bundle</a>
 */
final class BundleReader {
    private static final Map<String, Version> VERSIONS = Map.of(
            "application/vnd.dev.sigstore.bundle+json;version=0.1", Version.V0_1,
            "application/vnd.dev.sigstore.bundle+json;version=0.2", Version.V0_2,
            "application/vnd.dev.sigstore.bundle+json;version=0.3", Version.V0_3,
            "application/vnd.dev.sigstore.bundle.v0.3+json", Version.V0_3);

    private final Limits limits;
    private final String what;

    BundleReader(Limits limits, String what) {
        this.limits = limits;
        this.what = what;
    }

    private enum Version {
        V0_1,
        V0_2,
        V0_3
    }

    Bundle read(byte[] json) {
        StrictFields bundle = document(json);
        String mediaType = bundle.text("mediaType");
        Version version = VERSIONS.get(mediaType);
        if (version == null) {
            throw invalid("it is of the unknown type \"%s\"".formatted(Text.shown(mediaType)));
        }
        StrictFields material = bundle.object("verificationMaterial");
        Optional<X509Certificate> certificate = certificate(material, version);
        List<ClaimedEntry> entries = entries(material);
        Bundle.EntryDemand demand = version == Version.V0_1 ? Bundle.EntryDemand.PROMISE : Bundle.EntryDemand.PROOF;
        return new Bundle(
                content(bundle),
                certificate.orElse(null),
                material.hint("publicKey", "hint"),
                new Bundle.Witnesses(demand, entries, timestamps(material), new byte[0]));
    }

    /** The JSON object that {@code json} is, if it is not too long. */
    StrictFields document(byte[] json) {
        if (json.length > limits.get(Limit.SIGNATURE_BYTES)) {
            throw limits.exceeded(Limit.SIGNATURE_BYTES, what);
        }
        JsonNode tree = new BoundedJson(limits).read(json, Code.SIGNATURE_INVALID, what);
        return new StrictFields(tree, this::invalid);
    }

    private Bundle.Content content(StrictFields bundle) {
        if (bundle.has("dsseEnvelope") == bundle.has("messageSignature")) {
            throw invalid("it must hold either a dsseEnvelope or a messageSignature");
        }
        if (bundle.has("dsseEnvelope")) {
            return envelope(bundle.object("dsseEnvelope"));
        }
        StrictFields message = bundle.object("messageSignature");
        StrictFields digest = message.object("messageDigest");
        return new Bundle.Content.Message(
                digest.text("algorithm"), digest.bytes("digest"), nonEmpty(message.bytes("signature")));
    }

    /** A DSSE envelope, which must have been signed once: two signatures would be by two signers, of whom one is named. */
    Bundle.Content.Envelope envelope(StrictFields envelope) {
        List<StrictFields> signatures =
                envelope.list("signatures", 1, _ -> invalid("its envelope has more than one signature"));
        if (signatures.isEmpty()) {
            throw invalid("its envelope has no signature");
        }
        return new Bundle.Content.Envelope(
                envelope.text("payloadType"),
                envelope.bytes("payload"),
                nonEmpty(signatures.getFirst().bytes("sig")));
    }

    private byte[] nonEmpty(byte[] signature) {
        if (signature.length == 0) {
            throw invalid("its signature is empty");
        }
        return signature;
    }

    private Optional<X509Certificate> certificate(StrictFields material, Version version) {
        boolean chain = material.has("x509CertificateChain");
        boolean single = material.has("certificate");
        boolean key = material.has("publicKey");
        if ((chain ? 1 : 0) + (single ? 1 : 0) + (key ? 1 : 0) != 1) {
            throw invalid("it must name its signer by either a certificate or a publicKey");
        }
        if (key) {
            return Optional.empty();
        }
        if (single) {
            return Optional.of(certificate(material.object("certificate")));
        }
        if (version == Version.V0_3) {
            throw invalid("it holds a certificate chain, where its version has a single certificate");
        }
        return Optional.of(leaf(material.object("x509CertificateChain")));
    }

    /** What follows the leaf is not used, a trust root brings its own; but a root has no business here. */
    private X509Certificate leaf(StrictFields chain) {
        List<X509Certificate> certificates = chain
                .list("certificates", limits.count(Limit.CHAIN_CERTIFICATES), exceeded(Limit.CHAIN_CERTIFICATES))
                .stream()
                .map(this::certificate)
                .toList();
        if (certificates.isEmpty()) {
            throw invalid("its certificate chain is empty");
        }
        for (X509Certificate certificate : certificates) {
            if (certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())) {
                throw invalid("its certificate chain holds a root certificate, which only a trust root may bring");
            }
        }
        return certificates.getFirst();
    }

    private X509Certificate certificate(StrictFields certificate) {
        return certificate(certificate.bytes("rawBytes"));
    }

    X509Certificate certificate(byte[] der) {
        if (der.length > limits.get(Limit.CERTIFICATE_BYTES)) {
            throw limits.exceeded(Limit.CERTIFICATE_BYTES, what);
        }
        return CertificateFormat.decode(der)
                .orElseThrow(() ->
                        invalid("its certificate is damaged, or its key is not ECDSA P-256 to P-521, RSA or Ed25519"));
    }

    private List<ClaimedEntry> entries(StrictFields material) {
        List<ClaimedEntry> entries = new ArrayList<>();
        for (StrictFields entry :
                material.list("tlogEntries", limits.count(Limit.LOG_ENTRIES), exceeded(Limit.LOG_ENTRIES))) {
            ClaimedEntry read = entry(entry);
            if (entries.stream()
                    .anyMatch(known -> known.logId().equals(read.logId()) && known.index() == read.index())) {
                throw invalid("the same log entry stands in it twice");
            }
            entries.add(read);
        }
        return entries;
    }

    private ClaimedEntry entry(StrictFields entry) {
        StrictFields kind = entry.object("kindVersion");
        Optional<StrictFields> promise = entry.find("inclusionPromise");
        return new ClaimedEntry(
                HexFormat.of().formatHex(entry.object("logId").bytes("keyId")),
                entry.number("logIndex"),
                entry.number("integratedTime"),
                nonEmpty(kind, "kind"),
                nonEmpty(kind, "version"),
                promise.map(set -> set.bytes("signedEntryTimestamp")).orElse(null),
                entry.find("inclusionProof").map(this::proof).orElse(null),
                entry.bytes("canonicalizedBody"));
    }

    private static String nonEmpty(StrictFields fields, String name) {
        String text = fields.text(name);
        if (text.isEmpty()) {
            throw fields.complain("has an empty " + name);
        }
        return text;
    }

    private ClaimedEntry.InclusionProof proof(StrictFields proof) {
        String checkpoint = proof.find("checkpoint")
                .map(signed -> signed.textOrEmpty("envelope"))
                .orElse("");
        if (checkpoint.length() > limits.get(Limit.CHECKPOINT_BYTES)) {
            throw limits.exceeded(Limit.CHECKPOINT_BYTES, what);
        }
        if (Checkpoint.signatureLines(checkpoint) > limits.get(Limit.CHECKPOINT_SIGNATURES)) {
            throw limits.exceeded(Limit.CHECKPOINT_SIGNATURES, what);
        }
        return new ClaimedEntry.InclusionProof(
                proof.number("logIndex"),
                proof.number("treeSize"),
                proof.bytes("rootHash"),
                proof.bytesList("hashes", limits.count(Limit.PROOF_HASHES), exceeded(Limit.PROOF_HASHES)),
                checkpoint);
    }

    private List<byte[]> timestamps(StrictFields material) {
        List<byte[]> timestamps = new ArrayList<>();
        Optional<StrictFields> data = material.find("timestampVerificationData");
        if (data.isPresent()) {
            for (StrictFields timestamp :
                    data.get().list("rfc3161Timestamps", limits.count(Limit.TIMESTAMPS), exceeded(Limit.TIMESTAMPS))) {
                timestamps.add(timestamp(timestamp.bytes("signedTimestamp")));
            }
        }
        return timestamps;
    }

    byte[] timestamp(byte[] der) {
        if (der.length > limits.get(Limit.TIMESTAMP_BYTES)) {
            throw limits.exceeded(Limit.TIMESTAMP_BYTES, what);
        }
        return der;
    }

    private Function<String, Failure> exceeded(Limit limit) {
        return _ -> limits.exceeded(limit, what);
    }

    Failure invalid(String why) {
        return new Failure(
                Code.SIGNATURE_INVALID,
                "Could not read %s: %s. Sign again with a current cosign.".formatted(what, why));
    }
}
