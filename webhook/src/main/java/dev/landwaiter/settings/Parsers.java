package dev.landwaiter.settings;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.http.Address;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.limit.NamespaceName;
import dev.landwaiter.tuf.TufRepository;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** From a setting's text to its value. Each failure's message is the part of a sentence that says what was expected. */
final class Parsers {
    /** Host name or address, with a port or not (RFC 3986, section 3.2.2, without what registries never have). */
    private static final Pattern HOST = Pattern.compile(
            "(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?|\\[(?<v6>[^\\[\\]]+)])(?::(?<port>[0-9]{1,5}))?");

    private static final int MOST_PORT = 65_535;
    /** As Kubernetes names objects: DNS labels with dots in between (RFC 1123). */
    private static final Pattern OBJECT_NAME =
            Pattern.compile("[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*");

    private static final int MOST_OBJECT_NAME = 253;
    /** In characters: more than any certificate's name has in practice. */
    private static final int MOST_NAME = 1024;
    /** Of names that may have been meant by one that is unknown. */
    private static final int OFFERED = 3;

    private static final Pattern BYTES = Pattern.compile("([0-9]{1,9})(B|KiB|MiB|GiB|Ki|Mi|Gi)?");

    private Parsers() {}

    /** The value of a setting that stands once. */
    static <T> Setting.Parser<T> one(Function<String, T> parser) {
        return texts -> parser.apply(texts.getFirst());
    }

    /** The values of a repeatable setting, in their order. */
    static <T> Setting.Parser<List<T>> each(Function<String, T> parser) {
        return texts -> texts.stream().map(parser).toList();
    }

    static Path file(String text) {
        return path(
                text, file -> Files.isRegularFile(file) && Files.isReadable(file), "expected a file that can be read");
    }

    static Path folder(String text) {
        return path(
                text, file -> Files.isDirectory(file) && Files.isReadable(file), "expected a folder that can be read");
    }

    static Path fileOrFolder(String text) {
        return path(text, Files::isReadable, "expected a file or folder that can be read");
    }

    private static Path path(String text, Predicate<Path> check, String expected) {
        try {
            Path path = Path.of(text);
            if (!text.isEmpty() && check.test(path)) {
                return path;
            }
            if (!text.isEmpty() && Files.notExists(path)) {
                throw expected(expected + ", and there is nothing of that name");
            }
        } catch (InvalidPathException e) {
            throw new Failure(Code.SETTING_INVALID, expected, e);
        }
        throw expected(expected);
    }

    static <E extends Enum<E>> Function<String, E> choice(Class<E> type) {
        String words = Arrays.stream(type.getEnumConstants())
                .map(value -> value.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
        return text -> Arrays.stream(type.getEnumConstants())
                .filter(value -> value.name().toLowerCase(Locale.ROOT).equals(text))
                .findFirst()
                .orElseThrow(() -> expected("expected one of " + words));
    }

    /** A duration between {@code least} and {@code most}. */
    static Function<String, Duration> duration(Duration least, Duration most) {
        return text -> GoDuration.find(text)
                .filter(found -> found.compareTo(least) >= 0 && found.compareTo(most) <= 0)
                .orElseThrow(() -> expected("expected a duration from %s to %s, for instance 500ms, 10s or 2m"
                        .formatted(shown(least), shown(most))));
    }

    private static String shown(Duration duration) {
        if (duration.isZero()) {
            return "0";
        }
        return duration.toSeconds() % 3600 == 0 && duration.toHours() > 0
                ? duration.toHours() + "h"
                : duration.toMillis() % 1000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }

    /** Bytes: {@code 1048576}, {@code 100MiB}, {@code 1Gi}. */
    static long bytes(String text) {
        Matcher matcher = BYTES.matcher(text);
        if (!matcher.matches()) {
            throw expected("expected bytes, for instance 100MiB");
        }
        String unit = matcher.group(2);
        int shift = unit == null
                ? 0
                : switch (unit.charAt(0)) {
                    case 'K' -> 10;
                    case 'M' -> 20;
                    case 'G' -> 30;
                    default -> 0;
                };
        return Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << shift);
    }

    /** Bytes, or {@code 12%} of this process's largest heap. */
    static long bytesOrShare(String text) {
        if (!text.endsWith("%")) {
            return bytes(text);
        }
        String percent = text.substring(0, text.length() - 1);
        if (!percent.matches("[0-9]{1,2}")) {
            throw expected("expected bytes, for instance 100MiB, or a share of the heap such as 12%");
        }
        return HeapShares.ofThisProcess().bytes(Integer.parseInt(percent));
    }

    static int count(String text) {
        if (!text.matches("[0-9]{1,4}")) {
            throw expected("expected a number from 0 to 9999");
        }
        return Integer.parseInt(text);
    }

    static boolean yesOrNo(String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw expected("expected true or false");
        };
    }

    static String certificateName(String text) {
        if (text.isEmpty() || text.length() > MOST_NAME || text.chars().anyMatch(c -> c <= ' ' || c > '~')) {
            throw expected("expected the common name, a DNS name or a URI of a certificate, of printable ASCII");
        }
        return text;
    }

    static String namespace(String text) {
        if (!NamespaceName.is(text)) {
            throw expected("expected a namespace's name: lower-case letters, digits and '-'");
        }
        return text;
    }

    /** The name of a Secret, a Service, a Lease or a webhook configuration. */
    static String objectName(String text) {
        if (text.length() > MOST_OBJECT_NAME || !OBJECT_NAME.matcher(text).matches()) {
            throw expected("expected an object's name: lower-case letters, digits, '-' and '.'");
        }
        return text;
    }

    static String host(String text) {
        Matcher matcher = HOST.matcher(text);
        boolean good = matcher.matches()
                && (matcher.group("v6") == null || HostText.isIpv6(matcher.group("v6")))
                && (matcher.group("port") == null || Integer.parseInt(matcher.group("port")) <= MOST_PORT);
        if (!good) {
            throw expected("expected HOST[:PORT], for instance registry.example.com:5000");
        }
        return text.toLowerCase(Locale.ROOT);
    }

    static RegistryFile registryFile(String text) {
        int equals = equalsSign(text, "expected HOST[:PORT]=FILE, for instance registry.example.com:5000=/etc/ca.crt");
        return new RegistryFile(host(text.substring(0, equals)), file(text.substring(equals + 1)));
    }

    static TokenRealm tokenRealm(String text) {
        int equals =
                equalsSign(text, "expected REGISTRY=HOST, for instance registry.example.com=auth.internal.example.com");
        return new TokenRealm(host(text.substring(0, equals)), host(text.substring(equals + 1)));
    }

    /** A CIDR ({@code 10.0.0.0/8}, {@code fd00::/8}) or a host's name or address. */
    static String cidrOrHost(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return isAddress(text) ? text : host(text);
        }
        String bits = text.substring(slash + 1);
        String address = text.substring(0, slash);
        int most = address.indexOf(':') >= 0 ? 128 : 32;
        if (!isAddress(address) || !bits.matches("[0-9]{1,3}") || Integer.parseInt(bits) > most) {
            throw expected("expected a CIDR or a host, for instance 127.0.0.0/8, fd00::/8 or registry.internal");
        }
        return text;
    }

    private static boolean isAddress(String text) {
        return HostText.isIpv4(text) || HostText.isIpv6(text);
    }

    static URI proxy(String text) {
        String expected = "expected http://[USER:PASSWORD@]HOST:PORT";
        try {
            // the customary variables may hold HOST:PORT alone
            URI uri = new URI(text.contains("://") ? text : "http://" + text);
            boolean good = "http".equals(uri.getScheme())
                    && uri.getHost() != null
                    && uri.getPort() > 0
                    && (uri.getPath().isEmpty() || uri.getPath().equals("/"));
            if (good) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // the cause would quote the text, which may hold a password
            throw expected(expected);
        }
        throw expected(expected);
    }

    /** Where a TUF mirror is; paths are added to it. */
    static URI mirror(String text) {
        String expected = "expected https://HOST[:PORT][/PATH], for instance " + TufRepository.PUBLIC_GOOD_MIRROR;
        try {
            URI uri = new URI(text);
            boolean good = ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null
                    && Address.find(text).isPresent();
            if (good) {
                return uri;
            }
        } catch (URISyntaxException e) {
            throw new Failure(Code.SETTING_INVALID, expected, e);
        }
        throw expected(expected);
    }

    static String noProxy(String text) {
        return text.strip().toLowerCase(Locale.ROOT);
    }

    static Limits limits(List<String> texts) {
        Map<Limit, Long> changed = HeapShares.ofThisProcess().limits();
        for (String text : texts) {
            int equals = equalsSign(text, "expected NAME=VALUE, for instance manifest-bytes=8388608");
            String name = text.substring(0, equals);
            Limit limit = Arrays.stream(Limit.values())
                    .filter(one -> one.text().equals(name))
                    .findFirst()
                    .orElseThrow(() -> unknownLimit(name));
            String value = text.substring(equals + 1);
            // counts are used as int: the greatest that fits both
            if (!value.matches("[0-9]{1,10}")
                    || Long.parseLong(value) < 1
                    || Long.parseLong(value) > Integer.MAX_VALUE) {
                throw expected("expected a number of %s above 0 for '%s'".formatted(limit.unit(), name));
            }
            changed.put(limit, Long.parseLong(value));
        }
        return Limits.of(changed);
    }

    private static Failure unknownLimit(String name) {
        List<String> near =
                Nearest.of(name, Arrays.stream(Limit.values()).map(Limit::text).toList(), OFFERED);
        return expected(
                "there is no limit '%s'; did you mean '%s'? 'landwaiter webhook --help' and docs/settings.md list all of them"
                        .formatted(
                                name,
                                String.join("', '", near.subList(0, near.size() - 1)) + "' or '" + near.getLast()));
    }

    private static int equalsSign(String text, String expected) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw expected(expected);
        }
        return equals;
    }

    private static Failure expected(String what) {
        return new Failure(Code.SETTING_INVALID, what);
    }
}
