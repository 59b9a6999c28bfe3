package dev.landwaiter.certs;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What has to be changed in the cluster. */
public sealed interface RotationAction {
    /** In one word, for programs: an event's reason. */
    String reason();

    /** A sentence for people. */
    String why();

    /** Has the authorities' Secret hold {@code entries} and nothing else. */
    record WriteAuthorities(Map<String, byte[]> entries, String reason, String why) implements RotationAction {
        public WriteAuthorities {
            entries = Map.copyOf(entries);
        }

        /** Without the keys. */
        @Override
        public String toString() {
            return reason;
        }
    }

    /** Has the certificate's Secret hold {@code entries} and nothing else. */
    record WriteCertificate(Map<String, byte[]> entries, String reason, String why) implements RotationAction {
        public WriteCertificate {
            entries = Map.copyOf(entries);
        }

        /** Without the key. */
        @Override
        public String toString() {
            return reason;
        }
    }

    /** Has the {@code caBundle} of every place hold {@code authorities} and no others. */
    record Trust(List<X509Certificate> authorities, String reason, String why) implements RotationAction {
        public Trust {
            authorities = List.copyOf(authorities);
        }

        /** The bundle in PEM. */
        public String pem() {
            return authorities.stream().map(ServingCertificate::pem).collect(Collectors.joining());
        }
    }
}
