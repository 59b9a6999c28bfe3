package dev.landwaiter.credential;

import java.util.List;

/**
 * The host and port that a credential is for. In a label {@code *} and {@code ?} stand for characters of that label alone, as the kubelet
 * reads them. Tenants write such patterns and every image's host is compared with them, so matching takes a time that is linear in the
 * host's length, whatever the pattern: all positions that a beginning of the label can have led to are followed at once, as bits of one
 * number.
 */
final class HostPattern {
    /** RFC 1035, section 2.3.4; a label's positions then fit into the bits of a number. */
    static final int MAX_LABEL = 63;

    static final int MAX_HOST = 253;
    static final int MAX_WILDCARDS = 8;

    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789-_";

    private final List<String> labels;
    private final String port;
    private final Label[] compiled;
    private final int wildcards;

    /** @param port {@code ""} for 443 */
    HostPattern(List<String> labels, String port) {
        this.labels = List.copyOf(labels);
        this.port = port;
        this.compiled = this.labels.stream().map(Label::new).toArray(Label[]::new);
        this.wildcards = this.labels.stream().mapToInt(HostPattern::wildcards).sum();
    }

    /** Lower case. */
    List<String> labels() {
        return labels;
    }

    /** How many labels are not spelt out. */
    int openLabels() {
        return (int) labels.stream().filter(label -> wildcards(label) > 0).count();
    }

    /** How many {@code *} and {@code ?} it has. */
    int wildcards() {
        return wildcards;
    }

    private static int wildcards(String label) {
        return (int) label.chars().filter(c -> c == '*' || c == '?').count();
    }

    /** The host, and the port unless it is 443: without wildcards, what {@link #name} gives for the registry that it is. */
    String text() {
        return String.join(".", labels) + (port.isEmpty() ? "" : ":" + port);
    }

    /** {@code registry}, which is canonical, as {@link #text} says it: 443 is not written. */
    static String name(String registry) {
        return registry.endsWith(":443") ? registry.substring(0, registry.length() - ":443".length()) : registry;
    }

    /** Whether it is for {@code registry}, which is canonical. */
    boolean covers(String registry) {
        String name = name(registry);
        int colon = name.lastIndexOf(':');
        boolean hasPort = colon > name.lastIndexOf(']');
        if (!port.equals(hasPort ? name.substring(colon + 1) : "")) {
            return false;
        }
        String host = hasPort ? name.substring(0, colon) : name;
        int start = 0;
        for (int i = 0; i < compiled.length; i++) {
            boolean last = i == compiled.length - 1;
            int dot = host.startsWith("[") ? -1 : host.indexOf('.', start);
            if (last != dot < 0 || !compiled[i].matches(host, start, last ? host.length() : dot)) {
                return false;
            }
            start = dot + 1;
        }
        return true;
    }

    /** One label. Bit {@code n} of a number says that the first {@code n} characters of the pattern are matched. */
    private static final class Label {
        private final String text;
        /** Where the pattern's next character is this one of the alphabet, or {@code ?}; none where it has no wildcards. */
        private final long[] takes;
        /** Where the pattern's next character is {@code *}. */
        private final long stars;

        private final long end;

        Label(String written) {
            this.text = written.replaceAll("\\*+", "*");
            this.takes = wildcards(text) == 0 ? new long[0] : new long[ALPHABET.length()];
            long starsOfAll = 0;
            for (int p = 0; p < text.length() && takes.length > 0; p++) {
                char c = text.charAt(p);
                if (c == '*') {
                    starsOfAll |= 1L << p;
                }
                for (int a = 0; a < takes.length; a++) {
                    takes[a] |= c == '?' || c == ALPHABET.charAt(a) ? 1L << p : 0;
                }
            }
            this.stars = starsOfAll;
            this.end = 1L << text.length();
        }

        boolean matches(String host, int start, int stop) {
            if (takes.length == 0) {
                return text.length() == stop - start && host.startsWith(text, start);
            }
            long at = open(1);
            for (int i = start; i < stop; i++) {
                int a = ALPHABET.indexOf(host.charAt(i));
                at = open((a < 0 ? 0 : (at & takes[a]) << 1) | (at & stars));
            }
            return (at & end) != 0;
        }

        /** A star may stand for nothing. */
        private long open(long at) {
            return at | ((at & stars) << 1);
        }
    }
}
