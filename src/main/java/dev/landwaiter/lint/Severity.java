package dev.landwaiter.lint;

/** How much a finding matters. */
public enum Severity {
    /** It does not do what it says: fix it. */
    ERROR,
    /** It is likely not what was meant. */
    WARNING,
    /** Worth knowing; often meant so. */
    INFO
}
