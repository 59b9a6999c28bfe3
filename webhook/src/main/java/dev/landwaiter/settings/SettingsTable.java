package dev.landwaiter.settings;

import dev.landwaiter.limit.Limit;
import dev.landwaiter.settings.Setting.Group;

/** Renders every setting as the page docs/settings.md. */
public final class SettingsTable {
    private static final String HEAD = """
            # Settings

            Each setting is a flag and an environment variable; the flag wins. A repeatable one (marked *) may stand several times, and its
            variable holds several values with commas in between. All mistakes are reported at once, before anything is started, and a
            `LANDWAITER_` variable that is no setting is one of them. This page is made from the settings themselves: after a change run
            `mvn -pl src,certs,webhook test -Dgolden.update=true`.

            A webhook that runs reads some of the files that settings name again: `--tls-cert`, `--tls-key`, `--client-ca`, `--front-proxy-ca`,
            `--policies`, `--registry-ca` and `--registry-credentials`, with the files that the last one names. It looks at them every second, and takes
            a change once two looks in a row found the same. What cannot be used is told in the log and as `[!]` in `/readyz`, which stays 200; what was
            read last stays in force, and the file is tried again every second. `--docker-config` is read again after a minute. The settings
            themselves are read at the start alone.

            What bounds memory is a share of the JVM's largest heap, written `12%`, unless a setting gives bytes: `-Xmx`, or half of the
            container's limit. `review-bytes-at-once` is never less than four times `review-bytes`' default, so that the largest review finds room.
            """;

    private SettingsTable() {}

    /** The page in Markdown. */
    public static String markdown() {
        StringBuilder page = new StringBuilder(HEAD);
        for (Group group : Group.values()) {
            page.append("\n## ").append(group.title()).append('\n');
            page.append("| flag | variable | default | meaning |\n|---|---|---|---|\n");
            for (Setting<?> setting : SettingRows.ALL) {
                if (setting.group() == group) {
                    page.append(row(setting));
                }
            }
            if (group == Group.LIMIT) {
                limits(page);
            }
        }
        return page.toString();
    }

    private static String row(Setting<?> setting) {
        return "| `%s%s`%s | `%s` | %s | %s |\n"
                .formatted(
                        setting.flag(),
                        setting.isSwitch() ? "" : " " + cell(setting.valueName()),
                        setting.repeatable() ? " *" : "",
                        setting.environment(),
                        setting.shownDefault(),
                        cell(setting.description()));
    }

    private static void limits(StringBuilder page) {
        page.append("\n| limit | default | unit | bounds |\n|---|---|---|---|\n");
        for (Limit limit : Limit.values()) {
            page.append("| `%s` | %s | %s | %s |\n"
                    .formatted(limit.text(), HeapShares.shown(limit), limit.unit(), cell(limit.what())));
        }
    }

    /** The default of {@code limit} as help and documentation show it: those of some are shares of the heap. */
    public static String shownDefault(Limit limit) {
        return HeapShares.shown(limit);
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}
