package dev.landwaiter.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ObjectStoreTest {
    /** So many of a namespace's are looked at one by one. */
    private static final int COUNTING = 8;

    private final List<String> dropped = new ArrayList<>();
    private final ObjectStore store = new ObjectStore(1_000, COUNTING, dropped::add);

    private static GenericKubernetesResource object(
            @Nullable String namespace, String name, int second, int characters) {
        GenericKubernetesResource object = new GenericKubernetesResource();
        object.setMetadata(new ObjectMetaBuilder()
                .withNamespace(namespace)
                .withName(name)
                .withUid(name)
                .withResourceVersion(String.valueOf(second))
                .withCreationTimestamp("2026-11-21T10:00:%02dZ".formatted(second))
                .withAnnotations(Map.of("note", "of no use"))
                .withManagedFields(new ManagedFieldsEntry())
                .build());
        object.setAdditionalProperty("spec", Map.of("mode", "warn", "text", "x".repeat(characters)));
        return object;
    }

    private void put(GenericKubernetesResource object) {
        GenericKubernetesResource _ = store.put(store.getKey(object), object);
    }

    private Object spec(String key) {
        return Objects.requireNonNull(
                Objects.requireNonNull(store.get(key)).getAdditionalProperties().get("spec"));
    }

    @Test
    void whatNobodyReadsIsNotHeld() {
        put(object("shop", "a", 1, 10));

        assertThat(store.get("shop/a").getMetadata().getAnnotations()).isNullOrEmpty();
        assertThat(store.get("shop/a").getMetadata().getManagedFields()).isNullOrEmpty();
        assertThat(spec("shop/a")).isEqualTo(Map.of("mode", "warn", "text", "xxxxxxxxxx"));
    }

    @Test
    @Tag("attack-64")
    @DisplayName("Attack 64: of one namespace's objects the oldest are held whole, in whatever order they come")
    void theOldestAreHeld() {
        put(object("shop", "c", 3, 400));
        put(object("shop", "b", 2, 400));
        assertThat(dropped).isEmpty();
        put(object("shop", "a", 1, 400));
        put(object("bakery", "z", 9, 400));

        assertThat(dropped).containsExactly("shop/c");
        assertThat(store.dropped("shop/c")).isTrue();
        assertThat(store.dropped("shop/a")).isFalse();
        assertThat(spec("shop/c")).as("its mode alone").isEqualTo(Map.of("mode", "warn"));
        assertThat(store.values()).hasSize(4);
    }

    @Test
    void aSmallOneDoesNotTakeTheRoomOfAnOlderOne() {
        put(object("shop", "a", 1, 400));
        put(object("shop", "b", 2, 800));
        put(object("shop", "c", 3, 10));

        assertThat(store.dropped("shop/b")).isTrue();
        assertThat(store.dropped("shop/c")).isTrue();
        put(object("shop", "b", 2, 100));
        assertThat(store.dropped("shop/b")).isFalse();
        assertThat(store.restorable("shop")).contains("shop/c");
    }

    @Test
    void whatWasDroppedIsTakenAgainWhereThereIsRoom() {
        put(object("shop", "a", 1, 400));
        put(object("shop", "b", 2, 400));
        put(object("shop", "c", 3, 400));
        assertThat(store.restorable("shop")).isEmpty();

        assertThat(store.remove("shop/a")).isNotNull();
        assertThat(store.restorable("shop")).contains("shop/c");
        store.restore(object("shop", "c", 4, 400));
        assertThat(store.dropped("shop/c"))
                .as("another version: the watch will tell of it")
                .isTrue();
        store.restore(object("shop", "c", 3, 400));
        assertThat(store.dropped("shop/c")).isFalse();
        assertThat(spec("shop/c").toString()).hasSizeGreaterThan(400);
        assertThat(store.restorable("shop")).isEmpty();
    }

    /** Each is fetched by a request of its own, on the thread that reads all namespaces' policies. */
    @Test
    @Tag("attack-64")
    @DisplayName(
            "Attack 64: one large object that comes and goes does not have thousands of small ones fetched each time")
    void noMoreAreFetchedThanAreLookedAt() {
        put(object("shop", "a", 0, 990));
        for (int i = 1; i < 60; i++) {
            put(object("shop", "p%02d".formatted(i), i, 1));
        }
        put(object("shop", "a", 0, 1));

        int fetched = 0;
        for (Optional<String> key = store.restorable("shop"); key.isPresent(); key = store.restorable("shop")) {
            int second = Integer.parseInt(key.get().substring("shop/p".length()));
            store.restore(object("shop", "p%02d".formatted(second), second, 1));
            fetched++;
        }
        assertThat(fetched).isEqualTo(COUNTING - 1);
    }

    @Test
    void oneThatIsTooLargeByItselfIsDropped() {
        put(object("shop", "a", 1, 2_000));
        assertThat(dropped).containsExactly("shop/a");
        assertThat(store.restorable("shop")).isEmpty();
        assertThat(store.remove("shop/a")).isNotNull();
        assertThat(store.restorable("shop")).isEmpty();
    }

    @Test
    void objectsOfTheClusterHaveNoBound() {
        for (int i = 0; i < 10; i++) {
            put(object(null, "p" + i, i, 2_000));
        }
        assertThat(dropped).isEmpty();
    }

    /** Whatever comes and goes, what is held whole is within the bound, and is the oldest. */
    @Test
    void itIsTheOldestAfterAnyChange() {
        Random random = new Random(64);
        Map<String, Integer> made = new HashMap<>();
        for (int i = 0; i < 5_000; i++) {
            String name = "p" + random.nextInt(20);
            if (random.nextInt(3) == 0) {
                GenericKubernetesResource _ = store.remove("shop/" + name);
                made.remove(name);
            } else {
                int second = made.computeIfAbsent(name, _ -> random.nextInt(60));
                put(object("shop", name, second, random.nextInt(500)));
            }
            long held = whole().mapToLong(one -> one.toString().length()).sum();
            assertThat(held).isLessThan(1_000 + 20 * 60);
            String oldestDropped = made.keySet().stream()
                    .filter(one -> store.dropped("shop/" + one))
                    .min(Comparator.comparing((String one) -> made.get(one)).thenComparing(one -> "shop/" + one))
                    .orElse("");
            int dropped = made.getOrDefault(oldestDropped, 60);
            made.forEach((one, second) -> assertThat(store.dropped("shop/" + one) || second <= dropped)
                    .isTrue());
        }
        made.keySet().forEach(name -> {
            GenericKubernetesResource _ = store.remove("shop/" + name);
        });
        assertThat(store.size()).isZero();
        put(object("shop", "last", 1, 900));
        assertThat(store.dropped("shop/last")).as("all room is free again").isFalse();
    }

    private Stream<Object> whole() {
        return store.keySet().filter(key -> !store.dropped(key)).map(this::spec);
    }
}
