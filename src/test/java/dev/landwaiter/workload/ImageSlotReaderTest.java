package dev.landwaiter.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.yaml.TestYaml;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageSlotReaderTest {
    private static final String SPEC = """
            containers: [{name: a, image: i1}, {name: none}, {name: empty, image: ""}]
            initContainers: [{name: b, image: i2}]
            ephemeralContainers: [{name: c, image: i3}]
            volumes: [{name: data, emptyDir: {}}, {name: model, image: {reference: i4}}]
            """;

    private static List<ImageSlot> slots(String yaml, String kind) throws Exception {
        JsonNode object = TestYaml.document(yaml);
        return new ImageSlotReader(Limits.defaults())
                .slots(object, WorkloadKinds.WITH_PODS.find(kind).orElseThrow());
    }

    @Test
    void findsEveryFieldThatBearsAnImage() throws Exception {
        List<ImageSlot> slots = slots("spec:\n" + SPEC.indent(2), "Pod");

        assertThat(slots)
                .extracting(ImageSlot::path, ImageSlot::reference, ImageSlot::key)
                .containsExactly(
                        org.assertj.core.api.Assertions.tuple("spec.containers[0].image", "i1", "containers/a"),
                        org.assertj.core.api.Assertions.tuple("spec.initContainers[0].image", "i2", "initContainers/b"),
                        org.assertj.core.api.Assertions.tuple(
                                "spec.ephemeralContainers[0].image", "i3", "ephemeralContainers/c"),
                        org.assertj.core.api.Assertions.tuple(
                                "spec.volumes[1].image.reference", "i4", "volumes/model"));
        assertThat(slots.get(3).pointer()).hasToString("/spec/volumes/1/image/reference");
    }

    @ParameterizedTest
    @CsvSource({
        "Deployment, spec.template.spec",
        "Job, spec.template.spec",
        "CronJob, spec.jobTemplate.spec.template.spec",
        "PodTemplate, template.spec"
    })
    void findsThemInTemplates(String kind, String where) throws Exception {
        String yaml = SPEC;
        String[] parts = where.split("\\.", -1);
        for (int i = parts.length - 1; i >= 0; i--) {
            yaml = parts[i] + ":\n" + yaml.indent(2);
        }

        assertThat(slots(yaml, kind))
                .hasSize(4)
                .first()
                .extracting(ImageSlot::path)
                .isEqualTo(where + ".containers[0].image");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    spec: {containers: {name: a}}           | Could not read spec.containers of the object: it is not a list. Check what sent it.
                    spec: {containers: [{image: 1}]}        | Could not read spec.containers[0].image of the object: it is not a text. Check what sent it.
                    spec: {containers: [x]}                 | Could not read spec.containers[0] of the object: it is not an object. Check what sent it.
                    spec: {volumes: [{image: x}]}           | Could not read spec.volumes[0] of the object: it is not an object. Check what sent it.
                    spec: {containers: [{name: 1, image: x}]} | Could not read spec.containers[0].name of the object: it is not a text of at most 253 characters. Check what sent it.
                    """)
    void refusesWhatIsNotShapedLikeAPod(String yaml, String message) {
        assertThatThrownBy(() -> slots(yaml, "Pod"))
                .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.code()).isEqualTo(Code.REVIEW_MALFORMED))
                .hasMessage(message);
    }

    @ParameterizedTest
    @Tag("attack-53")
    @DisplayName("Attack 53: two slots of one list can't have one name, or share a record")
    @CsvSource(delimiter = '|', textBlock = """
                    spec: {containers: [{name: a, image: x}, {name: b, image: x}, {name: a, image: z}]} | Could not read spec.containers[2].name of the object: it is not a name of its own, but that of containers[0]. Check what sent it.
                    spec: {initContainers: [{image: x}, {name: '', image: x}]}                          | Could not read spec.initContainers[1].name of the object: it is not a name of its own, but that of initContainers[0]. Check what sent it.
                    spec: {volumes: [{name: v, image: {reference: x}}, {name: v, image: {reference: x}}]} | Could not read spec.volumes[1].name of the object: it is not a name of its own, but that of volumes[0]. Check what sent it.
                    """)
    void aNameThatStandsTwiceIsRefused(String yaml, String message) {
        assertThatThrownBy(() -> slots(yaml, "Pod"))
                .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.code()).isEqualTo(Code.REVIEW_MALFORMED))
                .hasMessage(message);
    }

    @Test
    void theSameNameInTwoListsIsTwoSlots() throws Exception {
        assertThat(slots("spec: {containers: [{name: a, image: x}], initContainers: [{name: a, image: x}]}", "Pod"))
                .hasSize(2);
    }

    @ParameterizedTest
    @Tag("attack-67")
    @DisplayName("Attack 67: a name that could not be shown is none")
    @ValueSource(strings = {"\\u202e", "\\n", "\\ud800"})
    void aNameThatCouldNotBeShownIsRefused(String name) {
        assertThatThrownBy(() -> slots(
                        "{\"spec\": {\"containers\": [{\"name\": \"a%s\", \"image\": \"x\"}]}}".formatted(name), "Pod"))
                .hasMessageContaining("spec.containers[0].name");
    }

    @Test
    void boundsTheirNumber() throws Exception {
        ImageSlotReader two = new ImageSlotReader(Limits.of(Map.of(Limit.IMAGES_PER_OBJECT, 2L)));
        JsonNode object = TestYaml.document("spec:\n" + SPEC.indent(2));

        assertThatThrownBy(() -> two.slots(object, WorkloadKinds.POD))
                .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.code()).isEqualTo(Code.LIMIT_EXCEEDED));
    }
}
