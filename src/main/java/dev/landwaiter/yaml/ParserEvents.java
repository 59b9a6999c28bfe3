package dev.landwaiter.yaml;

import dev.landwaiter.limit.Shown;
import java.util.Iterator;
import java.util.function.Supplier;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** The parser's events of one text. Whatever the parser throws becomes a {@link YamlRefusal} with a place. */
final class ParserEvents implements Iterator<Event> {
    /** The parser copies what it has not used up each time that it reads on: few long reads, even of one long line. */
    private static final int READS = 16;

    private static final int LEAST_READ = 1 << 16;

    private static final String INDENTATION = " (Do not use ";
    private static final int SHOWN = 200;

    private final Iterator<Event> events;
    private final SourceText source;
    private Mark last = Mark.START;

    ParserEvents(SourceText source) {
        String text = source.lines();
        this.source = source;
        LoadSettings settings = LoadSettings.builder()
                .setBufferSize(Math.max(LEAST_READ, text.length() / READS))
                // a limit of our own is in force already
                .setCodePointLimit(Integer.MAX_VALUE)
                .build();
        this.events = guarded(() -> new Parse(settings).parseString(text).iterator());
    }

    @Override
    public boolean hasNext() {
        return guarded(events::hasNext);
    }

    @Override
    public Event next() {
        Event event = guarded(events::next);
        last = mark(event);
        return event;
    }

    static Mark mark(Event event) {
        return event.getStartMark().map(ParserEvents::mark).orElse(Mark.START);
    }

    static Mark mark(org.snakeyaml.engine.v2.exceptions.Mark mark) {
        return new Mark(mark.getLine() + 1, mark.getColumn() + 1);
    }

    private <T> T guarded(Supplier<T> step) {
        try {
            return step.get();
        } catch (MarkedYamlEngineException e) {
            Mark mark = e.getProblemMark()
                    .or(e::getContextMark)
                    .map(ParserEvents::mark)
                    .orElse(last);
            throw YamlRefusal.malformed(source.within(mark), Shown.of(words(e), SHOWN));
        } catch (RuntimeException e) {
            // it throws whatever its numbers throw where an escape stands for no character
            throw YamlRefusal.malformed(
                    last, "the parser cannot read on after this: look for an escape that is no character");
        }
    }

    /** The parser's own, but where they speak of indentation whatever the character is. */
    private static String words(MarkedYamlEngineException e) {
        String problem = e.getProblem();
        if (problem == null || problem.isBlank()) {
            return String.valueOf(e.getContext());
        }
        int hint = problem.indexOf(INDENTATION);
        return hint < 0
                ? problem.strip()
                : problem.contains("TAB")
                        ? "a tab stands where only spaces may: use spaces"
                        : problem.substring(0, hint);
    }
}
