package dev.landwaiter.e2e;

import java.util.List;

/** Whoever signs. */
interface Signatory {
    /** What tells cosign so. */
    List<String> flags();
}
