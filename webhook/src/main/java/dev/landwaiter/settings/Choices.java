package dev.landwaiter.settings;

/** The settings that take one of a few words. */
public final class Choices {
    private Choices() {}

    /** Whether a cluster is used where one can be found. */
    public enum ClusterUse {
        AUTO,
        OFF
    }

    /** What is done with an image that no enforcing policy matches. */
    public enum NoMatch {
        ADMIT,
        WARN,
        DENY
    }

    /** What is done with an image that no policy matches and that cannot be resolved. */
    public enum OnUnresolved {
        ADMIT,
        DENY
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
