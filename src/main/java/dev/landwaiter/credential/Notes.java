package dev.landwaiter.credential;

import dev.landwaiter.limit.Shown;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * What a person should know of where credentials were looked for, as far as a message has room for it. Tenants write much of what is noted,
 * and it stands in the message of every image: so there are only so many notes, each only so long, and the last says how many more there
 * were.
 */
final class Notes {
    private static final int MOST = 8;
    /** Of one note: the name of a Secret with its namespace has 320 characters at most. */
    private static final int CHARACTERS = 640;

    private static final int CHARACTERS_OF_ALL = 2_048;

    private final List<String> kept = new ArrayList<>();
    private int characters;
    private int more;

    void add(String note) {
        String shown = Shown.of(note, CHARACTERS);
        if (more > 0 || kept.size() == MOST || characters + shown.length() > CHARACTERS_OF_ALL) {
            more++;
            return;
        }
        characters += shown.length();
        kept.add(shown);
    }

    void addAll(Collection<String> notes) {
        notes.forEach(this::add);
    }

    /** In the order in which they were noted. */
    List<String> list() {
        if (more == 0) {
            return List.copyOf(kept);
        }
        List<String> list = new ArrayList<>(kept);
        list.add("and %d more like these".formatted(more));
        return List.copyOf(list);
    }
}
