package dev.landwaiter.yaml;

import dev.landwaiter.limit.Shown;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingEndEvent;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.events.SequenceEndEvent;
import org.snakeyaml.engine.v2.events.SequenceStartEvent;

/** Makes the tree of one document of its parser's events. An anchor counts within its document alone. */
final class Composer {
    /** Of a name or tag that a message repeats. */
    private static final int SHOWN = 60;

    private static final Pattern NAME = Pattern.compile("[0-9A-Za-z_-]+");

    private final Iterator<Event> events;
    private final NodeBudget budget;
    private final Map<String, Anchored> anchors = new HashMap<>();

    /** What an anchor stands for, once all of it was read. */
    private static final class Anchored {
        @Nullable
        Composed composed;

        NodeBudget.Spent spent = new NodeBudget.Spent(0, 0);
    }

    /**
     * A node.
     *
     * @param height how many nodes stand within each other, the node itself being the first
     */
    private record Composed(YamlNode node, int height) {}

    /**
     * @param events of which the next one is the first after a document's start
     */
    Composer(Iterator<Event> events, NodeBudget budget) {
        this.events = events;
        this.budget = budget;
    }

    /** The document's tree; the event of its end is used up, too. */
    YamlNode document() {
        YamlNode root = node(events.next(), 1).node();
        Event _ = events.next();
        return root;
    }

    private Composed node(Event event, int depth) {
        budget.checkDepth(depth, ParserEvents.mark(event));
        if (event instanceof AliasEvent alias) {
            return aliased(alias, depth);
        }
        Optional<Anchor> name = event instanceof NodeEvent node ? node.getAnchor() : Optional.empty();
        if (name.isEmpty()) {
            return written(event, depth);
        }
        checkName(name.get(), ParserEvents.mark(event));
        Anchored anchored = new Anchored();
        // from here on: within the node, its name already means this one
        anchors.put(name.get().getValue(), anchored);
        NodeBudget.Spent before = budget.spent();
        Composed composed = written(event, depth);
        anchored.spent = budget.spent().minus(before);
        anchored.composed = composed;
        return composed;
    }

    private Composed aliased(AliasEvent alias, int depth) {
        String name = alias.getAlias().getValue();
        Mark mark = ParserEvents.mark(alias);
        checkName(alias.getAlias(), mark);
        Anchored anchored = anchors.get(name);
        if (anchored == null) {
            throw YamlRefusal.malformed(
                    mark,
                    "the alias *%1$s stands for nothing: write &%1$s where its value is, above, or put a text that begins with a star in quotes"
                            .formatted(shown(name)));
        }
        Composed composed = anchored.composed;
        if (composed == null) {
            throw YamlRefusal.refused(
                    mark,
                    "the alias *%s stands within what it stands for: write out what is meant".formatted(shown(name)));
        }
        budget.checkDepth(depth + composed.height() - 1, mark);
        budget.spend(anchored.spent, mark);
        return composed;
    }

    /** Of other characters some readers take as many as they know into the name, and the rest for the value. */
    private static void checkName(Anchor anchor, Mark mark) {
        if (!NAME.matcher(anchor.getValue()).matches()) {
            throw YamlRefusal.refused(
                    mark,
                    "not every reader takes \"%s\" for the name of an anchor: use letters, digits, - and _ alone, or put a text that begins with & or * in quotes"
                            .formatted(shown(anchor.getValue())));
        }
    }

    private Composed written(Event event, int depth) {
        return switch (event) {
            case ScalarEvent scalar -> new Composed(scalar(scalar), 1);
            case SequenceStartEvent start -> sequence(start, depth);
            case MappingStartEvent start -> mapping(start, depth);
            default -> throw new IllegalStateException("no node begins with " + event);
        };
    }

    private YamlNode.Scalar scalar(ScalarEvent event) {
        Mark mark = ParserEvents.mark(event);
        String text = event.getValue();
        budget.spend(new NodeBudget.Spent(1, text.length()), mark);
        if (!wellFormed(text)) {
            throw YamlRefusal.malformed(mark, "its escapes are half a character: write the whole one");
        }
        if (event.isPlain() && text.startsWith("?")) {
            throw YamlRefusal.refused(
                    mark, "some readers take the question mark for the sign of a key: put the text in quotes");
        }
        event.getEndMark().filter(end -> event.isPlain() && endsInColon(end)).ifPresent(end -> {
            throw YamlRefusal.refused(
                    ParserEvents.mark(end),
                    "without a space after it, some readers take the colon for a part of the key: put one there");
        });
        Tag tag = event.getTag().map(uri -> tag(uri, mark)).orElse(Tag.NONE);
        return new YamlNode.Scalar(text, style(event.getScalarStyle()), tag, mark);
    }

    private Composed sequence(SequenceStartEvent start, int depth) {
        Mark mark = begin(start, "seq");
        List<YamlNode> items = new ArrayList<>();
        int height = 0;
        for (Event event = events.next(); !(event instanceof SequenceEndEvent); event = events.next()) {
            Composed item = node(event, depth + 1);
            items.add(item.node());
            height = Math.max(height, item.height());
        }
        return new Composed(new YamlNode.Sequence(items, mark), height + 1);
    }

    private Composed mapping(MappingStartEvent start, int depth) {
        Mark mark = begin(start, "map");
        FieldCollector fields = new FieldCollector();
        int height = 0;
        for (Event event = events.next(); !(event instanceof MappingEndEvent); event = events.next()) {
            YamlNode.Scalar key = key(event);
            Composed value = node(events.next(), depth + 1);
            fields.add(key, value.node());
            height = Math.max(height, value.height());
        }
        return new Composed(new YamlNode.Mapping(fields.fields(), mark), height + 1);
    }

    private YamlNode.Scalar key(Event event) {
        if (event instanceof ScalarEvent scalar) {
            Composed key = node(scalar, 1);
            if (key.node() instanceof YamlNode.Scalar text) {
                return text;
            }
        }
        throw YamlRefusal.refused(
                ParserEvents.mark(event), "a key must be written as a text, not as an alias, list or mapping");
    }

    private Mark begin(CollectionStartEvent start, String name) {
        Mark mark = ParserEvents.mark(start);
        budget.spend(new NodeBudget.Spent(1, 0), mark);
        start.getTag().filter(uri -> !uri.equals(Tag.YAML + name)).ifPresent(uri -> {
            throw unknown(uri, mark);
        });
        return mark;
    }

    private static Tag tag(String uri, Mark mark) {
        return Tag.of(uri).orElseThrow(() -> unknown(uri, mark));
    }

    private static YamlRefusal unknown(String uri, Mark mark) {
        String written = uri.startsWith(Tag.YAML) ? "!!" + uri.substring(Tag.YAML.length()) : uri;
        return YamlRefusal.refused(
                mark,
                "the tag %s means different things to different readers: remove it, or put a text that begins with an exclamation mark in quotes"
                        .formatted(shown(written)));
    }

    private static String shown(String text) {
        return Shown.of(text, SHOWN);
    }

    private static boolean wellFormed(String text) {
        return text.codePoints().noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    /** Whether what follows is a colon and then a comma or a bracket: in flow style YAML 1.2 ends the key there, and YAML 1.1 does not. */
    private static boolean endsInColon(org.snakeyaml.engine.v2.exceptions.Mark end) {
        int[] text = end.getBuffer();
        int at = end.getPointer();
        return at + 1 < text.length && text[at] == ':' && ",[]{}".indexOf(text[at + 1]) >= 0;
    }

    private static YamlNode.Style style(ScalarStyle style) {
        return switch (style) {
            case PLAIN, JSON_SCALAR_STYLE -> YamlNode.Style.PLAIN;
            case SINGLE_QUOTED -> YamlNode.Style.SINGLE_QUOTED;
            case DOUBLE_QUOTED -> YamlNode.Style.DOUBLE_QUOTED;
            case LITERAL -> YamlNode.Style.LITERAL;
            case FOLDED -> YamlNode.Style.FOLDED;
        };
    }
}
