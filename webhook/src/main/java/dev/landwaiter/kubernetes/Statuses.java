package dev.landwaiter.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;

/** Hears of what became of each policy, trust root and exception. */
interface Statuses extends AutoCloseable {
    /** For whoever only reads: nobody hears of it. */
    Statuses NONE = new Statuses() {
        @Override
        public void write(PolicyKind kind, JsonNode object, Standing standing) {
            // whoever looks once writes nothing
        }

        @Override
        public void close() {
            // there is nothing to close
        }
    };

    /** {@code object}, as it was read, is as {@code standing} says. Does not wait. */
    void write(PolicyKind kind, JsonNode object, Standing standing);

    @Override
    void close();
}
