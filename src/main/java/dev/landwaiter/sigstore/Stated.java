package dev.landwaiter.sigstore;

import dev.landwaiter.failure.Failure;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a signature says of itself. Anybody can write anything there: it was read and never checked, so it is for people who look around, and
 * no decision may rest on it. What was proven is a {@link Proof}.
 *
 * @param signer who is said to have made it; empty where that can't be told
 * @param log the entries that it brings
 * @param timestamps the times that its timestamps say, those that can be read
 */
public record Stated(Optional<Signer> signer, List<Entry> log, List<Instant> timestamps) {
    private static final int SHA256 = 32;

    public Stated {
        log = List.copyOf(log);
        timestamps = List.copyOf(timestamps);
    }

    /**
     * An entry of a transparency log.
     *
     * @param logId the SHA-256 of the log's key, in hex, or whatever stands in its place
     * @param time when the log took it in; null where it promises no time
     */
    public record Entry(String logId, long index, @Nullable Instant time) {}

    static Stated of(Bundle bundle) {
        List<Entry> entries = new ArrayList<>();
        for (ClaimedEntry entry : bundle.witnesses().entries()) {
            entries.add(new Entry(entry.logId(), entry.index(), time(entry)));
        }
        List<Instant> times = new ArrayList<>();
        for (byte[] der : bundle.witnesses().timestamps()) {
            time(der).ifPresent(times::add);
        }
        return new Stated(signer(bundle), entries, times);
    }

    private static Optional<Signer> signer(Bundle bundle) {
        Optional<X509Certificate> certificate = bundle.certificate();
        if (certificate.isEmpty()) {
            return bundle.keyHint().isEmpty() ? Optional.empty() : Optional.of(new Signer.Key(key(bundle.keyHint())));
        }
        try {
            return Optional.of(new CertificateIdentity(certificate.get()).read());
        } catch (Failure | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** cosign's hint is the SHA-256 of the key's DER: then as everywhere else; any other hint as it is. */
    private static String key(String hint) {
        try {
            byte[] digest = Base64.getDecoder().decode(hint);
            return digest.length == SHA256 ? "sha256:" + HexFormat.of().formatHex(digest) : Text.shown(hint);
        } catch (IllegalArgumentException e) {
            return Text.shown(hint);
        }
    }

    private static @Nullable Instant time(ClaimedEntry entry) {
        boolean promised = entry.promise() != null && entry.integratedTime() <= Instant.MAX.getEpochSecond();
        return promised ? Instant.ofEpochSecond(entry.integratedTime()) : null;
    }

    private static Optional<Instant> time(byte[] der) {
        try {
            return Optional.of(Timestamp.parse(der).stated());
        } catch (Failure e) {
            return Optional.empty();
        }
    }
}
