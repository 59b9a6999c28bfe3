package dev.landwaiter.transport;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.landwaiter.fuzzing.Parsed;
import dev.landwaiter.fuzzing.Seeds;
import java.net.InetAddress;

/** Settings of the transport, as admins write them. */
class TransportFuzzTest {
    @Seeds({"10.0.0.0/8", "fd00::/8", "::ffff:10.0.0.1/104", "127.0.0.1", "1.2.3/24"})
    @FuzzTest
    void aBlockHoldsItsFirstAddress(byte[] data) {
        Parsed.by(() -> Cidr.parse(Parsed.text(data))).ifPresent(block -> {
            assertThat(block.contains(block.address())).isTrue();
            assertThat(Cidr.parse(block.address().getHostAddress() + "/" + block.prefix())
                            .address())
                    .isEqualTo(block.address());
        });
    }

    @Seeds({"http://user:password@proxy.internal:3128", "proxy.internal:3128", "http://[::1]:80/"})
    @FuzzTest
    void aProxyHasAHostAndAPort(byte[] data) {
        Parsed.by(() -> ProxySettings.parse(Parsed.text(data), "")).ifPresent(proxy -> {
            assertThat(proxy.host()).isNotEmpty();
            assertThat(proxy.port()).isBetween(0, 65_535);
        });
    }

    @Seeds({"acme.internal,.b.internal, 10.0.0.0/8,*", "localhost,[::1],10.0.0.1:443,10/8"})
    @FuzzTest
    void whatNeedsNoProxyIsSaidOfAnyHost(byte[] data) {
        ProxySettings proxy = ProxySettings.parse("http://proxy.internal:3128", Parsed.text(data));

        assertThat(proxy.bypasses("localhost", 443, null)).isTrue();
        assertThat(proxy.bypasses("10.1.2.3", 443, InetAddress.ofLiteral("10.1.2.3")))
                .isEqualTo(proxy.bypasses("10.1.2.3", 443, InetAddress.ofLiteral("10.1.2.3")));
    }
}
