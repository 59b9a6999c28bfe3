package dev.landwaiter.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limits;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageConfigTest {
    private static final int MIB = 1 << 20;
    private static final int LARGEST = 8 * MIB;

    private static ImageConfig parse(String json) {
        return ImageConfig.parse(json.getBytes(StandardCharsets.UTF_8), Limits.defaults(), "config of r/a:1");
    }

    @Test
    void readsPlatformAndLabelsOfWhatDockerWrites() {
        ImageConfig config = parse("""
                {"architecture":"arm64","variant":"v8","os":"linux","os.version":null,"created":"2026-01-31T00:00:00.1Z","author":"",
                 "config":{"Hostname":"","Domainname":"","User":"1000","AttachStdin":false,"AttachStdout":false,"AttachStderr":false,
                  "ExposedPorts":{"80/tcp":{}},"Tty":false,"OpenStdin":false,"StdinOnce":false,"Env":["PATH=/bin"],"Cmd":["sh"],
                  "Healthcheck":{"Test":["CMD","true"],"Interval":30000000000,"Retries":3},"Image":"sha256:1","Volumes":null,
                  "WorkingDir":"/","Entrypoint":null,"OnBuild":null,"Labels":{"maintainer":"a","Maintainer":"b"},"Shell":["sh"]},
                 "container":"c","container_config":{"Cmd":["/bin/sh","-c"],"cmd":1},"docker_version":"20.10.7",
                 "history":[{"created":"2026-01-31T00:00:00Z","created_by":"COPY /","comment":"c","empty_layer":true}],
                 "rootfs":{"type":"layers","diff_ids":["sha256:2"]},"moby.buildkit.buildinfo.v1":"e30="}
                """);

        assertThat(config)
                .isEqualTo(new ImageConfig(
                        new Platform("linux", "arm64", "v8"), Map.of("maintainer", "a", "Maintainer", "b")));
    }

    @Test
    void whatIsAbsentOrNullIsNotKnown() {
        assertThat(parse("{}")).isEqualTo(new ImageConfig(new Platform("unknown", "unknown", ""), Map.of()));
        assertThat(parse("{\"os\":null,\"config\":null,\"rootfs\":null,\"history\":null}"))
                .isEqualTo(parse("{}"));
        assertThat(parse("{\"config\":{\"Labels\":null}}").labels()).isEmpty();
        assertThat(parse("{\"config\":{\"Labels\":{\"a\":null}}}").labels()).containsExactly(Map.entry("a", ""));
    }

    @ParameterizedTest
    @Tag("attack-51")
    @DisplayName("Attack 51: a configuration that a container runtime could read otherwise is refused")
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
                    {"config":{"Labels":{}},"Config":{"Labels":{"a":"b"}}}      | it has the keys "config" and "Config", which
                    {"config":{"Labels":{},"labels":{"a":"b"}}}                 | config has the keys "Labels" and "labels", which
                    {"config":{"labels":{"a":"b"}}}                             | config has the key "labels", which some readers take for "Labels"
                    {"config":{"Label\u017f":{"a":"b"}}}                        | config has the key "Label\u017f", which
                    {"config":{"User":"1","user":"0"}}                          | config has the keys "User" and "user", which
                    {"config":{"Entrypoint":["a"],"EntryPoint":["b"]}}          | config has the keys "Entrypoint" and "EntryPoint", which
                    {"config":{"Healthcheck":{"Test":[],"test":[]}}}            | config.Healthcheck has the keys "Test" and "test", which
                    {"os":"linux","OS":"windows"}                               | it has the keys "os" and "OS", which
                    {"architecture":"amd64","arch\u0131tecture":"arm64"}        | it has the keys "architecture" and "arch\u0131tecture", which
                    {"doc\u212aer_version":"1"}                                 | it has the key "doc\u212aer_version", which
                    {"rootfs":{"diff_ids":[]},"rootfS":{"diff_ids":[]}}         | it has the keys "rootfs" and "rootfS", which
                    {"rootfS":{"diff_ids":[]}}                                  | it has the key "rootfS", which
                    {"rootfs":{"diff_ids":[],"diffIDs":[]}}                     | rootfs has the keys "diff_ids" and "diffIDs", which
                    {"history":[{},{"empty_layer":true,"Empty_Layer":false}]}   | history[1] has the keys "empty_layer" and "Empty_Layer", which
                    {"config":{"Labels":{"a":"1","a":"2"}}}                     | the key "config.Labels.a" stands twice in one object
                    {"config":{"Labels":{"a":1}}}                               | config.Labels.a is not a string
                    {"config":{"Labels":["a"]}}                                 | config.Labels is not an object
                    {"config":{"Labels":{"a":"\\ud800"}}}                       | config.Labels.a holds half of a surrogate pair
                    {"config":{"Env":"PATH=/"}}                                 | config.Env is not a list
                    {"config":{"Env":[1]}}                                      | config.Env[0] is not a string
                    {"config":{"ArgsEscaped":"true"}}                           | config.ArgsEscaped is not true or false
                    {"config":[]}                                               | config is not an object
                    {"os":["linux"]}                                            | os is not a string
                    {"history":[{"created":1}]}                                 | history[0].created is not a string
                    []                                                          | it is not a JSON object
                    {} {}                                                       | something follows the one value
                    """)
    void refusesWhatCouldBeReadInTwoWays(String json, String why) {
        assertThatThrownBy(() -> parse(json))
                .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.code()).isEqualTo(Code.MANIFEST_MALFORMED))
                .hasMessageStartingWith("Could not read config of r/a:1: " + why)
                .hasMessageEndingWith(" Push the image again.");
    }

    @ParameterizedTest
    @Tag("attack-57")
    @DisplayName(
            "Attack 57: a configuration of 8 MiB of brackets is refused before it has taken memory, wherever they stand")
    @ValueSource(
            strings = {
                "{\"x\":[%s{}]}~{},",
                "{\"history\":[%s{}]}~{},",
                "{\"config\":{\"Env\":[%s\"\"]}}~\"\",",
                "{\"config\":{\"Labels\":{%s\"\":\"\"}}}~\"@\":\"\",",
                "{\"config\":{%s\"\":0}}~\"@\":0,",
                "{%s\"\":0}~\"@\":0,",
                "{\"rootfs\":{\"diff_ids\":[%snull]}}~null,",
                "{\"container_config\":[%s[]]}~[],",
            })
    void bracketsTakeNoMemory(String pattern) {
        String[] parts = pattern.split("~", 2);
        byte[] content = stuffed(parts[0], parts[1]);

        long allocated = allocated(() -> assertThatThrownBy(
                        () -> ImageConfig.parse(content, Limits.defaults(), "config of r/a:1"))
                .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.code()).isEqualTo(Code.LIMIT_EXCEEDED))
                .hasMessageContaining("the limit 'json-tokens' of 100000 tokens"));

        assertThat(allocated).isLessThan(48L * MIB);
    }

    @Test
    @Tag("attack-57")
    @DisplayName("Attack 57: what is not wanted of a large configuration is never held")
    void whatIsNotWantedIsPassedOver() {
        byte[] content = "{\"config\":{\"Labels\":{\"a\":\"b\"},\"Env\":[\"%s\"]}}"
                .formatted("x".repeat(LARGEST - 100))
                .getBytes(StandardCharsets.UTF_8);

        long allocated = allocated(() -> assertThat(ImageConfig.parse(content, Limits.defaults(), "config of r/a:1")
                        .labels())
                .containsExactly(Map.entry("a", "b")));

        assertThat(allocated).isLessThan(MIB);
    }

    /** 8 MiB: {@code whole} with as many of {@code part} in it as fit; {@code @} is a number of its own. */
    private static byte[] stuffed(String whole, String part) {
        StringBuilder parts = new StringBuilder(LARGEST);
        for (int i = 0; parts.length() < LARGEST - 100; i++) {
            parts.append(part.replace("@", Integer.toString(i)));
        }
        return whole.formatted(parts).getBytes(StandardCharsets.UTF_8);
    }

    /** What {@code work} allocates on this thread, in bytes; the second time, when all classes are there. */
    private static long allocated(ThrowingCallable work) {
        var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long allocated = 0;
        for (int i = 0; i < 2; i++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            try {
                work.call();
            } catch (Throwable e) {
                throw new AssertionError(e);
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        return allocated;
    }
}
