package dev.landwaiter.policy;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.fuzzing.Parsed;
import dev.landwaiter.fuzzing.Seeds;
import dev.landwaiter.limit.BoundedJson;
import dev.landwaiter.limit.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;

/** Policies as admins and tenants write them. */
class PolicyFuzzTest {
    private static final JsonNode STATEMENT = JsonNodeFactory.instance
            .objectNode()
            .put("_type", "https://in-toto.io/Statement/v1")
            .put("predicateType", "https://slsa.dev/provenance/v1")
            .set("subject", subjects());

    private final BoundedJson json = new BoundedJson(Limits.defaults());

    @TempDir
    private Path folder;

    private static JsonNode subjects() {
        ArrayNode subjects = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < 64; i++) {
            subjects.addObject().put("name", "image-" + i).putObject("digest").put("sha256", "0f".repeat(32));
        }
        return subjects;
    }

    @Seeds(
            "{\"apiVersion\":\"landwaiter.dev/v1alpha1\",\"kind\":\"ClusterImagePolicy\",\"metadata\":{\"name\":\"signed\"},\"spec\":{\"images\":[{\"glob\":\"ghcr.io/acme/**\"}],\"mode\":\"warn\",\"onUnavailable\":\"admit\",\"namespaceSelector\":{\"matchLabels\":{\"a\":\"b\"}},\"authorities\":[{\"name\":\"release\",\"key\":{\"data\":\"-----BEGIN PUBLIC KEY-----\\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEgUvXX9G0y06/Q8IN3W3QzbDQkd/a\\nXQKqVTdCUBuqaX1eeMvUzKP1Yn3Zq0Ur7wPUgzUtwQTzJJYj0SdHm0Qjaw==\\n-----END PUBLIC KEY-----\\n\"}},{\"static\":{\"action\":\"fail\",\"message\":\"no\"}}]}}")
    @FuzzTest
    void aPolicyThatCannotBeReadMatchesNoLess(byte[] data) {
        Parsed.by(() -> json.read(data, Code.POLICY_BROKEN, "the policy")).ifPresent(object -> {
            ImagePolicy policy = new PolicyReader().read(object);
            if (policy.problem() == null) {
                assertThat(policy.authorities()).isNotEmpty();
                assertThat(policy.images()).isNotEmpty();
            }
            if (!object.path("spec").path("images").isArray()) {
                assertThat(policy.problem()).isNotNull();
                assertThat(policy.mode()).isEqualTo(Mode.ENFORCE);
                assertThat(policy.images()).allMatch(glob -> glob.matches("any.test/image"));
            }
        });
    }

    @Seeds({
        "{\"matchLabels\":{\"team\":\"shop\"},\"matchExpressions\":[{\"key\":\"tier\",\"operator\":\"NotIn\",\"values\":[\"dev\"]},{\"key\":\"x\",\"operator\":\"Exists\"}]}",
        "{\"matchLabels\":[],\"other\":1}",
    })
    @FuzzTest
    void aSelectorWithAProblemSelectsEverything(byte[] data) {
        Parsed.by(() -> json.read(data, Code.POLICY_BROKEN, "the selector")).ifPresent(this::select);
    }

    private void select(JsonNode selector) {
        List<String> problems = new ArrayList<>();
        LabelSelector read =
                SelectorReader.read(new Fields(selector, "spec.namespaceSelector", problems, Limits.defaults()));

        if (!problems.isEmpty()) {
            assertThat(read.matchesAll()).isTrue();
        }
        if (read.matchesAll()) {
            assertThat(read.matches(Map.of())).isTrue();
        }
    }

    @Seeds({
        "apiVersion: landwaiter.dev/v1alpha1\nkind: ClusterImagePolicy\nmetadata:\n  name: a\nspec:\n  images: [{glob: '**'}]\n  authorities:\n  - static: {action: pass}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {team: shop}}\n",
        "a: &a [x]\nb: *a\n--- !!set {? q}\n...\n",
        "%YAML 1.1\n---\n? [complex]\n: |-\n  text\n",
    })
    @FuzzTest
    void aFolderIsTakenAsAWholeOrRefusedWithAReason(byte[] data) throws IOException {
        Path _ = Files.write(folder.resolve("policies.yaml"), data);
        try {
            assertThat(PolicyFolder.open(folder, new PolicyReader(), Limits.defaults())
                            .current())
                    .isNotNull();
        } catch (Failure e) {
            assertThat(e.code()).isIn(Code.POLICY_BROKEN, Code.LIMIT_EXCEEDED);
        }
    }

    @Seeds(
            resources = "sigstore/cosign-key.pub",
            value = {
                "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n",
                "-----BEGIN RSA PUBLIC KEY-----\nMAoCAwEAAQIDAQAB\n-----END RSA PUBLIC KEY-----\n"
            })
    @FuzzTest
    void aPublicKeyIsOfAKindThatIsTaken(byte[] data) {
        Parsed.by(() -> PublicKeys.parse(Parsed.text(data), Code.POLICY_BROKEN, "spec.authorities[0].key.data"))
                .ifPresent(key -> assertThat(PublicKeys.fingerprint(key)).startsWith("sha256:"));
    }

    @Seeds({
        "predicate.buildDefinition.externalParameters.workflow.ref == 'refs/heads/main'",
        "has(predicate.scanner) && predicate.scanner.result.exists(r, r.severity > 7.0)",
        "statement.subject.all(s, s.digest.sha256.matches('^[0-9a-f]{64}$'))",
        "subject.map(a, subject.map(b, subject.map(c, a + b + c))).size() > 1",
    })
    @FuzzTest
    void aConditionIsCompiledAndToldWithinItsCost(byte[] data) {
        Parsed.by(() -> Condition.compile(Parsed.text(data), "spec.authorities[0].attestations[0].policy.data"))
                .ifPresent(condition -> Parsed.by(() -> condition.holds(STATEMENT)));
    }

    /** A pattern and a name, one line each. */
    @Seeds({
        "ghcr.io/acme/*\nghcr.io/acme/api",
        "ghcr.io/**\nghcr.io/a/b/c",
        "**/b*c/**d\nr.test/bx/b.c/x/d",
        "index.docker.io/library/*x*\ndocker.io/library/nginx",
        "*a*b/**/*a**b\naab/aab/ab/aaab",
    })
    @FuzzTest
    void aGlobMatchesAsItsDefinitionSays(byte[] data) {
        String[] lines = Parsed.text(data).split("\n", 3);
        if (lines.length == 2 && lines[1].length() <= 255) {
            Parsed.by(() -> new ImageGlob(lines[0]))
                    .ifPresent(glob ->
                            assertThat(glob.matches(lines[1])).isEqualTo(SlowGlob.matches(glob.text(), lines[1])));
        }
    }

    /** Patterns and, in the last line, a name. */
    @Seeds({
        "ghcr.io/acme/*\nghcr.io/**\n*/acme/api\nghcr.io/acme/api",
        "**\n*\n***/a\nb*c/**d\nb.c/x/d",
        "a\naa\naaa*\naaa**\naa*a\naaaa",
    })
    @FuzzTest
    void manyGlobsTogetherMatchAsEachByItself(byte[] data) {
        List<String> lines = new ArrayList<>(List.of(Parsed.text(data).split("\n", 40)));
        String name = lines.removeLast();
        List<List<ImageGlob>> globs = new ArrayList<>();
        for (String line : lines) {
            Parsed.by(() -> new ImageGlob(line)).ifPresent(glob -> globs.add(List.of(glob)));
        }
        if (name.matches("[a-z0-9._:/\\[\\]-]{1,255}")) {
            int[] expected = IntStream.range(0, globs.size())
                    .filter(glob -> SlowGlob.matches(globs.get(glob).getFirst().text(), name))
                    .toArray();
            assertThat(GlobSet.of(globs).matching(name)).isEqualTo(expected);
        }
    }

    /** The definition of a glob, written down as such: a table of which beginnings match which. */
    private static final class SlowGlob {
        static boolean matches(String pattern, String name) {
            boolean[] ends = new boolean[name.length() + 1];
            ends[0] = true;
            for (int p = 0; p < pattern.length(); p++) {
                boolean star = pattern.charAt(p) == '*';
                boolean crosses = star && p + 1 < pattern.length() && pattern.charAt(p + 1) == '*';
                boolean[] next = new boolean[ends.length];
                for (int n = 0; n < ends.length; n++) {
                    boolean longer = n > 0 && next[n - 1] && (crosses || name.charAt(n - 1) != '/');
                    next[n] =
                            star ? ends[n] || longer : n > 0 && ends[n - 1] && pattern.charAt(p) == name.charAt(n - 1);
                }
                ends = next;
                p += crosses ? 1 : 0;
            }
            return ends[name.length()];
        }
    }
}
