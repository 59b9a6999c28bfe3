package dev.landwaiter.registry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How a server wants to be shown credentials.
 *
 * @param scheme lower case: {@code basic}, {@code bearer}
 * @param parameters by lower-case name
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-11.3">RFC 9110, challenge and response</a>
 */
record Challenge(String scheme, Map<String, String> parameters) {
    private static final int MOST = 16;

    Challenge {
        parameters = Map.copyOf(parameters);
    }

    /** The parameter of that name, {@code ""} where there is none. */
    String parameter(String name) {
        return parameters.getOrDefault(name, "");
    }

    /** The first challenge of {@code scheme} in {@code all}. */
    static Optional<Challenge> find(List<Challenge> all, String scheme) {
        return all.stream().filter(challenge -> challenge.scheme.equals(scheme)).findFirst();
    }

    /** Reads {@code WWW-Authenticate}: as many challenges as are well-formed, at most sixteen. */
    static List<Challenge> parse(String header) {
        return new Parser(header).challenges();
    }

    /** One pass over the header; a comma may end a parameter or a challenge, and only what follows tells which. */
    private static final class Parser {
        private final String text;
        private int at;

        Parser(String text) {
            this.text = text;
        }

        List<Challenge> challenges() {
            List<Challenge> all = new ArrayList<>();
            skip(" \t,");
            while (at < text.length() && all.size() < MOST) {
                String scheme = token();
                if (scheme.isEmpty()) {
                    break;
                }
                all.add(new Challenge(scheme.toLowerCase(Locale.ROOT), parameters()));
                skip(" \t,");
            }
            return all;
        }

        private Map<String, String> parameters() {
            Map<String, String> parameters = new HashMap<>();
            while (true) {
                int before = at;
                skip(" \t,");
                String name = token();
                skip(" \t");
                if (name.isEmpty() || at >= text.length() || text.charAt(at) != '=') {
                    at = skipToken68(before, name);
                    return parameters;
                }
                at++;
                skip(" \t");
                parameters.putIfAbsent(name.toLowerCase(Locale.ROOT), value());
            }
        }

        /** A lone token behind a scheme is that scheme's token68; behind a comma it is the next scheme. */
        private int skipToken68(int before, String name) {
            boolean comma = text.substring(before, Math.min(at, text.length())).indexOf(',') >= 0;
            if (name.isEmpty() || !comma) {
                while (at < text.length() && text.charAt(at) != ',') {
                    at++;
                }
                return at;
            }
            return before;
        }

        private String value() {
            if (at >= text.length() || text.charAt(at) != '"') {
                String token = token();
                while (at < text.length() && text.charAt(at) == '=') {
                    at++; // padding of a token68 that looks like a parameter
                }
                return token;
            }
            StringBuilder value = new StringBuilder();
            for (at++; at < text.length() && text.charAt(at) != '"'; at++) {
                if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                    at++;
                }
                value.append(text.charAt(at));
            }
            at = Math.min(at + 1, text.length());
            return value.toString();
        }

        private String token() {
            int start = at;
            while (at < text.length() && " \t,=\"".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            return text.substring(start, at);
        }

        private void skip(String characters) {
            while (at < text.length() && characters.indexOf(text.charAt(at)) >= 0) {
                at++;
            }
        }
    }
}
