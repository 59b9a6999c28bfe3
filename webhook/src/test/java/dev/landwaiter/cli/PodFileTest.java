package dev.landwaiter.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PodFileTest {
    @SuppressWarnings("InlineFormatString") // as kubectl prints it
    private static final String POD = """
            - apiVersion: v1
              kind: Pod
              metadata:
                annotations:
                  kubectl.kubernetes.io/restartedAt: "2026-10-01T10:00:00Z"
                  notes: %s
                labels:
                  pod-template-hash: 7c5ddbdf54
                name: api-%d
                namespace: shop
              spec:
                containers:
                - image: ghcr.io/acme/api:1.4
                  name: main
                  resources:
                    limits:
                      cpu: 500m
            """;

    @TempDir
    private Path folder;

    private List<PodFile.Pod> read(String content, Limits limits) throws IOException {
        return PodFile.read(Files.writeString(folder.resolve("pods.yaml"), content), "default", limits);
    }

    private List<PodFile.Pod> read(String content) throws IOException {
        return read(content, Limits.defaults());
    }

    @Tag("attack-66")
    @Test
    void anAnchorsImageIsSeenWhereverAnAliasNamesIt() throws IOException {
        List<PodFile.Pod> pods = read("""
                kind: Deployment
                metadata: {name: api, annotations: {image: &image ghcr.io/acme/api:1.4}}
                spec:
                  template:
                    spec:
                      containers:
                        - &main {name: main, image: *image}
                        - {<<: *main, name: side}
                """);

        assertThat(pods).singleElement().satisfies(pod -> {
            assertThat(pod.object().at("/spec/containers/0/image").textValue()).isEqualTo("ghcr.io/acme/api:1.4");
            assertThat(pod.object().at("/spec/containers/1/image").textValue()).isEqualTo("ghcr.io/acme/api:1.4");
            assertThat(pod.object().at("/spec/containers/1/name").textValue()).isEqualTo("side");
        });
    }

    /** {@code kubectl get pods -A -o yaml} of a large cluster. */
    @Test
    void aListOfAllPodsOfAClusterIsRead() throws IOException {
        StringBuilder list = new StringBuilder("apiVersion: v1\nitems:\n");
        int pods = 0;
        while (list.length() < 4_800_000) {
            list.append(POD.formatted("x".repeat(800), pods++));
        }
        list.append("kind: List\nmetadata:\n  resourceVersion: \"\"\n");

        assertThat(read(list.toString())).hasSize(pods);
    }

    @Test
    void aFileThatIsTooLongIsNotRead() {
        assertThatExceptionOfType(Failure.class)
                .isThrownBy(() -> read("kind: Pod\n", Limits.of(Map.of(Limit.OBJECTS_FILE_BYTES, 9L))))
                .withMessageContaining("it exceeds the limit 'objects-file-bytes' of 9 bytes.")
                .satisfies(failure -> assertThat(failure.code()).isEqualTo(Code.LIMIT_EXCEEDED));
    }

    @Test
    void numbersAndWordsAreTakenAsKubectlTakesThem() throws IOException {
        List<PodFile.Pod> pods = read("""
                kind: Pod
                metadata: {name: api}
                spec:
                  hostNetwork: yes
                  volumes: [{name: a, secret: {defaultMode: 0644}}]
                  containers: [{name: main, image: a}]
                """);

        assertThat(pods.getFirst().object().at("/spec/hostNetwork").booleanValue())
                .isTrue();
        assertThat(pods.getFirst()
                        .object()
                        .at("/spec/volumes/0/secret/defaultMode")
                        .intValue())
                .isEqualTo(420);
    }
}
