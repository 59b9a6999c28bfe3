package dev.landwaiter.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.http.HttpTransport.Peer;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressGuardTest {
    private final AddressGuard guard = new AddressGuard(List.of(), Set.of());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "8.8.8.8",
                "140.82.121.34",
                "100.63.255.255",
                "100.128.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "192.167.255.255",
                "169.253.255.255",
                "223.255.255.255",
                "2001:4860:4860::8888",
                "2606:50c0:8000::64",
                "::ffff:8.8.8.8",
                "::8.8.8.8",
                "64:ff9b::8.8.8.8",
                "2002:808:808::1",
                "2001:0:4136:e378:8000:63bf:f7f7:f7f7"
            })
    void publicAddressesAreForAnyone(String address) {
        assertThat(refused(address, Peer.NAMED)).isFalse();
        assertThat(refused(address, Peer.REFERRED)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.1",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "100.64.0.1",
                "100.127.255.255",
                "198.18.0.1",
                "fc00::1",
                "fd12:3456::1",
                "fec0::1",
                "::ffff:10.0.0.1",
                "::10.0.0.1",
                "::ffff:0:10.0.0.1",
                "64:ff9b::10.0.0.1",
                "64:ff9b:1::10.0.0.1",
                "64:ff9b:1::8.8.8.8",
                "64:ff9b:1:a00:0:100::",
                "2002:a00:1::1",
                "2001:0:4136:e378:8000:63bf:f5ff:fffe"
            })
    void privateAddressesAreForTheRegistryThatAReferenceNames(String address) {
        assertThat(refused(address, Peer.NAMED)).isFalse();
        assertThat(refused(address, Peer.REFERRED)).isTrue();
    }

    @ParameterizedTest
    @DisplayName("Attack 39: what is no registry's address is refused in every form")
    @Tag("attack-39")
    @ValueSource(
            strings = {
                "0.0.0.0",
                "0.1.2.3",
                "127.0.0.1",
                "127.255.255.254",
                "169.254.0.1",
                "169.254.169.254",
                "100.100.100.200",
                "168.63.129.16",
                "192.0.0.192",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "192.0.2.1",
                "::",
                "::1",
                "fe80::1",
                "febf::1",
                "fd00:ec2::254",
                "fd20:ce::254",
                "ff02::1",
                "2001:db8::1",
                "100::1",
                "4000::1",
                "::ffff:127.0.0.1",
                "::ffff:0.0.0.0",
                "::ffff:169.254.169.254",
                "::127.0.0.1",
                "::169.254.169.254",
                "::ffff:0:127.0.0.1",
                "64:ff9b::127.0.0.1",
                "64:ff9b::169.254.169.254",
                "64:ff9b:1::169.254.169.254",
                "64:ff9b:1:a9fe:a9:fe00::",
                "64:ff9b:1:7f00:0:100:808:808",
                "64:ff9b:1::",
                "2002:7f00:1::1",
                "2002:a9fe:a9fe::1",
                "2001:0:4136:e378:8000:63bf:80ff:fffe"
            })
    void whatIsNoRegistrysAddressIsRefused(String address) {
        assertThat(refused(address, Peer.NAMED)).isTrue();
        assertThat(refused(address, Peer.REFERRED)).isTrue();
    }

    @Test
    @DisplayName("Attack 39: IPv4 in sixteen bytes is read as IPv4, also where the JDK left it so")
    @Tag("attack-39")
    void ipv4InSixteenBytesIsReadAsIpv4() throws UnknownHostException {
        byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0xff, (byte) 0xff, 127, 0, 0, 1};
        InetAddress kept = Inet6Address.getByAddress("mapped", mapped, 0);

        assertThat(guard.refusal("x", kept, Peer.NAMED)).isPresent();
    }

    @Test
    void aSettingAllowsAddressesToAnyone() {
        AddressGuard allowing =
                new AddressGuard(List.of(Cidr.parse("127.0.0.0/8"), Cidr.parse("10.1.0.0/16")), Set.of());

        assertThat(allowing.refusal("x", InetAddress.ofLiteral("127.0.0.1"), Peer.REFERRED))
                .isEmpty();
        assertThat(allowing.refusal("x", InetAddress.ofLiteral("10.1.2.3"), Peer.REFERRED))
                .isEmpty();
        assertThat(allowing.refusal("x", InetAddress.ofLiteral("10.2.2.3"), Peer.REFERRED))
                .isPresent();
        assertThat(allowing.refusal("x", InetAddress.ofLiteral("::1"), Peer.NAMED))
                .isPresent();
    }

    @Test
    void aSettingAllowsAHostAtPrivateAddressesButAtNoOthers() {
        AddressGuard allowing = new AddressGuard(List.of(), Set.of("storage.acme.internal"));

        assertThat(allowing.refusal("Storage.acme.internal", InetAddress.ofLiteral("10.1.2.3"), Peer.REFERRED))
                .isEmpty();
        assertThat(allowing.refusal("other.acme.internal", InetAddress.ofLiteral("10.1.2.3"), Peer.REFERRED))
                .isPresent();
        assertThat(allowing.refusal("storage.acme.internal", InetAddress.ofLiteral("127.0.0.1"), Peer.REFERRED))
                .isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.2.3, NAMED, ''",
        "10.1.2.3, REFERRED, '10.1.2.3 is a private address, and another host named it'",
        "169.254.169.254, NAMED, '169.254.169.254 is a cloud''s metadata address'",
        "0.0.0.0, NAMED, '0.0.0.0 is the unspecified address'",
        "224.0.0.1, NAMED, '224.0.0.1 is a multicast address'"
    })
    void aRefusalSaysWhatTheAddressIs(String address, Peer peer, String why) {
        assertThat(guard.refusal("x", InetAddress.ofLiteral(address), peer).orElse(""))
                .isEqualTo(why);
    }

    private boolean refused(String address, Peer peer) {
        return guard.refusal("registry.test", InetAddress.ofLiteral(address), peer)
                .isPresent();
    }
}
