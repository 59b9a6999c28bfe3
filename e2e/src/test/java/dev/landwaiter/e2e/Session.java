package dev.landwaiter.e2e;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** What is up while tests run: a cluster with our manifests, two registries, a Sigstore, the webhook. */
final class Session implements AutoCloseable {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final Cluster cluster;
    private final Images images;
    private final Sigstore sigstore;
    private final Webhook webhook;
    private final Tools tools;
    private final AtomicInteger next = new AtomicInteger();

    private Session(Tools tools, Cluster cluster, Images images, Sigstore sigstore, Webhook webhook) {
        this.tools = tools;
        this.cluster = cluster;
        this.images = images;
        this.sigstore = sigstore;
        this.webhook = webhook;
    }

    static Session start() {
        Tools tools = new Tools();
        tools.script("build", "kubernetes", "images", "cosign2", "sigstore").output();
        // what an aborted run may have left
        endPrograms(tools);
        try {
            Cluster cluster = Cluster.start(tools);
            Images images = Images.start(tools);
            Sigstore sigstore = Sigstore.start(tools);
            Session session = new Session(tools, cluster, images, sigstore, new Webhook(tools, cluster, images));
            session.installOrEnd();
            return session;
        } catch (RuntimeException | AssertionError failure) {
            endPrograms(tools);
            throw failure;
        }
    }

    private void installOrEnd() {
        try {
            install();
        } catch (RuntimeException | AssertionError failure) {
            webhook.stop();
            throw failure;
        }
    }

    Cluster cluster() {
        return cluster;
    }

    Images images() {
        return images;
    }

    Tools tools() {
        return tools;
    }

    Sigstore sigstore() {
        return sigstore;
    }

    Webhook webhook() {
        return webhook;
    }

    /** A namespace of its own for one test; {@code purpose} becomes part of its name. */
    Tenant tenant(String purpose) {
        return Tenant.create(this, name(purpose), true);
    }

    Tenant tenantWithoutOptIn(String purpose) {
        return Tenant.create(this, name(purpose), false);
    }

    private String name(String purpose) {
        return "e2e-%s-%d".formatted(purpose, next.incrementAndGet());
    }

    /** In the order of docs/install.md: what the program needs, the program, and at last who calls it. */
    private void install() {
        cluster.kubectl("apply", "--server-side", "-k")
                .and(Folders.manifests().resolve("base").toString())
                .output();
        webhook.start();
        register();
    }

    void register(String... variant) {
        String registration = Command.of(Folders.manifests().resolve("render"))
                .and("--ca", tools.ca().toString(), "--url", webhook.url())
                .and(variant)
                .with("PATH", tools.kubectl().getParent() + ":" + System.getenv("PATH"))
                .output();
        cluster.kubectl("apply", "--server-side", "-f", "-")
                .reading(registration)
                .output();
        awaitWebhooks();
    }

    /** Break-glass, word for word. */
    void unregister() {
        cluster.kubectl("delete", "mutatingwebhookconfiguration,validatingwebhookconfiguration", "landwaiter")
                .output();
    }

    /** Until the API server has taken notice of the webhooks: what a policy refuses for certain is refused by them. */
    void awaitWebhooks() {
        try (Tenant probe = tenant("probe")) {
            probe.policy("probe", """
                    images: [{glob: probe.e2e.test/**}]
                    authorities: [{name: nobody, static: {action: fail}}]
                    """);
            Await.until(
                    "a Pod that no policy lets through is denied by the webhook",
                    MINUTE,
                    () -> probe.create(probe.pod("probe", "probe.e2e.test/image:1"), "--dry-run=server"),
                    result -> result.err().contains("STATIC_FAIL"));
        }
    }

    @Override
    public void close() {
        try {
            if (!cluster.ours()) {
                unregister();
            }
            webhook.stop();
            if (!cluster.ours()) {
                cluster.kubectl(
                                "delete",
                                "-k",
                                Folders.manifests().resolve("base").toString())
                        .output();
            }
        } finally {
            endPrograms(tools);
        }
    }

    private static void endPrograms(Tools tools) {
        tools.script("cluster", "down").output();
        tools.script("registry", "wipe").output();
        tools.script("sigstore", "down").output();
    }
}
