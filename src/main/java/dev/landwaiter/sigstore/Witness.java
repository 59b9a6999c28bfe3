package dev.landwaiter.sigstore;

/** Who may be asked to vouch for a signature's time, besides the one who signed. */
public enum Witness {
    /** A transparency log, by an entry. */
    LOG,
    /** A timestamp authority, by an RFC 3161 timestamp. */
    TIMESTAMP
}
