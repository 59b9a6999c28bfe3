package dev.landwaiter.failure;

/** Whose fault a failure is, and so who can fix it. */
public enum Fault {
    /** The requester's, or of what the requester brought: an image, a registry of their choice, a policy as written. */
    USER,
    /** A system that we depend on did not answer as it should; trying again later may help. */
    DEPENDENCY,
    /** Nobody's: there was no room for the work, here or at a registry. Trying again later may help; it never admits, since whoever fills the room could then choose to be admitted. */
    CAPACITY,
    /** Ours. */
    INTERNAL
}
