package dev.landwaiter.settings;

/** The settings that take one of a few words, where the core has no type for them. */
public final class Choices {
    private Choices() {}

    /** Whether a cluster is used where one can be found. */
    public enum ClusterUse {
        AUTO,
        OFF
    }

    /** How log lines look. */
    public enum LogFormat {
        JSON,
        TEXT
    }

    /** The least that is logged. */
    public enum LogLevel {
        ERROR,
        WARN,
        INFO,
        DEBUG
    }
}
