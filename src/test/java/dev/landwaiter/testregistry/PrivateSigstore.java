package dev.landwaiter.testregistry;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.EdECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;

/**
 * A whole Sigstore in memory: Fulcio with its certificate log, Rekor v1 and v2, a timestamp authority, and the trust root that names them.
 * Lives as long as a test or a demonstration.
 */
public final class PrivateSigstore {
    private static final Duration AGE = Duration.ofDays(30);

    private final InstantSource clock;
    private final Instant start;
    private final TestFulcio fulcio;
    private final TestRekor rekor1 = TestRekor.v1("rekor1.test");
    private final TestRekor rekor2 = TestRekor.v2("rekor2.test");
    private final TestTimestampAuthority timestamps;

    /** @param clock what all its parts take for the time; they have been there for thirty days */
    public PrivateSigstore(InstantSource clock) {
        this(clock, "private.test");
    }

    /** @param organization that its certificates name */
    public PrivateSigstore(InstantSource clock, String organization) {
        this.clock = clock;
        // certificates know no fractions of a second
        this.start = Instant.ofEpochSecond(clock.instant().minus(AGE).getEpochSecond());
        this.fulcio = new TestFulcio(organization, start);
        this.timestamps = new TestTimestampAuthority(organization, start);
    }

    public TestFulcio fulcio() {
        return fulcio;
    }

    /** Promises (SET) and proves. */
    public TestRekor rekor1() {
        return rekor1;
    }

    /** Proves alone. */
    public TestRekor rekor2() {
        return rekor2;
    }

    public TestTimestampAuthority timestamps() {
        return timestamps;
    }

    Instant now() {
        return Instant.ofEpochSecond(clock.instant().getEpochSecond());
    }

    /** Signs for {@code identity}, by a fresh key and a certificate from now on. */
    public PrivateSigner keyless(SigningIdentity identity) {
        SigningKey key = SigningKey.p256();
        return keyless(key, fulcio.issue(key.keys().getPublic(), identity, now()));
    }

    /** Signs with {@code key} and shows {@code certificate} for it. */
    public PrivateSigner keyless(SigningKey key, X509Certificate certificate) {
        return new PrivateSigner(this, key, certificate);
    }

    /** Signs with a key that a policy names. */
    public PrivateSigner withKey(SigningKey key) {
        return new PrivateSigner(this, key, null);
    }

    /** The trusted_root.json that names all of it. */
    public byte[] trustedRoot() {
        return RegistryContent.bytes(trustedRootJson());
    }

    /** As {@link #trustedRoot}, to be altered. */
    public ObjectNode trustedRootJson() {
        ObjectNode root = RegistryContent.JSON
                .createObjectNode()
                .put("mediaType", "application/vnd.dev.sigstore.trustedroot+json;version=0.1");
        ArrayNode logs = root.putArray("tlogs");
        logs.add(log("https://" + rekor1.name(), rekor1.key().keys().getPublic(), rekor1.id()));
        logs.add(log("https://" + rekor2.name(), rekor2.key().keys().getPublic(), rekor2.id()));
        root.putArray("certificateAuthorities").add(authority("https://fulcio.test", fulcio.chain()));
        PublicKey certificateLog = fulcio.certificateLog().keys().getPublic();
        root.putArray("ctlogs")
                .add(log("https://ctlog.test", certificateLog, TestFulcio.sha256(certificateLog.getEncoded())));
        root.putArray("timestampAuthorities").add(authority("https://timestamps.test", timestamps.chain()));
        return root;
    }

    private ObjectNode log(String url, PublicKey key, byte[] id) {
        ObjectNode log =
                RegistryContent.JSON.createObjectNode().put("baseUrl", url).put("hashAlgorithm", "SHA2_256");
        log.putObject("publicKey")
                .put("rawBytes", base64(key.getEncoded()))
                .put("keyDetails", key instanceof EdECPublicKey ? "PKIX_ED25519" : "PKIX_ECDSA_P256_SHA_256")
                .set("validFor", validity());
        log.putObject("logId").put("keyId", base64(id));
        return log;
    }

    private ObjectNode authority(String url, List<X509Certificate> chain) {
        ObjectNode authority = RegistryContent.JSON.createObjectNode().put("uri", url);
        authority.putObject("subject").put("organization", "private.test").put("commonName", "private.test");
        ArrayNode certificates = authority.putObject("certChain").putArray("certificates");
        chain.forEach(certificate -> certificates.addObject().put("rawBytes", base64(encoded(certificate))));
        authority.set("validFor", validity());
        return authority;
    }

    private ObjectNode validity() {
        return RegistryContent.JSON.createObjectNode().put("start", start.toString());
    }

    static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("could not encode a certificate just made", e);
        }
    }
}
