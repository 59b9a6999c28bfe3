package dev.landwaiter.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Days of rotations in milliseconds, each in another order: a controller that dies between any two actions, API servers that learn late of bundles,
 * replicas that learn late of Secrets and start anew, Secrets that are deleted or damaged, bundles that are dropped. At every moment every
 * replica that is ready serves what every API server verifies.
 */
class RotationWalkTest {
    private static final Duration DAY = Duration.ofHours(24);
    private static final int LATE_SECONDS = 25;

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    @Tag("attack-46")
    @Tag("attack-49")
    @DisplayName(
            "Attacks 46, 49: in 24 h of rotations every replica serves what every API server trusts, whoever dies on the way")
    void everyReplicaServesWhatEveryApiServerTrusts(long seed) {
        Walk walk = new Walk(new Random(seed));
        walk.run();

        assertThat(walk.cluster.reasons()).contains("AuthorityRenewed", "CertificateRenewed", "AuthorityExpired");
        assertThat(walk.checked).isGreaterThan(20_000);
    }

    /** What somebody sees of the bundles, later than it is so. */
    private static final class View {
        private final Deque<Seen> coming = new ArrayDeque<>();
        private List<TrustPlace> places = List.of();

        private record Seen(Instant at, List<TrustPlace> places) {}

        void see(List<TrustPlace> now, Instant at) {
            if (coming.isEmpty() || !coming.getLast().places().equals(now)) {
                coming.add(new Seen(at, now));
            }
        }

        List<TrustPlace> at(Instant now) {
            while (!coming.isEmpty() && !coming.getFirst().at().isAfter(now)) {
                places = coming.removeFirst().places();
                if (coming.isEmpty()) {
                    coming.add(new Seen(Instant.MIN, places));
                    break;
                }
            }
            return places;
        }
    }

    /** A webhook's process. */
    private static final class Replica {
        private ServingChoice choice;
        private boolean ready;

        Replica(ServingCertificate first) {
            this.choice = ServingChoice.of(first);
        }

        void look(ServingCertificate offered, List<TrustPlace> places, Instant now, Refusals refusals) {
            choice = choice.next(offered, new LiveBundles.Known.Places(places), now);
            ready |= places.stream().noneMatch(place -> refusals.refuses(place, choice.current(), now));
        }
    }

    /** Which places refuse which certificates: looked up once for each, since a signature stays what it is. */
    private static final class Refusals {
        private final Map<Asked, Boolean> known = new HashMap<>();

        private record Asked(TrustPlace place, BigInteger serial) {}

        boolean refuses(TrustPlace place, ServingCertificate certificate, Instant now) {
            return !Chains.validAt(certificate.leaf(), now)
                    || known.computeIfAbsent(
                            new Asked(place, certificate.leaf().getSerialNumber()),
                            asked -> asked.place().refusal(certificate, now).isPresent());
        }
    }

    private static final class Walk {
        final RotatingCluster cluster = new RotatingCluster();
        int checked;
        private final Random random;
        private final List<View> apiServers = List.of(new View(), new View(), new View());
        private final List<@Nullable Replica> replicas = new ArrayList<>();
        private final Refusals refusals = new Refusals();
        private Instant nextRound = RotatingCluster.START;
        private @Nullable Map<String, byte[]> parsed;
        private Optional<ServingCertificate> newest = Optional.empty();
        /** Until then API servers may still see a bundle that somebody dropped. */
        private Instant dropped = Instant.MIN;

        Walk(Random random) {
            this.random = random;
        }

        void run() {
            cluster.rest();
            spread();
            cluster.now = cluster.now.plusSeconds(LATE_SECONDS + 5);
            for (int i = 0; i < 3; i++) {
                replicas.add(new Replica(cluster.leaf()));
            }
            Instant end = cluster.now.plus(DAY);
            while (cluster.now.isBefore(end)) {
                cluster.now = cluster.now.plusSeconds(1 + random.nextInt(40));
                disturb();
                control();
                spread();
                serve();
                check();
            }
        }

        /** A controller that may be away for minutes, or dies after any of its actions. */
        private void control() {
            if (cluster.now.isBefore(nextRound)) {
                return;
            }
            int steps = 1 + random.nextInt(5);
            for (int i = 0; i < steps; i++) {
                nextRound = cluster.round();
                if (nextRound.isAfter(cluster.now)) {
                    break;
                }
                // between two actions API servers take notice, or do not
                spread();
            }
            if (random.nextInt(15) == 0) {
                cluster.newLeader();
                nextRound = cluster.now.plusSeconds(random.nextInt(240));
            }
        }

        private void spread() {
            for (View api : apiServers) {
                api.see(cluster.places, cluster.now.plusSeconds(random.nextInt(LATE_SECONDS)));
            }
        }

        /** Replicas see a Secret late, and some start anew. */
        private void serve() {
            if (!Objects.equals(parsed, cluster.certificate)) {
                parsed = cluster.certificate;
                newest = cluster.observed().leaf(cluster.now);
            }
            for (int i = 0; i < replicas.size(); i++) {
                Replica one = replicas.get(i);
                if (one == null || random.nextInt(300) == 0) {
                    one = newest.map(Replica::new).orElse(null);
                    replicas.set(i, one);
                }
                if (one != null && newest.isPresent() && random.nextInt(4) != 0) {
                    one.look(newest.get(), cluster.places, cluster.now, refusals);
                }
            }
        }

        private void disturb() {
            boolean whole = cluster.authorities != null
                    && Objects.equals(parsed, cluster.certificate)
                    && newest.isPresent()
                    && cluster.places.stream().noneMatch(TrustPlace::empty);
            if (!whole) {
                return;
            }
            switch (random.nextInt(3000)) {
                case 0 -> cluster.authorities = null;
                case 1 -> cluster.authorities = torn(cluster.authorities);
                case 2 -> cluster.certificate = null;
                case 3 -> cluster.certificate = torn(cluster.certificate);
                case 4 -> {
                    cluster.authorities = torn(cluster.authorities);
                    cluster.certificate = null;
                }
                case 5 -> {
                    cluster.places = List.of(cluster.places.getFirst(), RotatingCluster.place("validate", List.of()));
                    dropped = Instant.MAX;
                }
                default -> {
                    return;
                }
            }
            nextRound = nextRound.isBefore(cluster.now) ? nextRound : cluster.now;
        }

        private Map<String, byte[]> torn(@Nullable Map<String, byte[]> entries) {
            Map<String, byte[]> torn = new HashMap<>(entries == null ? Map.of() : entries);
            torn.replaceAll((_, value) -> {
                byte[] cut = new byte[random.nextInt(value.length + 1)];
                System.arraycopy(value, 0, cut, 0, cut.length);
                return random.nextBoolean() ? cut : value;
            });
            return torn;
        }

        private void check() {
            if (dropped.equals(Instant.MAX)) {
                // an API server without a bundle trusts nobody, whatever is served
                boolean written = cluster.places.stream().noneMatch(TrustPlace::empty);
                dropped = written ? cluster.now.plusSeconds(LATE_SECONDS) : Instant.MAX;
            }
            if (!cluster.now.isAfter(dropped)) {
                return;
            }
            for (Replica one : replicas) {
                if (one != null && one.ready) {
                    for (View api : apiServers) {
                        for (TrustPlace place : api.at(cluster.now)) {
                            if (refusals.refuses(place, one.choice.current(), cluster.now)) {
                                fail("at %s after %s: %s"
                                        .formatted(
                                                cluster.now,
                                                cluster.reasons(),
                                                place.refusal(one.choice.current(), cluster.now)));
                            }
                            checked++;
                        }
                    }
                }
            }
        }
    }
}
