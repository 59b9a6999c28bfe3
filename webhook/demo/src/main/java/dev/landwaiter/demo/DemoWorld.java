package dev.landwaiter.demo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.landwaiter.certs.CertificateSource;
import dev.landwaiter.certs.SelfSignedAuthority;
import dev.landwaiter.certs.ServingCertificate;
import dev.landwaiter.settings.HostPort;
import dev.landwaiter.settings.Setting;
import dev.landwaiter.settings.SettingRows;
import dev.landwaiter.settings.Settings;
import dev.landwaiter.testregistry.CosignSigner;
import dev.landwaiter.testregistry.PrivateSigstore;
import dev.landwaiter.testregistry.Pushed;
import dev.landwaiter.testregistry.SigningIdentity;
import dev.landwaiter.testregistry.SigningKey;
import dev.landwaiter.testregistry.TestRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What the demo is played in: a registry with images, keys, policies, and a folder for the files of it all, gone when it closes. */
public final class DemoWorld implements AutoCloseable {
    private static final Duration LONG_ENOUGH = Duration.ofDays(7);
    private static final String PROVENANCE = "https://slsa.dev/provenance/v1";
    private static final String USER = "demo";
    private static final String PASSWORD = "landwaiter";
    private static final String CERTIFICATE = "webhook.pem";
    private static final String KEY = "webhook-key.pem";

    private final TestRegistry registry;
    private final SelfSignedAuthority authority;
    private final SigningKey release = SigningKey.p256();
    private final SigningKey stranger = SigningKey.p256();
    private final PrivateSigstore sigstore = new PrivateSigstore(InstantSource.system());
    private final Path folder;
    private final ServingCertificate serving;

    private DemoWorld(TestRegistry registry, Path folder) {
        this.registry = registry;
        this.folder = folder;
        this.authority = new SelfSignedAuthority("landwaiter-demo", LONG_ENOUGH, Clock.systemUTC());
        this.serving = authority.issueServer(List.of("localhost", "127.0.0.1"), LONG_ENOUGH.minusDays(1));
    }

    public static DemoWorld start() throws IOException {
        TestRegistry registry = TestRegistry.builder()
                .bearerAuth()
                .user(USER, PASSWORD)
                .privateRepository("vault/keys", USER)
                .start();
        DemoWorld world = new DemoWorld(registry, Files.createTempDirectory("landwaiter-demo"));
        world.push();
        world.write();
        return world;
    }

    private void push() {
        Pushed api = image("shop/api", "1.4");
        registry.signer().signBundle(api, release);
        Pushed web = image("shop/web", "2");
        registry.signer().signSimple(web, release);
        image("shop/batch", "nightly");
        registry.signer().signBundle(image("shop/mirror", "1"), stranger);
        Pushed amd = registry.images().image("shop/multi").push();
        Pushed arm =
                registry.images().image("shop/multi").platform("linux", "arm64").push();
        Pushed index = registry.images()
                .index("shop/multi")
                .tag("3")
                .entry(amd, "linux", "amd64")
                .entry(arm, "linux", "arm64")
                .push();
        registry.signer().signBundle(index, release);
        registry.signer().signSimple(image("vault/keys", "1"), release);
        image("tools/shell", "1");
        image("legacy/report", "7");
        pushKeyless();
    }

    /** What workflows on GitHub would sign: nobody has a key, a private Sigstore vouches for who they are. */
    private void pushKeyless() {
        SigningIdentity workflow = SigningIdentity.workflow("acme/api", "release.yml", "refs/heads/main");
        signKeyless(image("built/api", "1"), workflow, CosignSigner.SIGNATURE_PREDICATE);
        signKeyless(
                image("built/fork", "1"),
                SigningIdentity.workflow("stranger/api", "release.yml", "refs/heads/main"),
                CosignSigner.SIGNATURE_PREDICATE);
        signKeyless(image("attested/api", "1"), workflow, PROVENANCE);
        signKeyless(image("attested/web", "1"), workflow, CosignSigner.SIGNATURE_PREDICATE);
    }

    private void signKeyless(Pushed image, SigningIdentity identity, String predicateType) {
        byte[] statement = CosignSigner.statement(image.digest(), predicateType, JsonNodeFactory.instance.objectNode());
        Pushed _ = registry.signer()
                .pushBundle(
                        image,
                        predicateType,
                        sigstore.keyless(identity).envelope("application/vnd.in-toto+json", statement));
    }

    @CanIgnoreReturnValue
    private Pushed image(String repository, String tag) {
        return registry.images()
                .image(repository)
                .tag(tag)
                .label("org.opencontainers.image.title", repository)
                .push();
    }

    private void write() throws IOException {
        Path policies = Files.createDirectory(folder.resolve("policies"));
        Files.writeString(
                policies.resolve("signed.yaml"),
                policy("signed", List.of("shop/**", "vault/**"), "enforce", releaseKey()));
        Files.writeString(
                policies.resolve("legacy.yaml"), policy("legacy", List.of("legacy/**"), "warn", releaseKey()));
        Files.writeString(
                policies.resolve("workflow.yaml"),
                policy("workflow", List.of("built/**"), "enforce", releaseWorkflow()));
        Files.writeString(
                policies.resolve("attested.yaml"),
                policy("attested", List.of("attested/**"), "enforce", releaseWorkflow() + """
                  attestations:
                    - name: provenance
                      predicateType: slsaprovenance1
                """));
        Files.writeString(policies.resolve("trust-root.yaml"), """
                apiVersion: landwaiter.dev/v1alpha1
                kind: TrustRoot
                metadata:
                  name: private
                spec:
                  trustedRoot: |
                %s""".formatted(
                        new String(sigstore.trustedRoot(), StandardCharsets.UTF_8).indent(4)));
        Files.writeString(
                folder.resolve("registry-ca.pem"), registry.certificates().caPem());
        Files.writeString(folder.resolve("webhook-ca.pem"), authority.certificatePem());
        Files.writeString(folder.resolve(CERTIFICATE), serving.chainPem());
        Files.writeString(folder.resolve(KEY), serving.keyPem());
        Files.writeString(folder.resolve("cosign.pub"), release.publicPem());
        Path docker = Files.createDirectory(folder.resolve("docker"));
        String login = Base64.getEncoder().encodeToString((USER + ":" + PASSWORD).getBytes(StandardCharsets.UTF_8));
        Files.writeString(
                docker.resolve("config.json"),
                "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}%n".formatted(registry.host(), login));
    }

    /** @param authority the only one, in YAML */
    private String policy(String name, List<String> repositories, String mode, String authority) {
        StringBuilder globs = new StringBuilder();
        repositories.forEach(
                repository -> globs.append("    - glob: \"%s/%s\"%n".formatted(registry.host(), repository)));
        return """
                apiVersion: landwaiter.dev/v1alpha1
                kind: ClusterImagePolicy
                metadata:
                  name: %s
                spec:
                  mode: %s
                  images:
                %s  authorities:
                %s""".formatted(name, mode, globs, authority.indent(4));
    }

    private String releaseKey() {
        return """
                - name: release
                  key:
                    data: |
                %s""".formatted(release.publicPem().indent(6));
    }

    private static String releaseWorkflow() {
        return """
                - name: release-workflow
                  keyless:
                    trustRootRef: private
                    identities:
                      - issuer: https://token.actions.githubusercontent.com
                        subject: https://github.com/acme/api/.github/workflows/release.yml@refs/heads/main
                """;
    }

    /** The settings of a webhook without a cluster that knows this registry, and logs as it is told. */
    Settings settings(HostPort listen, String logFormat, String logLevel) {
        Map<String, List<String>> flags = flags(listen, folder);
        put(flags, SettingRows.LOG_LEVEL, logLevel);
        put(flags, SettingRows.LOG_FORMAT, logFormat);
        return Settings.resolve(flags, Map.of());
    }

    /**
     * The arguments of such a webhook in a process of its own, with its certificate.
     *
     * @param seen where that process sees {@link #folder()}
     */
    public List<String> arguments(HostPort listen, HostPort management, Path seen) {
        Map<String, List<String>> flags = flags(listen, seen);
        put(flags, SettingRows.MANAGEMENT_LISTEN, management.toString());
        put(flags, SettingRows.TLS_CERT, seen.resolve(CERTIFICATE).toString());
        put(flags, SettingRows.TLS_KEY, seen.resolve(KEY).toString());
        return flags.entrySet().stream()
                .flatMap(flag -> flag.getKey().equals(SettingRows.TRUST_NETWORK.flag())
                        ? Stream.of(flag.getKey())
                        : Stream.of(flag.getKey(), flag.getValue().getFirst()))
                .toList();
    }

    private Map<String, List<String>> flags(HostPort listen, Path seen) {
        Map<String, List<String>> flags = new LinkedHashMap<>();
        put(flags, SettingRows.LISTEN, listen.toString());
        put(flags, SettingRows.MANAGEMENT_LISTEN, "127.0.0.1:0");
        put(flags, SettingRows.CLUSTER, "off");
        // it listens on loopback alone, and nothing here is anybody's secret
        put(flags, SettingRows.TRUST_NETWORK, "true");
        put(flags, SettingRows.POLICIES, seen.resolve("policies").toString());
        put(flags, SettingRows.REGISTRY_CA, registry.host() + "=" + seen.resolve("registry-ca.pem"));
        put(flags, SettingRows.ALLOW_ADDRESS, "127.0.0.0/8");
        put(flags, SettingRows.DOCKER_CONFIG, seen.resolve("docker").toString());
        put(flags, SettingRows.DRAIN_DELAY, "0s");
        return flags;
    }

    private static void put(Map<String, List<String>> flags, Setting<?> setting, String value) {
        flags.put(setting.flag(), List.of(value));
    }

    CertificateSource certificate() {
        return CertificateSource.fixed(serving, Clock.systemUTC());
    }

    public String authorityPem() {
        return authority.certificatePem();
    }

    /** {@code host:port} of the registry. */
    public String registryHost() {
        return registry.host();
    }

    /** How many requests the registry has answered. */
    int registryRequests() {
        return registry.log().count();
    }

    /** Holds the files of it all; for the eyes of this user alone. */
    public Path folder() {
        return folder;
    }

    @Override
    public void close() {
        registry.close();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(DemoWorld::delete);
        } catch (IOException e) {
            // temporary files in the system's folder for them: it is cleaned up by itself
            return;
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            file.toFile().deleteOnExit();
        }
    }
}
