package dev.landwaiter.sigstore;

import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limits;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says whether a bundle's signature is good. Whatever the bytes are, the answer is a proof or a {@link Failure}: no other exception leaves.
 * Safe for use by many threads; computes alone, never waits.
 *
 * @see <a href="https://github.com/sigstore/architecture-docs/blob/main/client-spec.md">Sigstore's client specification, section 4</a>
 */
public final class BundleVerifier {
    private static final Logger LOG = LoggerFactory.getLogger(BundleVerifier.class);

    private final InstantSource clock;
    private final Limits limits;

    /**
     * @param clock says whether a log counts whose entry nobody dates; a time of signing always comes from a witness
     * @param limits of what a log recorded
     */
    public BundleVerifier(InstantSource clock, Limits limits) {
        this.clock = clock;
        this.limits = limits;
    }

    /** As {@link #BundleVerifier(InstantSource, Limits)}, with the limits that need no setting. */
    public BundleVerifier(InstantSource clock) {
        this(clock, Limits.defaults());
    }

    /** With the system's clock, and the limits that need no setting. */
    public BundleVerifier() {
        this(InstantSource.system(), Limits.defaults());
    }

    /**
     * By a certificate: its chain at the time of signing, its SCT, the log's entry and timestamps that {@code demands} asks for, each bound to
     * this signature. Whose identity the certificate names is for the caller to judge.
     *
     * @throws Failure {@code SIGNATURE_INVALID}, whose message completes 'it …' and says what did not hold; caused by
     *     {@link WitnessMissing} where only a witness was missing, by a {@link TrustRootDoubt} where the trust root may be wrong
     */
    public Proof byCertificate(Bundle bundle, Demands demands) {
        return guarded(() -> {
            TrustedRoot root = demands.certificates()
                    .orElseThrow(() -> Refusal.of("is keyless, and no trust root says whose certificates count"));
            X509Certificate certificate = bundle.certificate()
                    .orElseThrow(() -> Refusal.of("came without a certificate: it was made by a key"));
            Signed signed = Signed.of(bundle, certificate.getPublicKey(), certificate);
            if (!signed.good(null)) {
                throw Refusal.of("was not made by the key of its certificate, or not over this content");
            }
            SigningCertificate signing = new SigningCertificate(certificate, root);
            signing.checkNamed();
            Testimony testimony =
                    new WitnessHearing(demands.of(certificate), clock, limits).hear(signed, bundle.witnesses());
            if (testimony.times().isEmpty()) {
                throw Refusal.of(
                        "has no trusted witness of the time at which it was signed: neither a log's promise nor a timestamp",
                        Witness.TIMESTAMP,
                        bundle.witnesses().timestamps().isEmpty() ? null : new Doubts(root).timestampAuthority());
            }
            signing.check(testimony.times());
            return testimony.proof(new CertificateIdentity(certificate).read());
        });
    }

    /** By a public key with a hash that goes with its kind: as {@link #byKey(Bundle, PublicKey, HashAlgorithm, Demands)}. */
    public Optional<Proof> byKey(Bundle bundle, PublicKey key, Demands demands) {
        return byKey(bundle, key, null, demands);
    }

    /**
     * By a public key that the policy names, with the witnesses that {@code demands} asks for; empty where it is not by this key.
     *
     * @param hash with which the key signs; null where nobody says so, and what goes with its kind is tried
     */
    public Optional<Proof> byKey(Bundle bundle, PublicKey key, @Nullable HashAlgorithm hash, Demands demands) {
        return guarded(() -> {
            Signed signed = Signed.of(bundle, key, null);
            if (!signed.good(hash)) {
                return Optional.<Proof>empty();
            }
            Testimony testimony = new WitnessHearing(demands, clock, limits).hear(signed, bundle.witnesses());
            String fingerprint =
                    "sha256:" + HexFormat.of().formatHex(Hashing.sha256().digest(key.getEncoded()));
            return Optional.of(testimony.proof(new Signer.Key(fingerprint)));
        });
    }

    /** With which hash {@code key} made it, whatever a policy asks for; empty where it is not by this key. For people: it proves nothing. */
    public Optional<HashAlgorithm> hash(Bundle bundle, PublicKey key) {
        try {
            return guarded(() -> Signed.of(bundle, key, null).hash());
        } catch (Failure e) {
            return Optional.empty();
        }
    }

    /** What crafted bytes may make a parser throw is a refusal like any other; but the log is told, as it may be a mistake of ours. */
    private static <T> T guarded(Supplier<T> check) {
        try {
            return check.get();
        } catch (Failure e) {
            throw e;
        } catch (RuntimeException | StackOverflowError e) {
            LOG.warn("a signature was refused because it could not be read: {}", e.toString());
            LOG.debug("where it could not be read", e);
            throw Refusal.of("could not be read (%s)".formatted(e.getClass().getSimpleName()));
        }
    }
}
