package dev.landwaiter.limit;

/**
 * A JSON key as readers see it that do not mind how it is spelled. Go's {@code encoding/json}, with which container runtimes read manifests,
 * takes {@code Digest} and {@code digest} for one field; by Unicode's simple case folding also {@code ſ} (U+017F) for {@code s} and the Kelvin
 * sign (U+212A) for {@code k}. Of equal keys the last one counts. Its second version and protobuf's JSON can pass over {@code _} and
 * {@code -} too.
 *
 * @see <a href="https://pkg.go.dev/encoding/json#Unmarshal">encoding/json</a>
 */
public final class FoldedKey {
    private FoldedKey() {}

    /**
     * The same text for all keys that one of these readers takes for the same. Java folds a little more than Go (the dotless {@code ı} is
     * {@code i} too): what is refused for that is nothing that anybody means.
     */
    public static String of(String key) {
        return isFolded(key) ? key : folded(key);
    }

    /** Nearly every key is, and each key of each document is asked. */
    private static boolean isFolded(String key) {
        for (int i = 0; i < key.length(); i++) {
            char c = key.charAt(i);
            if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '.') {
                return false;
            }
        }
        return true;
    }

    private static String folded(String key) {
        StringBuilder folded = new StringBuilder(key.length());
        key.codePoints()
                .filter(c -> c != '_' && c != '-')
                .map(c -> Character.toLowerCase(Character.toUpperCase(c)))
                .forEach(folded::appendCodePoint);
        return folded.toString();
    }
}
