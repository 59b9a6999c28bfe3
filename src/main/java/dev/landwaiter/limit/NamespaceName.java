package dev.landwaiter.limit;

/**
 * What Kubernetes takes for the name of a namespace: a label of RFC 1123, section 2.1. Such a name is safe wherever it stands: in a path, in
 * a message, as the key of a share.
 */
public final class NamespaceName {
    /** In characters. */
    private static final int MOST = 63;

    private NamespaceName() {}

    /** Whether {@code text} is one. Asked of every request, so without a regular expression. */
    public static boolean is(String text) {
        int length = text.length();
        if (length == 0 || length > MOST || text.charAt(0) == '-' || text.charAt(length - 1) == '-') {
            return false;
        }
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if ((c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-') {
                return false;
            }
        }
        return true;
    }
}
