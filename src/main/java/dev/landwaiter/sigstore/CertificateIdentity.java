package dev.landwaiter.sigstore;

import dev.landwaiter.failure.Failure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1UTF8String;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.OtherName;

/** Reads whom a verified certificate names. One that could be read as two identities names none. */
final class CertificateIdentity {
    private static final String SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";
    private static final String OTHER_NAME = FulcioExtension.ARC + 7;
    private static final String ISSUER_RAW = FulcioExtension.ARC + 1;
    private static final String ISSUER = FulcioExtension.ARC + 8;

    private final X509Certificate certificate;

    CertificateIdentity(X509Certificate certificate) {
        this.certificate = certificate;
    }

    /** @throws dev.landwaiter.failure.Failure where it names nobody, or more than one */
    Signer.Certificate read() {
        Map<String, String> extensions = new HashMap<>();
        for (FulcioExtension extension : FulcioExtension.values()) {
            text(extension.oid(), extension.raw()).ifPresent(text -> extensions.put(extension.text(), text));
        }
        return new Signer.Certificate(subject(), issuer(), extensions);
    }

    private String issuer() {
        Optional<String> raw = text(ISSUER_RAW, true);
        Optional<String> issuer = text(ISSUER, false);
        if (raw.isPresent() && issuer.isPresent() && !raw.equals(issuer)) {
            throw Refusal.of("has a certificate that names two issuers, \"%s\" and \"%s\""
                    .formatted(Text.shown(raw.get()), Text.shown(issuer.get())));
        }
        return issuer.or(() -> raw).orElse("");
    }

    private String subject() {
        List<String> names = new ArrayList<>();
        byte[] extension = certificate.getExtensionValue(SUBJECT_ALTERNATIVE_NAME);
        if (extension != null) {
            ASN1Primitive content = der(ASN1OctetString.getInstance(extension).getOctets());
            for (GeneralName name : GeneralNames.getInstance(content).getNames()) {
                names.add(name(name));
            }
        }
        if (names.size() != 1) {
            throw Refusal.of("has a certificate that names %s"
                    .formatted(names.isEmpty() ? "nobody" : names.size() + " identities instead of one"));
        }
        return names.getFirst();
    }

    private static String name(GeneralName name) {
        ASN1Encodable content = name.getName();
        return switch (name.getTagNo()) {
            case GeneralName.rfc822Name, GeneralName.uniformResourceIdentifier -> content.toString();
            case GeneralName.otherName -> otherName(OtherName.getInstance(content));
            default -> throw Refusal.of("has a certificate that names neither a URI nor an e-mail address");
        };
    }

    private static String otherName(OtherName name) {
        if (name.getTypeID().getId().equals(OTHER_NAME) && name.getValue() instanceof ASN1UTF8String text) {
            return text.getString();
        }
        throw Refusal.of("has a certificate that names neither a URI nor an e-mail address");
    }

    private Optional<String> text(String oid, boolean raw) {
        byte[] extension = certificate.getExtensionValue(oid);
        if (extension == null) {
            return Optional.empty();
        }
        byte[] content = ASN1OctetString.getInstance(extension).getOctets();
        if (raw) {
            return Optional.of(utf8(content, oid));
        }
        if (der(content) instanceof ASN1UTF8String text) {
            return Optional.of(text.getString());
        }
        throw unreadable(oid);
    }

    private static String utf8(byte[] text, String oid) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(text))
                    .toString();
        } catch (CharacterCodingException e) {
            throw unreadable(oid);
        }
    }

    private static ASN1Primitive der(byte[] content) {
        try {
            return ASN1Primitive.fromByteArray(content);
        } catch (IOException e) {
            throw Refusal.of("has a certificate with a damaged extension");
        }
    }

    private static Failure unreadable(String oid) {
        return Refusal.of("has a certificate whose extension %s is no text".formatted(oid));
    }
}
