package dev.landwaiter.e2e;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The images that the documents of {@code confusing/documents.txt} name, and the templates filled with them. */
final class ConfusingImages {
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String CONFIGURATION = "application/vnd.oci.image.config.v1+json";
    private static final String LIST = "application/vnd.docker.distribution.manifest.list.v2+json";
    private static final String TAR = "application/vnd.oci.image.layer.v1.tar+gzip";
    private static final String IN_TOTO = "application/vnd.in-toto+json";
    private static final byte[] LAYER = "{}".getBytes(StandardCharsets.UTF_8);

    private static final Pattern PLACE =
            Pattern.compile("\\{(I|M|C|L|GOOD|EVIL|(?:digest|DIGEST|size|config|config-size) [^}]+)}");
    private static final Pattern BYTES = Pattern.compile("\\{bytes ([0-9A-F]+)}");

    private final RawRegistry registry;
    private final String repository;
    private final Map<String, byte[]> manifests = new LinkedHashMap<>();
    private final Map<String, byte[]> configurations = new LinkedHashMap<>();

    ConfusingImages(RawRegistry registry, String repository) {
        this.registry = registry;
        this.repository = repository;
        add("GOOD", TAR);
        add("EVIL", TAR);
        add("ATTESTATION", IN_TOTO);
        add("MIXED", IN_TOTO, TAR);
        add("EMPTY");
        manifests.put("NESTED", bytes("{\"schemaVersion\":2,\"mediaType\":\"{I}\",\"manifests\":[{EVIL}]}"));
    }

    private void add(String name, String... layers) {
        byte[] configuration = """
                {"os":"linux","architecture":"amd64","config":{"Labels":{"name":"%s"}},"rootfs":{"type":"layers","diff_ids":[%s]}}""".formatted(
                        name,
                        String.join(
                                ",",
                                Stream.of(layers)
                                        .map(layer -> "\"" + digest(LAYER) + "\"")
                                        .toList()))
                .getBytes(StandardCharsets.UTF_8);
        configurations.put(name, configuration);
        List<String> described = Stream.of(layers)
                .map(type -> "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
                        .formatted(type, digest(LAYER), LAYER.length))
                .toList();
        manifests.put(
                name,
                bytes(
                        "{\"schemaVersion\":2,\"mediaType\":\"{M}\",\"config\":{\"mediaType\":\"{C}\",\"digest\":\"%s\",\"size\":%d},\"layers\":[%s]}"
                                .formatted(digest(configuration), configuration.length, String.join(",", described))));
    }

    /** Pushes them; gives their names by the digests of their configurations. */
    Map<String, String> push() {
        registry.putBlob(repository, digest(LAYER), LAYER);
        Map<String, String> names = new LinkedHashMap<>();
        configurations.forEach((name, configuration) -> {
            registry.putBlob(repository, digest(configuration), configuration);
            names.put(digest(configuration), name);
        });
        manifests.forEach((name, manifest) -> registry.putRaw(
                repository, name.toLowerCase(Locale.ROOT), name.equals("NESTED") ? INDEX : MANIFEST, manifest));
        return names;
    }

    String digest(String name) {
        // one that is not there must have a digest all the same
        return digest(manifests.getOrDefault(name, name.getBytes(StandardCharsets.UTF_8)));
    }

    private static String digest(byte[] content) {
        try {
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    String filled(String template) {
        return PLACE.matcher(template).replaceAll(place -> Matcher.quoteReplacement(value(place)));
    }

    private String value(MatchResult place) {
        String[] words = place.group(1).split(" ", 2);
        return switch (words[0]) {
            case "I" -> INDEX;
            case "M" -> MANIFEST;
            case "C" -> CONFIGURATION;
            case "L" -> LIST;
            case "digest" -> digest(words[1]);
            case "DIGEST" ->
                "sha256:" + digest(words[1]).substring("sha256:".length()).toUpperCase(Locale.ROOT);
            case "size" -> Integer.toString(manifests.getOrDefault(words[1], new byte[0]).length);
            case "config" -> digest(configurations.getOrDefault(words[1], new byte[0]));
            case "config-size" -> Integer.toString(configurations.getOrDefault(words[1], new byte[0]).length);
            default ->
                filled(
                        "{\"mediaType\":\"{M}\",\"digest\":\"{digest %1$s}\",\"size\":{size %1$s},\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}}"
                                .formatted(words[0]));
        };
    }

    byte[] bytes(String template) {
        String filled = filled(template);
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Matcher raw = BYTES.matcher(filled);
        int at = 0;
        while (raw.find()) {
            all.writeBytes(filled.substring(at, raw.start()).getBytes(StandardCharsets.UTF_8));
            all.writeBytes(HexFormat.of().parseHex(raw.group(1)));
            at = raw.end();
        }
        all.writeBytes(filled.substring(at).getBytes(StandardCharsets.UTF_8));
        return all.toByteArray();
    }
}
