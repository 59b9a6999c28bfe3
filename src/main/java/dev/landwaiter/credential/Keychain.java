package dev.landwaiter.credential;

import dev.landwaiter.failure.Asker;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.limit.Deadline;
import java.util.ArrayList;
import java.util.List;

/** Finds the credential for an image, of those that one request may use. */
@FunctionalInterface
public interface Keychain {
    /** Whoever asks, everywhere. */
    Keychain ANONYMOUS = (reference, deadline) -> Found.anonymous(List.of());

    /**
     * The credential of the longest path that matches {@code reference}'s registry and repository, and the others that match too; else
     * anonymous.
     *
     * @throws dev.landwaiter.failure.Failure where a source could not be asked ({@code CLUSTER_UNAVAILABLE}) within the deadline
     */
    Found find(ImageReference reference, Deadline deadline);

    /**
     * A credential and how it was come by.
     *
     * @param credential to use
     * @param others that match too, in the order in which they are to be tried where a registry refuses the ones before
     * @param notes what a person should know when the registry refuses it: sources that were tried and lacked an entry, were
     *     missing or malformed. Never a secret.
     */
    record Found(Credential credential, List<Credential> others, List<String> notes) {
        public Found {
            others = List.copyOf(others);
            notes = List.copyOf(notes);
        }

        /** The only one that matches. */
        public Found(Credential credential, List<String> notes) {
            this(credential, List.of(), notes);
        }

        /** This one and the others, each by itself and with those before it among its notes. */
        public List<Found> inTurn() {
            if (others.isEmpty()) {
                return List.of(this);
            }
            List<Found> turns = new ArrayList<>(others.size() + 1);
            Notes tried = new Notes();
            Found last = new Found(credential, notes);
            turns.add(last);
            for (Credential other : others) {
                tried.add(last.asker().credentials());
                Notes all = new Notes();
                all.addAll(tried.list());
                all.addAll(notes);
                last = new Found(other, all.list());
                turns.add(last);
            }
            return List.copyOf(turns);
        }

        /** As messages name who asks with it. */
        public Asker asker() {
            boolean anonymous = credential instanceof Credential.Anonymous;
            return new Asker(
                    anonymous ? credential.source() : "the credentials of " + credential.source(), anonymous, notes);
        }

        /** Whether the credential is of a Secret of {@code namespace}, and so an account that whoever deploys there chose. */
        public boolean ofSecretIn(String namespace) {
            return !namespace.isEmpty() && credential.source().startsWith("secret \"" + namespace + "/");
        }

        public static Found anonymous(List<String> notes) {
            return new Found(Credential.ANONYMOUS, notes);
        }
    }

    /**
     * As {@link #find}, but what was remembered of where credentials come from is read again first: for whoever was answered 401 or 403
     * with what {@code find} gave. If the credential is still the same one, there is no use in trying again.
     */
    default Found refresh(ImageReference reference, Deadline deadline) {
        return find(reference, deadline);
    }

    /** Asks this one, and then {@code next}, whose credentials come after this one's; where this one has none, notes add up. */
    default Keychain or(Keychain next) {
        return new KeychainPair(this, next);
    }
}
