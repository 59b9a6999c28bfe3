package dev.landwaiter.policy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.Shown;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one node of an object that an admin wrote, and the path to it. It never fails: what is not as it should be goes into a list
 * of problems, which all parts of the object share, so that all are mended at once.
 *
 * @param node as written, missing where it is not there
 * @param path for messages: {@code spec.authorities[0].key}
 * @param problems of the whole object
 * @param limits of what it may hold
 */
record Fields(JsonNode node, String path, List<String> problems, Limits limits) {
    /** Of what a person reads in a message. */
    private static final int SHOWN = 60;
    /** Of one problem, and of all of an object together, in characters. */
    private static final int PROBLEM = 1_000;

    private static final int PROBLEMS = 4_000;

    /** The whole of {@code object}. */
    static Fields of(JsonNode object, Limits limits) {
        return new Fields(object, "", new ArrayList<>(), limits);
    }

    /** Whether it was written at all. */
    boolean present() {
        return !node.isMissingNode() && !node.isNull();
    }

    boolean has(String field) {
        return at(field).present();
    }

    /** The field {@code field}, which may be missing. */
    Fields at(String field) {
        return new Fields(node.path(field), path.isEmpty() ? field : path + "." + field, problems, limits);
    }

    /** As {@link #at}; what is there and no object is a problem, and then as good as not there. */
    Fields object(String field) {
        Fields child = at(field);
        if (child.present() && !child.node.isObject()) {
            child.problem("must be an object");
            return new Fields(MissingNode.getInstance(), child.path, problems, limits);
        }
        return child;
    }

    /** The elements of the list {@code field}, none where it is missing; anything else is a problem, and so are more than {@code most}. */
    List<Fields> list(String field, Limit most) {
        Fields child = at(field);
        if (!child.present()) {
            return List.of();
        }
        if (!child.node.isArray()) {
            child.problem("must be a list");
            return List.of();
        }
        if (child.exceeds(most, child.node.size())) {
            return List.of();
        }
        List<Fields> elements = new ArrayList<>();
        for (int i = 0; i < child.node.size(); i++) {
            elements.add(new Fields(child.node.get(i), child.path + "[" + i + "]", problems, limits));
        }
        return elements;
    }

    /** Whether there are more than {@code most} of something here: a problem, then. */
    boolean exceeds(Limit most, long count) {
        if (count > limits.get(most)) {
            problem("has %d %s; the limit '%s' is %d".formatted(count, most.unit(), most.text(), limits.get(most)));
            return true;
        }
        return false;
    }

    /** The names of its fields, sorted; none where it is no object. */
    Set<String> names() {
        Set<String> names = new TreeSet<>();
        node.properties().forEach(field -> names.add(field.getKey()));
        return names;
    }

    /** The text of {@code field}, {@code ""} where it is missing; anything but a text is a problem. */
    String text(String field) {
        return at(field).text();
    }

    /** What it is as a text, {@code ""} where it is missing; anything but a text is a problem. */
    String text() {
        if (present() && !node.isTextual()) {
            problem("must be a string");
        }
        return node.isTextual() ? node.textValue() : "";
    }

    /** As {@link #text}; a missing one is a problem that ends with {@code next}, what to do. */
    String required(String field, String next) {
        String text = text(field);
        if (text.isBlank() && (!has(field) || at(field).node.isTextual())) {
            at(field).problem("is missing: " + next);
        }
        return text;
    }

    /** A field that is not understood might have made the object stricter: it is never passed over. */
    void only(String... known) {
        only(Set.of(known), Map.of());
    }

    /**
     * As {@link #only(String...)}.
     *
     * @param refused fields that others know and that are not built here, each with what to do instead
     */
    void only(Set<String> known, Map<String, String> refused) {
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            if (known.contains(field.getKey()) || field.getValue().isNull()) {
                continue;
            }
            String instead = refused.get(field.getKey());
            at(field.getKey()).problem("is not supported by this version" + (instead == null ? "" : ": " + instead));
        }
    }

    /** Adds a problem: the path, then {@code what}. */
    void problem(String what) {
        problems.add(path + " " + what);
    }

    /** Adds a problem that says by itself what and where. */
    void told(String what) {
        problems.add(what);
    }

    /** All problems of the object as one text, null where there is none. Tenants write policies, and every denial quotes it. */
    @Nullable
    String problem() {
        if (problems.isEmpty()) {
            return null;
        }
        StringBuilder all = new StringBuilder();
        int told = 0;
        for (String problem : problems) {
            String shown = Shown.of(problem, PROBLEM);
            if (told > 0 && all.length() + shown.length() > PROBLEMS) {
                return all.append("; and %d more".formatted(problems.size() - told))
                        .toString();
            }
            all.append(told == 0 ? "" : "; ").append(shown);
            told++;
        }
        return all.toString();
    }

    /** The value for a message. */
    String shown() {
        return Shown.of(node.isTextual() ? node.textValue() : node.toString(), SHOWN);
    }
}
