package dev.landwaiter.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.patch.JsonPatch;
import dev.landwaiter.patch.JsonPointer;
import dev.landwaiter.patch.PatchOperation;
import dev.landwaiter.workload.ImageSlot;
import dev.landwaiter.workload.ImageSlotReader;
import dev.landwaiter.workload.WorkloadKinds;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlanTest {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final int TRIALS = 2_000;
    /** Names that a pointer has to escape, beside ones that it need not, and ones that are an index or RFC 6902's end of a list. */
    private static final List<String> NAMES = List.of("a", "a/b", "m~n", "~1", "~01", "0", "-", "", "é");

    private static JsonNode json(String text) throws IOException {
        return MAPPER.readTree(text.replace('\'', '"'));
    }

    private static JsonPointer pointer(String text) {
        return new JsonPointer(text);
    }

    private static String patch(Plan plan, JsonNode object) {
        return new String(plan.patch(object).toBytes(), StandardCharsets.UTF_8).replace('"', '\'');
    }

    private static Plan plan(Mutation... mutations) {
        return new Plan(List.of(mutations));
    }

    /** What comes of {@code object} where the mutations are made of it, and no patch is. */
    private static JsonNode edited(Plan plan, JsonNode object) {
        TreeEditor editor = new TreeEditor(object.deepCopy());
        plan.mutations().forEach(editor::apply);
        return editor.object();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'spec':{'volumes':[{'name':'a'}]}} | [{'op':'add','path':'/spec/volumes/-','value':{'name':'v'}}]
            {'spec':{'volumes':[]}}             | [{'op':'add','path':'/spec/volumes/-','value':{'name':'v'}}]
            {'spec':{}}                         | [{'op':'add','path':'/spec/volumes','value':[{'name':'v'}]}]
            {'spec':{'volumes':null}}           | [{'op':'add','path':'/spec/volumes','value':[{'name':'v'}]}]
            {}                                  | [{'op':'add','path':'/spec','value':{'volumes':[{'name':'v'}]}}]
            {'spec':{'volumes':[{'name':'v'}]}} | []
            """)
    void appendsToAListThatIsMadeWhereItIsMissing(String object, String patch) throws Exception {
        Plan plan = plan(new Mutation.Append(pointer("/spec/volumes"), json("{'name':'v'}")));

        assertThat(patch(plan, json(object))).isEqualTo(patch);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            0 | {'list':['a','b']} | [{'op':'add','path':'/list/0','value':'x'}] | {'list':['x','a','b']}
            1 | {'list':['a','b']} | [{'op':'add','path':'/list/1','value':'x'}] | {'list':['a','x','b']}
            2 | {'list':['a','b']} | [{'op':'add','path':'/list/-','value':'x'}] | {'list':['a','b','x']}
            9 | {'list':['a','b']} | [{'op':'add','path':'/list/-','value':'x'}] | {'list':['a','b','x']}
            1 | {}                 | [{'op':'add','path':'/list','value':['x']}] | {'list':['x']}
            0 | {'list':['a','x']} | []                                          | {'list':['a','x']}
            """)
    void insertsBeforeTheEntryThatIsThere(int index, String object, String patch, String then) throws Exception {
        Plan plan = plan(new Mutation.Insert(pointer("/list"), index, TextNode.valueOf("x")));

        assertThat(patch(plan, json(object))).isEqualTo(patch);
        assertThat(plan.patch(json(object)).applyTo(json(object))).isEqualTo(json(then));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'a':{'b':{'c':1}}} | [{'op':'add','path':'/a/b/c','value':2}]
            {'a':{'b':{}}}      | [{'op':'add','path':'/a/b/c','value':2}]
            {'a':{}}            | [{'op':'add','path':'/a/b','value':{'c':2}}]
            {'a':null}          | [{'op':'add','path':'/a','value':{'b':{'c':2}}}]
            {'a':{'b':{'c':2}}} | []
            """)
    void setsAFieldWhoseObjectsAreMadeWhereTheyAreMissing(String object, String patch) throws Exception {
        assertThat(patch(plan(new Mutation.Set(pointer("/a/b/c"), IntNode.valueOf(2))), json(object)))
                .isEqualTo(patch);
    }

    /** A feature's mutations come after those that every plan has, and see what those did. */
    @Test
    void whatComesAfterAFeaturesMutationSeesWhatThatDid() throws Exception {
        JsonNode object = json("{'metadata':{'annotations':{'old':'1','kept':'2'}}}");
        Plan plan = plan(new Mutation.Annotate("new", "3"))
                .and(List.of(
                        new Mutation.Set(pointer("/spec/a"), IntNode.valueOf(1)),
                        new Mutation.Strip("old"),
                        new Mutation.Strip("never there"),
                        new Mutation.Annotate("late", "4")));

        assertThat(patch(plan, object))
                .isEqualTo("[{'op':'add','path':'/metadata/annotations/new','value':'3'},"
                        + "{'op':'add','path':'/spec','value':{'a':1}},"
                        + "{'op':'remove','path':'/metadata/annotations/old'},"
                        + "{'op':'add','path':'/metadata/annotations/late','value':'4'}]");
        assertThat(plan.patch(object).applyTo(object))
                .isEqualTo(json("{'metadata':{'annotations':{'kept':'2','new':'3','late':'4'}},'spec':{'a':1}}"));
        assertThat(plan.and(List.of())).isSameAs(plan);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'metadata':{}} | [{'op':'add','path':'/metadata/annotations','value':{'a':'1','b':'2'}}]
            {}              | [{'op':'add','path':'/metadata','value':{'annotations':{'a':'1','b':'2'}}}]
            """)
    void annotationsThatAreMissingAreMadeAtOnce(String object, String patch) throws Exception {
        assertThat(patch(plan(new Mutation.Annotate("a", "1"), new Mutation.Annotate("b", "2")), json(object)))
                .isEqualTo(patch);
    }

    @Test
    void namesAreEscaped() throws Exception {
        JsonPointer field =
                JsonPointer.ROOT.child("a/b").child("m~n").child("~1").child("é");
        Plan plan = plan(new Mutation.Set(field, IntNode.valueOf(1)));

        assertThat(patch(plan, json("{'a/b':{'m~n':{}}}")))
                .isEqualTo("[{'op':'add','path':'/a~1b/m~0n/~01','value':{'\\u00E9':1}}]");
        assertThat(plan.patch(json("{}")).applyTo(json("{}"))).isEqualTo(json("{'a/b':{'m~n':{'~1':{'é':1}}}}"));
    }

    @Test
    void eachMutationIsOfWhatThoseBeforeItLeave() throws Exception {
        JsonNode pod = json("{'spec':{'containers':[{'name':'api','image':'r.test/a:1'}]}}");
        ImageSlot slot = new ImageSlotReader(Limits.defaults())
                .slots(pod, WorkloadKinds.POD)
                .getFirst();
        Plan plan = Plan.of(
                        pod,
                        List.of(new Mutation.Pin(slot, "r.test/a:1@sha256:0")),
                        Map.of("landwaiter.dev/plan", "sha256:1"))
                .and(List.of(
                        new Mutation.Insert(pointer("/spec/containers"), 0, json("{'name':'first'}")),
                        new Mutation.Append(pointer("/spec/containers/1/env"), json("{'name':'A'}")),
                        new Mutation.Append(pointer("/spec/containers/1/env"), json("{'name':'B'}")),
                        new Mutation.Set(pointer("/spec/containers/0/image"), TextNode.valueOf("r.test/first:1")),
                        new Mutation.Annotate("a.dev/b", "c")));

        assertThat(plan.patch(pod).applyTo(pod)).isEqualTo(json("""
                        {'metadata':{'annotations':{'landwaiter.dev/plan':'sha256:1','a.dev/b':'c'}},
                         'spec':{'containers':[{'name':'first','image':'r.test/first:1'},
                          {'name':'api','image':'r.test/a:1@sha256:0','env':[{'name':'A'},{'name':'B'}]}]}}
                        """));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'spec':{'volumes':'x'}} | Could not change the object at /spec/volumes: what stands there is not a list. Check what sent it.
            {'spec':'x'}             | Could not change the object at /spec: what stands there is not an object. Check what sent it.
            """)
    void anObjectOfAnotherShapeIsMalformed(String object, String message) throws Exception {
        Plan plan = plan(new Mutation.Append(pointer("/spec/volumes"), json("{}")));
        JsonNode read = json(object);

        assertThatThrownBy(() -> plan.patch(read))
                .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.code()).isEqualTo(Code.REVIEW_MALFORMED))
                .hasMessage(message);
    }

    /** Over few names and short lists, so that mutations meet each other. */
    @Test
    void thePatchMakesWhatThePlanSaysAndPlannedAgainItIsEmpty() {
        Random random = new Random(6902);
        for (int trial = 0; trial < TRIALS; trial++) {
            ObjectNode object = object(random, 3);
            JsonNode before = object.deepCopy();
            Plan plan = plan(random, object);

            JsonPatch patch = plan.patch(object);
            JsonNode patched = patch.applyTo(object);

            assertThat(patched).as("%s of %s", plan.mutations(), before).isEqualTo(edited(plan, object));
            assertThat(object).as("is not changed itself").isEqualTo(before);
            Mutation last = plan.mutations().isEmpty() ? null : plan.mutations().getLast();
            if (last != null) {
                assertThat(operations(last, patched))
                        .as("%s again, of %s", last, patched)
                        .isEmpty();
            }
        }
    }

    private static List<PatchOperation> operations(Mutation mutation, JsonNode object) {
        TreeEditor editor = new TreeEditor(object.deepCopy());
        editor.apply(mutation);
        return editor.operations();
    }

    private static Plan plan(Random random, ObjectNode object) {
        List<Mutation> mutations = new ArrayList<>();
        JsonNode now = object;
        for (int i = 0; i < 4; i++) {
            Mutation mutation = mutation(random, now);
            try {
                now = plan(mutation).patch(now).applyTo(now);
                mutations.add(mutation);
            } catch (Failure e) {
                assertThat(e.code()).isEqualTo(Code.REVIEW_MALFORMED);
            }
        }
        return new Plan(mutations);
    }

    private static Mutation mutation(Random random, JsonNode now) {
        JsonPointer place = place(random, now);
        return switch (random.nextInt(4)) {
            case 0 -> new Mutation.Annotate(name(random), "v" + random.nextInt(2));
            case 1 -> new Mutation.Set(place, value(random, 2));
            case 2 -> new Mutation.Insert(place, random.nextInt(4), value(random, 2));
            default -> new Mutation.Append(place, value(random, 2));
        };
    }

    /** Mostly along what is there, sometimes beyond it. */
    private static JsonPointer place(Random random, JsonNode object) {
        JsonPointer place = JsonPointer.ROOT;
        JsonNode node = object;
        int depth = 1 + random.nextInt(3);
        for (int i = 0; i < depth; i++) {
            place = node.isArray() && !node.isEmpty()
                    ? place.child(random.nextInt(node.size()))
                    : place.child(name(random));
            node = object.at(place.text());
        }
        return place;
    }

    private static String name(Random random) {
        return NAMES.get(random.nextInt(NAMES.size()));
    }

    private static JsonNode value(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 5 : 3)) {
            case 0 -> IntNode.valueOf(random.nextInt(2));
            case 1 -> TextNode.valueOf(name(random));
            case 2 -> JsonNodeFactory.instance.nullNode();
            case 3 -> object(random, depth - 1);
            default -> {
                ArrayNode list = JsonNodeFactory.instance.arrayNode();
                for (int i = random.nextInt(3); i > 0; i--) {
                    list.add(value(random, depth - 1));
                }
                yield list;
            }
        };
    }

    private static ObjectNode object(Random random, int depth) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (int i = random.nextInt(4); i > 0; i--) {
            object.set(name(random), value(random, depth));
        }
        return object;
    }
}
