package dev.landwaiter.yaml;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What kubectl takes a scalar for and hands to the API server in JSON: its words for true, false and null are those of YAML 1.1, its numbers
 * are Go's, and dates and numbers to base 60 stay texts.
 *
 * @see <a href="https://github.com/yaml/go-yaml/blob/v2.4.3/resolve.go">resolve.go, of what sigs.k8s.io/yaml 1.6 reads with</a>
 */
final class KubernetesScalar {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final Set<String> TRUE =
            Set.of("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON");
    private static final Set<String> FALSE =
            Set.of("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF");
    private static final Set<String> NULL = Set.of("", "~", "null", "Null", "NULL");
    private static final Pattern NOT_FINITE = Pattern.compile("\\.(nan|NaN|NAN)|[-+]?\\.(inf|Inf|INF)");

    private static final Pattern INTEGER = Pattern.compile(
            "([-+]?)(?:0[xX](?<hex>[0-9a-fA-F]+)|0[bB](?<binary>[01]+)|0[oO]?(?<octal>[0-7]+)|(?<decimal>0|[1-9][0-9]*))");
    /** Which Go takes by a second look at what begins with 0b. */
    private static final Pattern SIGN_WITHIN = Pattern.compile("0b([-+][01]+)");

    private static final Pattern FLOAT =
            Pattern.compile("[-+]?(?:\\.[0-9]++|[0-9]++(?:\\.[0-9]*+)?)(?:[eE][-+]?[0-9]++)?");
    /** Go takes underscores between digits, where a number begins with a dot; everywhere, where it begins otherwise. */
    private static final Pattern DOT_FIRST =
            Pattern.compile("\\.[0-9]++(?:_[0-9]++)*+(?:[eE][-+]?[0-9]++(?:_[0-9]++)*+)?");

    private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);
    private static final BigInteger MOST_WITHOUT_SIGN =
            BigInteger.TWO.pow(Long.SIZE).subtract(BigInteger.ONE);
    /** In any base: longer ones need not be calculated. */
    private static final int DIGITS_OF_AN_INTEGER = Long.SIZE;

    /** From here on Go writes numbers with an exponent, smaller whole ones without a fraction. */
    private static final double WITH_EXPONENT = 1e21;

    private static final int BINARY = 2;
    private static final int OCTAL = 8;
    private static final int DECIMAL = 10;
    private static final int HEXADECIMAL = 16;

    private KubernetesScalar() {}

    /**
     * The JSON that {@code scalar} becomes.
     *
     * @throws YamlRefusal where it has none, or is not what its tag says
     */
    static JsonNode value(YamlNode.Scalar scalar) {
        Tag tag = scalar.tag();
        if (tag == Tag.STRING || (tag == Tag.NONE && scalar.style() != YamlNode.Style.PLAIN)) {
            return JSON.textNode(scalar.text());
        }
        JsonNode plain = plain(scalar);
        boolean asSaid = switch (tag) {
            case NONE, STRING -> true;
            case NULL -> plain.isNull();
            case BOOLEAN -> plain.isBoolean();
            case INTEGER -> integer(scalar.text()) != null;
            case FLOAT -> plain.isNumber();
        };
        if (!asSaid) {
            throw YamlRefusal.malformed(scalar.mark(), "the value is not what its tag says: remove the tag");
        }
        return plain;
    }

    /** Whether {@code text}, written without quotes where quotes may be left out, is just that text, as a key too. */
    static boolean isText(String text) {
        return !text.equals("<<")
                && !text.startsWith("?")
                && !NULL.contains(text)
                && !TRUE.contains(text)
                && !FALSE.contains(text)
                && !NOT_FINITE.matcher(text).matches()
                && number(text) == null;
    }

    /** Whether {@code key} becomes the very text that it is written as. */
    static boolean isKey(YamlNode.Scalar key) {
        JsonNode value = value(key);
        BigInteger integer = value.isNumber() ? integer(key.text()) : null;
        return value.isTextual() || (integer != null && integer.toString().equals(key.text()));
    }

    private static JsonNode plain(YamlNode.Scalar scalar) {
        String text = scalar.text();
        if (NULL.contains(text)) {
            return JSON.nullNode();
        }
        if (TRUE.contains(text) || FALSE.contains(text)) {
            return JSON.booleanNode(TRUE.contains(text));
        }
        if (NOT_FINITE.matcher(text).matches()) {
            throw YamlRefusal.malformed(
                    scalar.mark(), "it is a number that no JSON can hold: write another one, or put it in quotes");
        }
        JsonNode number = number(text);
        return number == null ? JSON.textNode(text) : number;
    }

    private static @Nullable JsonNode number(String text) {
        if (text.isEmpty() || "+-.0123456789".indexOf(text.charAt(0)) < 0) {
            return null;
        }
        BigInteger integer = integer(text);
        return integer == null ? fraction(text) : node(integer);
    }

    private static @Nullable BigInteger integer(String text) {
        String digits = text.replace("_", "");
        Matcher integer = INTEGER.matcher(digits);
        if (integer.matches()) {
            boolean signed = !integer.group(1).isEmpty();
            BigInteger value = integer.group("hex") != null
                    ? value(integer, "hex", HEXADECIMAL)
                    : integer.group("binary") != null
                            ? value(integer, "binary", BINARY)
                            : integer.group("octal") != null
                                    ? value(integer, "octal", OCTAL)
                                    : value(integer, "decimal", DECIMAL);
            BigInteger all = integer.group(1).equals("-") ? value.negate() : value;
            return all.compareTo(LEAST) >= 0 && all.compareTo(signed ? MOST : MOST_WITHOUT_SIGN) <= 0 ? all : null;
        }
        Matcher within = SIGN_WITHIN.matcher(digits);
        if (within.matches() && within.group(1).length() <= DIGITS_OF_AN_INTEGER) {
            BigInteger value = new BigInteger(within.group(1), BINARY);
            return value.compareTo(LEAST) >= 0 && value.compareTo(MOST) <= 0 ? value : null;
        }
        return null;
    }

    private static BigInteger value(Matcher integer, String group, int base) {
        String digits = integer.group(group);
        int first = 0;
        while (first < digits.length() - 1 && digits.charAt(first) == '0') {
            first++;
        }
        return digits.length() - first > DIGITS_OF_AN_INTEGER
                // too large in any case
                ? MOST_WITHOUT_SIGN.add(BigInteger.ONE)
                : new BigInteger(digits.substring(first), base);
    }

    private static @Nullable JsonNode fraction(String text) {
        String digits = text.replace("_", "");
        if (!(text.startsWith(".") ? DOT_FIRST.matcher(text) : FLOAT.matcher(digits)).matches()) {
            return null;
        }
        double value = Double.parseDouble(digits);
        if (Double.isInfinite(value)) {
            return null;
        }
        return Math.rint(value) == value && Math.abs(value) < WITH_EXPONENT
                ? node(new BigDecimal(Double.toString(value)).toBigInteger())
                : JSON.numberNode(new BigDecimal(Double.toString(value)));
    }

    /** As a reader of JSON has it. */
    private static JsonNode node(BigInteger value) {
        return value.bitLength() < Integer.SIZE
                ? JSON.numberNode(value.intValue())
                : value.bitLength() < Long.SIZE ? JSON.numberNode(value.longValue()) : JSON.numberNode(value);
    }
}
