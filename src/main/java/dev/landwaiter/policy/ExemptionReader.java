package dev.landwaiter.policy;

import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.NamespaceName;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Reads ImagePolicyException objects. What can't be applied as written has no effect at all, and says why. */
final class ExemptionReader {
    /** {@code name}, or {@code namespace/name}: RFC 1123, section 2.1. */
    private static final Pattern POLICY =
            Pattern.compile("(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?/)?[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?");

    private ExemptionReader() {}

    static Exemption read(Fields root) {
        String name = root.at("metadata").required("name", "give it one");
        Fields spec = root.object("spec");
        spec.only("policies", "images", "namespaces", "expires", "reason");
        Set<String> policies = names(
                spec,
                "policies",
                text -> POLICY.matcher(text).matches(),
                "is not the name of one policy: <name> of a ClusterImagePolicy, or <namespace>/<name>");
        Set<String> namespaces = names(spec, "namespaces", NamespaceName::is, "is not the name of one namespace");
        List<Exemption.ExemptImage> images = new ArrayList<>();
        for (Fields image : spec.list("images", Limit.EXCEPTION_NAMES)) {
            image(image).ifPresent(images::add);
        }
        for (String needed : List.of("policies", "images")) {
            if (spec.at(needed).node().isEmpty()) {
                spec.at(needed).problem("is missing: an exception names exactly what it exempts");
            }
        }
        if (spec.has("namespaces") && spec.at("namespaces").node().isEmpty()) {
            spec.at("namespaces").problem("is empty: name some, or remove it where all are meant");
        }
        String reason = spec.required("reason", "say why, for the people who are warned");
        Instant expires = expires(spec.at("expires"));
        return new Exemption(name, policies, images, namespaces, expires, reason, root.problem());
    }

    private static Set<String> names(Fields spec, String field, Predicate<String> good, String otherwise) {
        Set<String> names = new HashSet<>();
        for (Fields one : spec.list(field, Limit.EXCEPTION_NAMES)) {
            String text = one.text();
            if (good.test(text)) {
                names.add(text);
            } else {
                one.problem("is \"%s\", which %s".formatted(one.shown(), otherwise));
            }
        }
        return names;
    }

    /** {@code repository} or {@code repository@digest}, by the one name that policies know it by. */
    private static Optional<Exemption.ExemptImage> image(Fields image) {
        String text = image.text();
        try {
            ImageReference reference = ImageReference.parse(text, image.limits());
            if (reference.tag().isPresent()) {
                image.problem(
                        "is \"%s\": a tag may name something else tomorrow. Name the repository, or repository@digest"
                                .formatted(image.shown()));
                return Optional.empty();
            }
            return Optional.of(new Exemption.ExemptImage(
                    reference.name(), reference.digest().orElse(null)));
        } catch (Failure e) {
            image.problem("is not the exact name of an image, and patterns are not taken: " + e.message());
            return Optional.empty();
        }
    }

    private static Instant expires(Fields expires) {
        if (!expires.present()) {
            expires.problem("is missing: an exception says when it ends, for instance 2026-12-24T00:00:00Z");
            return Instant.EPOCH;
        }
        try {
            return OffsetDateTime.parse(expires.text()).toInstant();
        } catch (DateTimeParseException e) {
            expires.problem("is \"%s\"; it takes a time by RFC 3339, for instance 2026-12-24T00:00:00Z"
                    .formatted(expires.shown()));
            return Instant.EPOCH;
        }
    }
}
