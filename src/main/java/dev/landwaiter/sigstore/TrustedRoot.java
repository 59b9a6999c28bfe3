package dev.landwaiter.sigstore;

import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limits;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Whom to believe: certificate authorities, certificate transparency logs, transparency logs and timestamp authorities, each with the time
 * for which it counts. Immutable.
 *
 * @see <a href="https://github.com/sigstore/protobuf-specs/blob/v0.5.1/protos/sigstore_trustroot.proto">trusted_root.json</a>
 */
public final class TrustedRoot {
    /** Since when the one of the public good instance that is shipped has been in force, for people. */
    public static final String PUBLIC_GOOD_SINCE = "September 2025";

    private static final String PUBLIC_GOOD = "public-good.json";

    private final String title;
    private final String digest;
    private final List<SigstoreInstance> instances;
    private final List<CertificateAuthority> certificateAuthorities;
    private final List<Log> certificateLogs;
    private final List<Log> logs;
    private final List<TimestampAuthority> timestampAuthorities;

    TrustedRoot(String title, String digest, List<SigstoreInstance> instances) {
        this.title = title;
        this.digest = digest;
        this.instances = List.copyOf(instances);
        this.certificateAuthorities = all(SigstoreInstance::certificateAuthorities);
        this.certificateLogs = all(SigstoreInstance::certificateLogs);
        this.logs = all(SigstoreInstance::logs);
        this.timestampAuthorities = all(SigstoreInstance::timestampAuthorities);
    }

    private <T> List<T> all(Function<SigstoreInstance, List<T>> kind) {
        return instances.stream()
                .flatMap(instance -> kind.apply(instance).stream())
                .toList();
    }

    /**
     * Reads a {@code trusted_root.json}, or several of them, one a line, as {@code gh attestation trusted-root} prints them. An entry whose key
     * is of a kind that is not known here is left out: it can vouch for nothing.
     *
     * @param what it is, for messages: {@code TrustRoot "private"}
     * @throws Failure {@code TRUST_ROOT_INVALID} where it can't be used
     */
    public static TrustedRoot parse(byte[] json, String what) {
        return parse(json, Limits.defaults(), what);
    }

    /** As {@link #parse(byte[], String)}, of one within {@code limits}. */
    public static TrustedRoot parse(byte[] json, Limits limits, String what) {
        return TrustedRootReader.read(json, limits, what);
    }

    /**
     * Sigstore's public good instance, as shipped inside and dated in {@code public-good.NOTICE.txt}; needs no network. Read when it is first
     * asked for.
     */
    public static TrustedRoot publicGood() {
        return PublicGood.ROOT;
    }

    /** One that believes nobody. */
    public static TrustedRoot nobody() {
        return new TrustedRoot("the trust root that is still to be fetched", "nobody", List.of());
    }

    /** {@code sha256:…} of what it says, so that two of the same content are known to be the same. */
    public String digest() {
        return digest;
    }

    /** What people call it: {@code TrustRoot "private"}. */
    String title() {
        return title;
    }

    /** The Sigstores that it names, mostly one. */
    List<SigstoreInstance> instances() {
        return instances;
    }

    /**
     * Whether {@code certificate} says that it is by an instance that has no transparency log, so that no entry can be asked for; not where one
     * that goes by the same name has.
     */
    boolean unlogged(X509Certificate certificate) {
        List<SigstoreInstance> named = instances.stream()
                .filter(instance -> instance.named(certificate))
                .toList();
        return !named.isEmpty() && named.stream().noneMatch(SigstoreInstance::logged);
    }

    List<CertificateAuthority> certificateAuthorities() {
        return certificateAuthorities;
    }

    List<Log> certificateLogs() {
        return certificateLogs;
    }

    List<Log> logs() {
        return logs;
    }

    /** Those of its transparency logs that go by {@code id}: more than one where a key counts for more than one time. */
    Stream<Log> logs(String id) {
        return logs.stream().filter(log -> log.id().equals(id));
    }

    List<TimestampAuthority> timestampAuthorities() {
        return timestampAuthorities;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TrustedRoot root && root.digest.equals(digest);
    }

    @Override
    public int hashCode() {
        return digest.hashCode();
    }

    @Override
    public String toString() {
        return "TrustedRoot[" + digest + "]";
    }

    private static final class PublicGood {
        static final TrustedRoot ROOT = parse(read(), "the trust root of sigstore's public good instance");

        private static byte[] read() {
            try (InputStream in = TrustedRoot.class.getResourceAsStream(PUBLIC_GOOD)) {
                return Objects.requireNonNull(in, PUBLIC_GOOD).readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
