package dev.landwaiter.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.certs.SelfSignedAuthority;
import dev.landwaiter.certs.ServingCertificate;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class OneKeyManagerTest {
    private static final X509Certificate ANY =
            new SelfSignedAuthority("any", Duration.ofDays(1), Clock.systemUTC()).certificate();

    private static OneKeyManager of(String algorithm) throws GeneralSecurityException {
        PrivateKey key =
                KeyPairGenerator.getInstance(algorithm).generateKeyPair().getPrivate();
        return new OneKeyManager(new ServingCertificate(List.of(ANY), key));
    }

    @Test
    void itsCertificateAndKeyAreShownAsTheyAre() throws GeneralSecurityException {
        OneKeyManager manager = of("EC");
        String alias = manager.chooseEngineServerAlias("EC", null, null);

        assertThat(alias).isNotNull();
        assertThat(manager.getCertificateChain(alias)).containsExactly(ANY);
        assertThat(manager.getPrivateKey(alias)).isNotNull();
        assertThat(manager.getServerAliases("EC", null)).containsExactly(alias);
    }

    @Test
    void itIsChosenForItsOwnKindOfKeyAlone() throws GeneralSecurityException {
        for (String type : List.of("EC", "EC_EC", "EC_RSA")) {
            assertThat(of("EC").chooseServerAlias(type, null, null)).as(type).isNotNull();
            assertThat(of("RSA").chooseServerAlias(type, null, null)).as(type).isNull();
        }
        assertThat(of("RSA").chooseServerAlias("RSA", null, null)).isNotNull();
        assertThat(of("EC").chooseServerAlias("RSA", null, null)).isNull();
    }

    @Test
    void itIsNoClients() throws GeneralSecurityException {
        assertThat(of("EC").chooseClientAlias(new String[] {"EC"}, null, null)).isNull();
        assertThat(of("EC").getClientAliases("EC", null)).isNull();
        assertThat(of("EC").getPrivateKey("other")).isNull();
    }
}
