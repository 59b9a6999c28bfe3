package dev.landwaiter.policy;

import dev.landwaiter.sigstore.TrustedRoot;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What policies refer to, as a port: keys in Secrets and ConfigMaps, trust roots. It tells what they hold now; whoever implements it sees to
 * it that a policy is read again when that changes.
 */
public interface Materials {
    /** Nothing to refer to but the public good instance's trust root, as shipped. */
    Materials NONE = new Materials() {};

    /** Nothing to refer to but the public good instance's trust root, as it is now; whoever changes it has the policies read again. */
    static Materials withPublicGood(Supplier<TrustedRoot> publicGood) {
        return new Materials() {
            @Override
            public TrustedRoot publicGood() {
                return publicGood.get();
            }
        };
    }

    /** What the Secret holds. */
    default Stored secret(String namespace, String name) {
        return Stored.Absent.MISSING;
    }

    /** What the ConfigMap holds. */
    default Stored configMap(String namespace, String name) {
        return Stored.Absent.MISSING;
    }

    /** The TrustRoot object of that name; empty where there is none. */
    default Optional<TrustRoot> trustRoot(String name) {
        return Optional.empty();
    }

    /** The trust root of sigstore's public good instance, for whoever names no other. */
    default TrustedRoot publicGood() {
        return TrustedRoot.publicGood();
    }

    /** A Secret or ConfigMap as far as it could be read. */
    sealed interface Stored {
        /**
         * It is there.
         *
         * @param uid of the object, {@code ""} for one of a file: one that is made again has another
         * @param entries its data by key
         */
        record Present(String uid, Map<String, byte[]> entries) implements Stored {
            public Present {
                entries = Map.copyOf(entries);
            }

            @Override
            public String toString() {
                // of a Secret, values must not get into a log
                return "Present[uid=" + uid + ", keys=" + entries.keySet() + "]";
            }
        }

        /**
         * It could not be read.
         *
         * @param why completes 'Could not read Secret "a/b": …'
         */
        record Absent(String why) implements Stored {
            /** Nothing of that name is there. */
            public static final Absent MISSING = new Absent("it does not exist; create it, or name another");
        }
    }
}
