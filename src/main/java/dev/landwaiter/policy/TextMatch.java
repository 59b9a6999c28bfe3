package dev.landwaiter.policy;

import com.google.re2j.Pattern;

/** How a policy names a text of a certificate. */
public sealed interface TextMatch {
    boolean matches(String text);

    /** The text itself, every character of it. */
    record Exact(String wanted) implements TextMatch {
        @Override
        public boolean matches(String text) {
            return wanted.equals(text);
        }
    }

    /** An RE2 expression that is found somewhere in the text, as cosign's and policy-controller's are: {@code ^} and {@code $} anchor it. In linear time. */
    record Search(Pattern pattern) implements TextMatch {
        @Override
        public boolean matches(String text) {
            return pattern.matcher(text).find();
        }
    }

    /** Any text: nothing was asked. */
    record Any() implements TextMatch {
        @Override
        public boolean matches(String text) {
            return true;
        }
    }
}
