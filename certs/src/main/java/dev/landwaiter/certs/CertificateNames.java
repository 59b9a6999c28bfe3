package dev.landwaiter.certs;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/** What a certificate calls its owner: the common name, and the DNS names and URIs of its subject alternative names. */
public final class CertificateNames {
    /** RFC 5280, section 4.2.1.6: the choices of GeneralName. */
    private static final int DNS = 2;

    private static final int URI = 6;

    private CertificateNames() {}

    /** All of them, as they stand there. Where the subject has several common names none of them counts: readers differ in which is meant. */
    public static Set<String> of(X509Certificate certificate) {
        Set<String> names = new LinkedHashSet<>();
        List<String> common = commonNames(certificate);
        if (common.size() == 1) {
            names.add(common.getFirst());
        }
        try {
            Collection<List<?>> alternative = certificate.getSubjectAlternativeNames();
            if (alternative != null) {
                for (List<?> name : alternative) {
                    boolean counts = name.get(0) instanceof Integer kind && (kind == DNS || kind == URI);
                    if (counts && name.get(1) instanceof String text) {
                        names.add(text);
                    }
                }
            }
        } catch (CertificateParsingException e) {
            // names that cannot be read name nobody
            return Set.of();
        }
        return names;
    }

    private static List<String> commonNames(X509Certificate certificate) {
        try {
            return new LdapName(certificate.getSubjectX500Principal().getName())
                    .getRdns().stream()
                            .filter(rdn -> rdn.size() == 1 && rdn.getType().equalsIgnoreCase("CN"))
                            .map(Rdn::getValue)
                            .filter(String.class::isInstance)
                            .map(String.class::cast)
                            .toList();
        } catch (InvalidNameException e) {
            return List.of();
        }
    }
}
