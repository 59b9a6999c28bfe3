package dev.landwaiter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A webhook that is out of memory ends, so that whoever watches it starts it anew: it never goes on half alive. */
@Timeout(60)
class OutOfMemoryIT {
    @ParameterizedTest
    @ValueSource(strings = {"platform", "virtual"})
    @Tag("attack-57")
    void theProcessEndsWhicheverThreadFindsNoMemory(String thread) throws Exception {
        Process process = Program.java("webhook", List.of("-Xms16m", "-Xmx32m"), Hungry.class, List.of(thread))
                .redirectErrorStream(true)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);

        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(out).doesNotContain("half alive");
        assertThat(process.exitValue()).as(out).isEqualTo(3);
    }

    /** Takes all memory and catches whatever comes of it. */
    static final class Hungry {
        private static final List<byte[]> HELD = new ArrayList<>();

        private Hungry() {}

        @SuppressWarnings("InfiniteLoopStatement")
        public static void main(String[] args) throws InterruptedException {
            Thread.Builder builder = args[0].equals("virtual") ? Thread.ofVirtual() : Thread.ofPlatform();
            builder.start(() -> {
                        try {
                            while (true) {
                                HELD.add(new byte[1 << 16]);
                            }
                        } catch (OutOfMemoryError e) {
                            HELD.clear();
                        }
                    })
                    .join();
            System.out.println("half alive");
        }
    }
}
