package dev.landwaiter.sigstore;

import dev.landwaiter.failure.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
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

    private final String digest;
    private final List<CertificateAuthority> certificateAuthorities;
    private final List<Log> certificateLogs;
    private final List<Log> logs;
    private final List<TimestampAuthority> timestampAuthorities;

    TrustedRoot(
            String digest,
            List<CertificateAuthority> certificateAuthorities,
            List<Log> certificateLogs,
            List<Log> logs,
            List<TimestampAuthority> timestampAuthorities) {
        this.digest = digest;
        this.certificateAuthorities = List.copyOf(certificateAuthorities);
        this.certificateLogs = List.copyOf(certificateLogs);
        this.logs = List.copyOf(logs);
        this.timestampAuthorities = List.copyOf(timestampAuthorities);
    }

    /**
     * Reads a {@code trusted_root.json}. An entry whose key is of a kind that is not known here is left out: it can vouch for nothing.
     *
     * @param what it is, for messages: {@code TrustRoot "private"}
     * @throws Failure {@code TRUST_ROOT_INVALID} where it can't be used
     */
    public static TrustedRoot parse(byte[] json, String what) {
        return new TrustedRootReader(what).read(json);
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
        return new TrustedRoot("nobody", List.of(), List.of(), List.of(), List.of());
    }

    /** {@code sha256:…} of what it says, so that two of the same content are known to be the same. */
    public String digest() {
        return digest;
    }

    List<CertificateAuthority> certificateAuthorities() {
        return certificateAuthorities;
    }

    List<Log> certificateLogs() {
        return certificateLogs;
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
