package dev.landwaiter.admission;

/** Which of the two webhooks is asked. */
public enum Endpoint {
    /** Changes the object; asked first. */
    MUTATE,
    /** Checks the final object by itself and trusts nothing that mutation left behind. */
    VALIDATE
}
