package dev.landwaiter.sigstore;

import dev.landwaiter.failure.Failure;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Why a good signature is refused that lacks a witness: the cause of its {@link Failure}, so that people can be told how to add one. */
public final class WitnessMissing extends RuntimeException {
    private final Witness witness;

    WitnessMissing(Witness witness, @Nullable TrustRootDoubt doubt) {
        super(witness.name(), doubt, false, false);
        this.witness = witness;
    }

    /** Which witness it was that {@code failure} is about; empty where it is about something else. */
    public static Optional<Witness> find(Failure failure) {
        return failure.getCause() instanceof WitnessMissing missing ? Optional.of(missing.witness) : Optional.empty();
    }
}
