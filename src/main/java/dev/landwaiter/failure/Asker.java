package dev.landwaiter.failure;

import java.util.ArrayList;
import java.util.List;

/**
 * Who asked, as far as messages tell it: names of a tenant's own objects, which no other tenant may read.
 *
 * @param credentials that were shown, in words: {@code the credentials of secret "shop/pull"}, or {@code no credentials}
 * @param anonymous whether none were
 * @param tried which other sources of credentials were looked at, and what became of each
 */
public record Asker(String credentials, boolean anonymous, List<String> tried) {
    /** Nobody in particular: what a failure is kept as. */
    public static final Asker NOBODY = new Asker("no credentials", true, List.of());

    public Asker {
        tried = List.copyOf(tried);
    }

    /** The same, of a registry that is spoken to over plain http. */
    public Asker overPlainHttp() {
        if (anonymous) {
            return this;
        }
        List<String> all = new ArrayList<>(tried);
        all.add(credentials + " are never sent over plain http");
        return new Asker(NOBODY.credentials, true, all);
    }

    /** Whether {@code text} names anything that is this asker's own. */
    public boolean isNamedIn(String text) {
        if (!anonymous && text.contains(credentials)) {
            return true;
        }
        for (String one : tried) {
            if (text.contains(one)) {
                return true;
            }
        }
        return false;
    }
}
