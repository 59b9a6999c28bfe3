package dev.landwaiter.certs;

import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a cluster holds of certificates, and a controller that does what the rotation says, by a clock that a test moves. */
final class RotatingCluster {
    static final Instant START = Instant.parse("2026-11-21T00:00:00Z");
    static final RotationRules RULES =
            new RotationRules("landwaiter", "landwaiter-system", Duration.ofHours(3), Duration.ofHours(1));
    static final String SERVER = "landwaiter.landwaiter-system.svc";

    final List<RotationAction> done = new ArrayList<>();
    Instant now = START;

    @Nullable
    Map<String, byte[]> authorities;

    @Nullable
    Map<String, byte[]> certificate;

    List<TrustPlace> places = List.of(place("mutate", List.of()), place("validate", List.of()));
    Settled settled = Settled.NOTHING;

    static TrustPlace place(String name, List<X509Certificate> authorities) {
        return new TrustPlace("webhook \"%s\"".formatted(name), SERVER, authorities);
    }

    Observed observed() {
        return new Observed(Optional.ofNullable(authorities), Optional.ofNullable(certificate), places);
    }

    /** Another leader, which has seen nothing yet. */
    void newLeader() {
        settled = Settled.NOTHING;
    }

    /** Takes one step, and carries it out; says when to look again, which is at once where something was done. */
    Instant round() {
        Rotation.Step step = Rotation.next(RULES, observed(), settled, now);
        settled = step.settled();
        step.action().ifPresent(this::carryOut);
        return step.action().isPresent() ? now : step.lookAgain();
    }

    private void carryOut(RotationAction action) {
        done.add(action);
        switch (action) {
            case RotationAction.WriteAuthorities write -> authorities = write.entries();
            case RotationAction.WriteCertificate write -> certificate = write.entries();
            case RotationAction.Trust trust -> trustEverywhere(trust.authorities());
        }
    }

    void trustEverywhere(List<X509Certificate> all) {
        places = places.stream()
                .map(place -> new TrustPlace(place.where(), place.server(), all))
                .toList();
    }

    /** Until there is nothing more to do at this time. */
    void rest() {
        int rounds = 0;
        while (!round().isAfter(now)) {
            rounds++;
            if (rounds > 20) {
                throw new AssertionError("it never rests: " + done);
            }
        }
    }

    /** Lets {@code time} pass, with all that is done on the way. */
    void pass(Duration time) {
        Instant end = now.plus(time);
        for (Instant next = round(); !next.isAfter(end); next = round()) {
            now = next;
        }
        now = end;
        rest();
    }

    ServingCertificate leaf() {
        return observed().leaf(now).orElseThrow();
    }

    StoredAuthorities stored() {
        return StoredAuthorities.read(observed().authorities().orElseThrow());
    }

    List<String> reasons() {
        return done.stream().map(RotationAction::reason).toList();
    }

    /** Whether every place verifies {@code certificate} now. */
    boolean trusts(ServingCertificate certificate) {
        return places.stream().allMatch(place -> place.refusal(certificate, now).isEmpty());
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
