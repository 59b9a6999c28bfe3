package dev.landwaiter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.fuzzing.Seeds;
import dev.landwaiter.limit.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class PodFileFuzzTest {
    @TempDir
    private Path folder;

    @Seeds({
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: api\n  namespace: shop\nspec:\n  containers:\n  - {name: api, image: ghcr.io/acme/api:1.4}\n",
        "kind: List\nitems:\n- kind: Deployment\n  metadata: {name: api}\n  spec: {template: {metadata: {labels: {a: b}}, spec: {containers: [{image: x}]}}}\n---\nkind: Service\n",
        "{\"kind\":\"CronJob\",\"spec\":{\"jobTemplate\":{\"spec\":{\"template\":{\"spec\":{}}}}}}",
    })
    @FuzzTest
    void aFileHoldsPodsOrIsRefused(byte[] data) throws IOException {
        Path file = Files.write(folder.resolve("pods.yaml"), data);
        try {
            assertThat(PodFile.read(file, "shop", Limits.defaults()))
                    .isNotEmpty()
                    .allSatisfy(pod -> assertThat(pod.request()).isNotNull());
        } catch (Failure e) {
            assertThat(e.code()).isIn(Code.FILE_UNREADABLE, Code.LIMIT_EXCEEDED);
        }
    }
}
