package dev.landwaiter.admission;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.check.AdmissionRules;
import dev.landwaiter.credential.Keychain;
import dev.landwaiter.credential.PullSecretKeychain;
import dev.landwaiter.credential.PullSecrets;
import dev.landwaiter.credential.RememberingPullSecrets;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.fetch.RegistryFetcher;
import dev.landwaiter.http.HttpTransport;
import dev.landwaiter.http.Recording;
import dev.landwaiter.image.Descriptor;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.image.MediaType;
import dev.landwaiter.image.OciDocument;
import dev.landwaiter.image.Platform;
import dev.landwaiter.limit.BoundedJson;
import dev.landwaiter.limit.Budget;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.ReviewBudget;
import dev.landwaiter.policy.Authority;
import dev.landwaiter.policy.ImageGlob;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.LabelSelector;
import dev.landwaiter.policy.Materials;
import dev.landwaiter.policy.Mode;
import dev.landwaiter.policy.OnUnavailable;
import dev.landwaiter.policy.PolicyAllowance;
import dev.landwaiter.policy.PolicyFiles;
import dev.landwaiter.policy.PolicyFolder;
import dev.landwaiter.policy.PolicyReader;
import dev.landwaiter.policy.PolicySet;
import dev.landwaiter.policy.PolicySize;
import dev.landwaiter.registry.OciRegistry;
import dev.landwaiter.registry.RegistryListener;
import dev.landwaiter.registry.RegistrySettings;
import dev.landwaiter.sigstore.Bundle;
import dev.landwaiter.sigstore.TrustedRoot;
import dev.landwaiter.testregistry.PrivateSigner;
import dev.landwaiter.testregistry.PrivateSigstore;
import dev.landwaiter.testregistry.SigningIdentity;
import dev.landwaiter.yaml.TestYaml;
import dev.landwaiter.yaml.YamlReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** For each limit that refuses an input: the value that it is lowered to, and what is told of that input. */
final class RefusedInputs {
    private static final Deadline MINUTE = Deadline.in(Duration.ofMinutes(1));
    private static final ImageReference API = ImageReference.parse("r.test/acme/api:1");
    private static final Keychain.Found NOBODY = Keychain.Found.anonymous(List.of());
    private static final PrivateSigstore SIGSTORE = new PrivateSigstore(() -> Instant.parse("2026-11-20T12:00:00Z"));
    private static final SigningIdentity WORKFLOW =
            SigningIdentity.workflow("acme/api", "release.yml", "refs/heads/main");
    /** A limit's row: lowered to {@code low}, {@code told} says its name, and by default it does not. */
    record Row(long low, Function<Limits, String> told) {}

    static final Map<Limit, Row> REFUSES = new EnumMap<>(Limit.class);

    static {
        REFUSES.put(Limit.REVIEW_BYTES, new Row(100, limits -> answer(limits, List.of("r.test/a:1"))));
        REFUSES.put(Limit.REVIEW_TOKENS, new Row(10, limits -> answer(limits, List.of("r.test/a:1"))));
        REFUSES.put(Limit.REVIEW_DEPTH, new Row(3, limits -> answer(limits, List.of("r.test/a:1"))));
        REFUSES.put(Limit.IMAGES_PER_OBJECT, new Row(1, limits -> answer(limits, List.of("r.test/a:1", "r.test/b:1"))));
        REFUSES.put(Limit.REFERENCE_CHARACTERS, new Row(8, limits -> answer(limits, List.of("r.test/a:1"))));
        REFUSES.put(Limit.REVIEW_REGISTRIES, new Row(1, limits -> {
            ReviewBudget budget = new ReviewBudget(limits, 2);
            Failure first = budget.image("a.test", "a.test/a").refusal();
            Failure second = budget.image("b.test", "b.test/a").refusal();
            return first + " " + second;
        }));
        budget(Limit.IMAGE_REQUESTS);
        budget(Limit.REVIEW_REQUESTS);

        REFUSES.put(Limit.MANIFEST_BYTES, new Row(10, limits -> asking(limits, "manifest")));
        REFUSES.put(Limit.CONFIG_BYTES, new Row(1, limits -> asking(limits, "blob")));
        REFUSES.put(Limit.TOKEN_BYTES, new Row(1, limits -> asking(limits, "token")));
        REFUSES.put(Limit.REDIRECTS, new Row(1, limits -> asking(limits, "redirect")));
        REFUSES.put(Limit.INDEX_DEPTH, new Row(1, limits -> asking(limits, "index")));
        REFUSES.put(Limit.INDEX_MANIFESTS, new Row(1, limits -> document(limits, index(List.of("a", "b")))));
        REFUSES.put(
                Limit.JSON_DEPTH,
                new Row(
                        2,
                        limits -> refused(() -> new BoundedJson(limits)
                                .read(bytes("[[[]]]"), Code.MANIFEST_MALFORMED, "the document"))));
        REFUSES.put(Limit.JSON_TOKENS, new Row(5, limits -> document(limits, index(List.of("a")))));

        bundle(Limit.SIGNATURE_BYTES, 100, _ -> {});
        bundle(Limit.LOG_ENTRIES, 1, bundle -> {
            ArrayNode entries = (ArrayNode) bundle.path("verificationMaterial").path("tlogEntries");
            entries.add(((ObjectNode) entries.path(0).deepCopy()).put("logIndex", "7"));
        });
        bundle(
                Limit.PROOF_HASHES,
                1,
                bundle -> proof(bundle)
                        .putArray("hashes")
                        .add(base64(new byte[32]))
                        .add(base64(new byte[32])));
        bundle(Limit.CHECKPOINT_BYTES, 10, _ -> {});
        bundle(Limit.CHECKPOINT_SIGNATURES, 1, bundle -> {
            ObjectNode checkpoint = (ObjectNode) proof(bundle).path("checkpoint");
            String note = checkpoint.path("envelope").textValue();
            checkpoint.put("envelope", note + note.substring(note.lastIndexOf('\u2014')));
        });
        bundle(Limit.TIMESTAMPS, 1, bundle -> {
            PrivateSigner.addTimestamp(bundle, new byte[] {1});
            PrivateSigner.addTimestamp(bundle, new byte[] {2});
        });
        bundle(Limit.TIMESTAMP_BYTES, 1, bundle -> PrivateSigner.addTimestamp(bundle, new byte[] {1, 2}));
        bundle(Limit.CERTIFICATE_BYTES, 10, _ -> {});
        REFUSES.put(Limit.CHAIN_CERTIFICATES, new Row(1, RefusedInputs::trustRoot));
        REFUSES.put(Limit.TRUST_ROOT_BYTES, new Row(100, RefusedInputs::trustRoot));
        REFUSES.put(Limit.TRUST_ROOT_ENTRIES, new Row(1, RefusedInputs::trustRoot));

        REFUSES.put(Limit.PULL_SECRETS, new Row(1, limits -> credentials(limits, 2, "{\"auths\":{}}")));
        REFUSES.put(Limit.CREDENTIALS_TRIED, new Row(1, limits -> credentials(limits, 2, auths("r.test", "pw"))));
        REFUSES.put(
                Limit.CREDENTIAL_ENTRIES,
                new Row(
                        1,
                        limits -> credentials(
                                limits,
                                1,
                                "{\"auths\":{\"a.test\":{\"auth\":\"YTpi\"},\"b.test\":{\"auth\":\"YTpi\"}}}")));
        REFUSES.put(
                Limit.CREDENTIAL_CHARACTERS,
                new Row(8, limits -> credentials(limits, 1, auths("r.test", "a long one"))));
        REFUSES.put(
                Limit.CREDENTIAL_PATTERNS,
                new Row(
                        1,
                        limits -> credentials(
                                limits,
                                1,
                                "{\"auths\":{\"*.a.test\":{\"auth\":\"YTpi\"},\"*.b.test\":{\"auth\":\"YTpi\"}}}")));

        REFUSES.put(Limit.YAML_DEPTH, new Row(2, limits -> yaml(limits, "a: {b: {c: d}}")));
        REFUSES.put(Limit.YAML_NODES, new Row(3, limits -> yaml(limits, "[a, b, c, d]")));
        REFUSES.put(Limit.OBJECTS_FILE_BYTES, new Row(3, limits -> yaml(limits, "[a, b, c, d]")));
        REFUSES.put(Limit.POLICY_FILE_BYTES, new Row(30, limits -> refused(() -> PolicyFiles.read(folder(1), limits))));
        REFUSES.put(
                Limit.POLICIES,
                new Row(
                        1,
                        limits -> refused(() -> PolicyFolder.open(
                                folder(2), new PolicyReader(Materials.NONE, "landwaiter", limits), limits))));
        REFUSES.put(
                Limit.EVIDENCE_BYTES,
                new Row(
                        10,
                        limits -> refused(() -> Recording.parse(
                                bytes("{\"kind\":\"RegistryRecording\",\"apiVersion\":\"landwaiter.dev/v1alpha1\"}"),
                                limits,
                                "the evidence"))));

        policy(Limit.POLICY_GLOBS, "images: [{glob: a/b}, {glob: a/c}], AUTHORITIES");
        policy(Limit.GLOB_STARS, "images: [{glob: 'a/b*c*'}], AUTHORITIES");
        policy(Limit.POLICY_AUTHORITIES, "IMAGES, authorities: [{static: {action: pass}}, {static: {action: pass}}]");
        policy(
                Limit.POLICY_MATCHES,
                "IMAGES, match: [{selector: {matchLabels: {a: b}}}, {selector: {matchLabels: {a: c}}}], AUTHORITIES");
        policy(Limit.SELECTOR_TERMS, "IMAGES, namespaceSelector: {matchLabels: {a: b, c: d}}, AUTHORITIES");
        policy(
                Limit.SELECTOR_VALUES,
                "IMAGES, namespaceSelector: {matchExpressions: [{key: a, operator: In, values: [b, c]}]}, AUTHORITIES");
        policy(Limit.AUTHORITY_KEYS, "IMAGES, authorities: [{key: {data: %s}}]".formatted(quoted(pem() + pem())));
        policy(
                Limit.AUTHORITY_IDENTITIES,
                "IMAGES, authorities: [{keyless: {identities: [{issuer: i, subject: a}, {issuer: i, subject: b}]}}]");
        policy(Limit.AUTHORITY_SOURCES, "IMAGES, authorities: [{KEYLESS, source: [{oci: r.test/a}, {oci: r.test/b}]}]");
        policy(
                Limit.AUTHORITY_ATTESTATIONS,
                "IMAGES, authorities: [{KEYLESS, attestations: [{name: a, predicateType: vuln}, {name: b, predicateType: vuln}]}]");
        REFUSES.put(
                Limit.EXCEPTION_NAMES,
                new Row(
                        1,
                        limits -> String.valueOf(new PolicyReader(Materials.NONE, "landwaiter", limits)
                                .readExemption(
                                        TestYaml.document(
                                                "{kind: ImagePolicyException, metadata: {name: e}, spec: {policies: [a, b], images: [r.test/a], expires: '2030-01-01T00:00:00Z', reason: x}}"))
                                .problem())));

        allowance(Limit.NAMESPACE_POLICIES, new PolicySize(0, 0, 0, 0, Set.of()));
        allowance(Limit.NAMESPACE_POLICY_BYTES, new PolicySize(1, 0, 0, 0, Set.of()));
        allowance(Limit.NAMESPACE_GLOB_CHARACTERS, new PolicySize(0, 1, 0, 0, Set.of()));
        allowance(Limit.NAMESPACE_CONDITION_BYTES, new PolicySize(0, 0, 1, 0, Set.of()));
        allowance(Limit.NAMESPACE_PATTERN_INSTRUCTIONS, new PolicySize(0, 0, 0, 1, Set.of()));
        allowance(Limit.NAMESPACE_MATERIALS, new PolicySize(0, 0, 0, 0, Set.of("secretRef a", "secretRef b")));
    }

    private RefusedInputs() {}

    /** What is answered to a Pod of {@code images}, by a policy that wants a signature. */
    static String answer(Limits limits, List<String> images) {
        ImagePolicy signed = new ImagePolicy(
                "signed",
                "",
                List.of(new ImageGlob("r.test/**")),
                LabelSelector.ALL,
                Mode.ENFORCE,
                OnUnavailable.DENY,
                List.of(new Authority.StaticFail("no", "Ask the platform team. ".repeat(20))),
                1,
                null,
                "signed");
        PolicySet set = new PolicySet(List.of(signed));
        FakeWorld world = new FakeWorld();
        Admission admission = new AdmissionService(
                new AdmissionPipeline(
                        () -> set,
                        (_, _) -> Optional.of(Map.of()),
                        (_, _, _) -> Keychain.ANONYMOUS,
                        world,
                        world,
                        new AdmissionRules(
                                AdmissionRules.NoMatch.ADMIT, AdmissionRules.OnUnresolved.ADMIT, Platform.LINUX_AMD64),
                        limits,
                        () -> Instant.EPOCH),
                limits,
                List.of(),
                System::nanoTime);
        String containers = IntStream.range(0, images.size())
                .mapToObj(i -> "{\"name\":\"c%d\",\"image\":\"%s\"}".formatted(i, images.get(i)))
                .collect(Collectors.joining(","));
        String review =
                "{\"kind\":\"AdmissionReview\",\"apiVersion\":\"admission.k8s.io/v1\",\"request\":{\"uid\":\"u\",\"operation\":\"CREATE\",\"namespace\":\"shop\",\"kind\":{\"group\":\"\",\"version\":\"v1\",\"kind\":\"Pod\"},\"object\":{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"p\"},\"spec\":{\"containers\":[%s]}}}}"
                        .formatted(containers);
        try {
            return new String(admission.review(bytes(review), Endpoint.MUTATE, MINUTE), StandardCharsets.UTF_8);
        } catch (Failure e) {
            return e.message();
        }
    }

    private static void budget(Limit limit) {
        REFUSES.put(
                limit,
                new Row(
                        1,
                        limits -> failure(() -> {
                            // an image has one request of its own, and the second one is of what this limit leaves
                            Limits own = Limits.of(Map.of(limit, limits.get(limit), Limit.ORDINARY_REQUESTS, 1L));
                            Budget budget = new ReviewBudget(own, 1)
                                    .image("r.test", "r.test/a")
                                    .budget();
                            for (int i = 0; i < 2; i++) {
                                budget.request("r.test", "the manifest", MINUTE).close();
                            }
                        })));
    }

    /** What a registry client is told that asks for a kind of thing, of which each is small. */
    private static String asking(Limits limits, String kind) {
        OciRegistry registry = new OciRegistry(
                (request, _) -> answered(request, limits, kind),
                new RegistrySettings(Set.of(), Map.of(), limits),
                () -> Instant.EPOCH,
                RegistryListener.NONE);
        return failure(() -> {
            if (kind.equals("blob")) {
                byte[] _ = registry.blob(
                        API,
                        Descriptor.of(MediaType.OCI_CONFIG, Digest.sha256(bytes("{}")), 2),
                        Limit.CONFIG_BYTES,
                        NOBODY,
                        MINUTE);
            } else if (kind.equals("index")) {
                RegistryFetcher fetcher = new RegistryFetcher(registry, limits);
                var _ = fetcher.details(fetcher.resolve(API, NOBODY, MINUTE), Platform.LINUX_AMD64, NOBODY, MINUTE);
            } else {
                OciDocument _ = registry.manifest(API, NOBODY, MINUTE);
            }
        });
    }

    private static HttpTransport.Response answered(HttpTransport.Request request, Limits limits, String kind) {
        String path = request.address().path();
        String inner = index(List.of());
        String body = path.contains("/blobs/")
                ? "{}"
                : kind.equals("index") && path.endsWith("/1")
                        ? "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}]}"
                                .formatted(
                                        MediaType.OCI_INDEX,
                                        MediaType.OCI_INDEX,
                                        Digest.sha256(bytes(inner)),
                                        inner.length())
                        : inner;
        if (kind.equals("redirect") && !path.endsWith("xxx")) {
            return new HttpTransport.Response(307, Map.of("location", request.address() + "x"), new byte[0]);
        }
        if (kind.equals("token")) {
            if (path.equals("/token")) {
                body = "{\"token\":\"t\"}";
            } else if (!request.headers().containsKey("Authorization")) {
                return new HttpTransport.Response(
                        401, Map.of("www-authenticate", "Bearer realm=\"https://r.test/token\""), new byte[0]);
            }
        }
        if (body.length() > request.maxBytes()) {
            throw limits.exceeded(request.limitName(), request.what());
        }
        return new HttpTransport.Response(200, Map.of("content-type", MediaType.OCI_INDEX), bytes(body));
    }

    private static String index(List<String> names) {
        return "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[%s]}"
                .formatted(
                        MediaType.OCI_INDEX,
                        names.stream()
                                .map(name -> "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":1}"
                                        .formatted(MediaType.OCI_MANIFEST, Digest.sha256(bytes(name))))
                                .collect(Collectors.joining(",")));
    }

    private static String document(Limits limits, String document) {
        return failure(() -> {
            OciDocument _ = OciDocument.parse(
                    bytes(document), Digest.sha256(bytes(document)), MediaType.OCI_INDEX, limits, "the index");
        });
    }

    private static void bundle(Limit limit, long low, Consumer<ObjectNode> change) {
        ObjectNode bundle = SIGSTORE.keyless(WORKFLOW).envelopeJson("application/vnd.in-toto+json", bytes("{}"));
        change.accept(bundle);
        REFUSES.put(
                limit,
                new Row(
                        low,
                        limits -> failure(() -> {
                            Bundle _ = Bundle.parse(bytes(bundle.toString()), limits, "the bundle");
                        })));
    }

    private static ObjectNode proof(ObjectNode bundle) {
        return (ObjectNode)
                bundle.path("verificationMaterial").path("tlogEntries").path(0).path("inclusionProof");
    }

    private static String trustRoot(Limits limits) {
        return failure(() -> {
            TrustedRoot _ = TrustedRoot.parse(SIGSTORE.trustedRoot(), limits, "the trust root");
        });
    }

    /** What is noted where a Pod names {@code count} Secrets, each of which holds {@code json}. */
    private static String credentials(Limits limits, int count, String json) {
        PullSecrets cluster = new PullSecrets() {
            @Override
            public Reading secret(String namespace, String name, Deadline deadline) {
                String own = json.replace("USER", base64(bytes(name + ":pw")));
                return new Secret("kubernetes.io/dockerconfigjson", bytes(own));
            }

            @Override
            public Account serviceAccount(String namespace, String name, Deadline deadline) {
                return new Account.Named(List.of());
            }
        };
        List<String> names = IntStream.range(0, count).mapToObj(i -> "s" + i).toList();
        Keychain keychain = new PullSecretKeychain(
                new RememberingPullSecrets(cluster, limits, System::nanoTime), limits, "shop", names, "");
        String[] told = {""};
        String failed = refused(
                () -> told[0] = keychain.find(API, MINUTE).asker().tried().toString());
        return failed + told[0];
    }

    private static String auths(String host, String password) {
        return password.equals("pw")
                ? "{\"auths\":{\"%s\":{\"auth\":\"USER\"}}}".formatted(host)
                : "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}".formatted(host, base64(bytes("u:" + password)));
    }

    private static String yaml(Limits limits, String text) {
        return failure(() -> {
            var read = new YamlReader(limits, Limit.OBJECTS_FILE_BYTES).read(bytes(text), "the file");
            read.problem().ifPresent(problem -> {
                throw new Failure(Code.LIMIT_EXCEEDED, problem.text());
            });
        });
    }

    private static Path folder(int policies) {
        try {
            Path folder = Files.createTempDirectory("policies");
            folder.toFile().deleteOnExit();
            for (int i = 0; i < policies; i++) {
                Path file = folder.resolve("p%d.yaml".formatted(i));
                Files.writeString(
                        file,
                        "{apiVersion: landwaiter.dev/v1alpha1, kind: ClusterImagePolicy, metadata: {name: p%d}, spec: {images: [{glob: a/b}], authorities: [{static: {action: pass}}]}}\n"
                                .formatted(i));
                file.toFile().deleteOnExit();
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void policy(Limit limit, String spec) {
        String whole = spec.replace("IMAGES", "images: [{glob: a/b}]")
                .replace("AUTHORITIES", "authorities: [{static: {action: pass}}]")
                .replace("KEYLESS", "keyless: {identities: [{issuer: i, subject: s}]}");
        JsonNode object = TestYaml.document("{kind: ClusterImagePolicy, metadata: {name: p}, spec: {" + whole + "}}");
        REFUSES.put(
                limit,
                new Row(
                        1,
                        limits -> String.valueOf(new PolicyReader(Materials.NONE, "landwaiter", limits)
                                .read(object)
                                .problem())));
    }

    private static void allowance(Limit limit, PolicySize size) {
        REFUSES.put(limit, new Row(1, limits -> {
            PolicyAllowance allowance = new PolicyAllowance(limits);
            Optional<Limit> exceeded = Optional.empty();
            for (int i = 0; i < 2 && exceeded.isEmpty(); i++) {
                exceeded = allowance.take(size);
            }
            return exceeded.map(one -> "'" + one.text() + "'").orElse("");
        }));
    }

    private static String pem() {
        return "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAFeUZFLZ/ufZk11QwzUVHcS4k3hkLJS2AEIHJNhnYmtI=\n-----END PUBLIC KEY-----\n";
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\n", "\\n") + "\"";
    }

    /** The message of the failure that {@code work} ends in, {@code ""} for none. */
    private static String failure(Runnable work) {
        try {
            work.run();
            return "";
        } catch (Failure e) {
            return e.message();
        }
    }

    private static String refused(Supplier<?> work) {
        return failure(() -> {
            Object _ = work.get();
        });
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
