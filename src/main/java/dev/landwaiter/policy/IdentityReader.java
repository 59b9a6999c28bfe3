package dev.landwaiter.policy;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.sigstore.FulcioExtension;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code keyless.identities}: whom a certificate must name. */
final class IdentityReader {
    private static final List<String> EXTENSIONS = FulcioExtension.names();

    private static final int MAX_PATTERN = 1024;
    /** In instructions. */
    private static final long MAX_PROGRAM = 100_000;

    /** The identities of {@code keyless}; empty, and a problem, where one of them can't be used or there is none. */
    List<Identity> identities(Fields keyless) {
        List<Identity> identities = new ArrayList<>();
        List<Fields> list = keyless.list("identities", Limit.AUTHORITY_IDENTITIES);
        for (Fields one : list) {
            identity(one).ifPresent(identities::add);
        }
        if (keyless.at("identities").node().isEmpty()) {
            keyless.at("identities")
                    .problem(
                            "needs at least one identity, with its issuer and subject: without one, anybody's signature would do");
        }
        return identities.size() == list.size() ? identities : List.of();
    }

    private static Optional<Identity> identity(Fields identity) {
        int before = identity.problems().size();
        if (!identity.node().isObject()) {
            identity.problem("must be an object with an issuer and a subject");
            return Optional.empty();
        }
        identity.only("issuer", "issuerRegExp", "subject", "subjectRegExp", "extensions", "extensionsRegExp");
        TextMatch issuer = either(identity, "issuer");
        TextMatch subject = either(identity, "subject");
        Map<String, TextMatch> extensions = new LinkedHashMap<>();
        extensions(identity.object("extensions"), extensions);
        extensions(identity.object("extensionsRegExp"), extensions);
        return identity.problems().size() == before
                ? Optional.of(new Identity(issuer, subject, extensions))
                : Optional.empty();
    }

    private static TextMatch either(Fields identity, String field) {
        boolean exact = !identity.text(field).isEmpty();
        boolean search = !identity.text(field + "RegExp").isEmpty();
        if (exact == search) {
            identity.problem("needs exactly one of %s and %sRegExp, and it must not be empty".formatted(field, field));
            return new TextMatch.Any();
        }
        return exact ? new TextMatch.Exact(identity.text(field)) : search(identity.at(field + "RegExp"));
    }

    private static void extensions(Fields given, Map<String, TextMatch> into) {
        boolean exact = given.path().endsWith("extensions");
        for (String name : given.names()) {
            Fields one = given.at(name);
            String wanted = one.text();
            if (!EXTENSIONS.contains(name)) {
                one.problem("is not one of Fulcio's extensions: " + String.join(", ", EXTENSIONS));
            } else if (wanted.isEmpty()) {
                one.problem("is empty");
            } else if (into.containsKey(name)) {
                one.problem("stands in extensions too: keep one of them");
            } else {
                into.put(name, exact ? new TextMatch.Exact(wanted) : search(one));
            }
        }
    }

    /** About how many instructions {@code pattern} is compiled to; one that is too long is never compiled. */
    static long instructions(String pattern) {
        return pattern.length() > MAX_PATTERN ? MAX_PROGRAM + 1 : RegexSize.of(pattern);
    }

    private static TextMatch search(Fields field) {
        String text = field.text();
        try {
            if (instructions(text) > MAX_PROGRAM) {
                field.problem(
                        "is a pattern that is too large: at most %d characters, and few counted repetitions such as {40}"
                                .formatted(MAX_PATTERN));
                return new TextMatch.Any();
            }
            return new TextMatch.Search(Pattern.compile(text));
        } catch (PatternSyntaxException e) {
            field.problem("is not a valid RE2 pattern: %s near \"%s\"".formatted(e.getDescription(), e.getPattern()));
            return new TextMatch.Any();
        }
    }
}
