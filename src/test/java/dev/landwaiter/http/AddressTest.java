package dev.landwaiter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {
    static Stream<Arguments> asRegistriesWrite() {
        return table("""
                    https://ghcr.io                          https://ghcr.io/
                    https://ghcr.io/v2/                      https://ghcr.io/v2/
                    HTTPS://GHCR.IO/V2/                      https://ghcr.io/V2/
                    https://ghcr.io:443/                     https://ghcr.io/
                    https://ghcr.io:/                        https://ghcr.io/
                    https://ghcr.io:80/                      https://ghcr.io:80/
                    http://ghcr.io:80/                       http://ghcr.io/
                    http://ghcr.io:5000/                     http://ghcr.io:5000/
                    https://ghcr.io?a=b                      https://ghcr.io/?a=b
                    https://ghcr.io/a?                       https://ghcr.io/a?
                    https://ghcr.io/a#part                   https://ghcr.io/a
                    https://ghcr.io/a?b#part?c               https://ghcr.io/a?b
                    https://ghcr.io/a?b=/c?d:e@f             https://ghcr.io/a?b=/c?d:e@f
                    https://ghcr.io/a/../b/./c               https://ghcr.io/b/c
                    https://ghcr.io/a//b                     https://ghcr.io/a//b
                    https://ghcr.io/a%20b%2Fc                https://ghcr.io/a%20b%2Fc
                    https://ghcr.io/a|b{c}^d"e`f             https://ghcr.io/a%7Cb%7Bc%7D%5Ed%22e%60f
                    https://ghcr.io/a\\b                     https://ghcr.io/a%5Cb
                    https://ghcr.io/a?b=|{}^"`<>\\[]         https://ghcr.io/a?b=|{}^"`<>\\[]
                    https://ghcr.io/a?b=100%                 https://ghcr.io/a?b=100%
                    https://ghcr.io/a?b=%7C                  https://ghcr.io/a?b=%7C
                    https://ghcr.io/ä?ö                      https://ghcr.io/%E4?%F6
                    https://ghcr.io/€                        https://ghcr.io/%E2%82%AC
                    https://my_registry:5000/                https://my_registry:5000/
                    https://registry.k8s.1a/                 https://registry.k8s.1a/
                    https://10.0.0.1:5000/a                  https://10.0.0.1:5000/a
                    https://[::1]:5000/a                     https://[::1]:5000/a
                    https://[FE80::1]/a                      https://[fe80::1]/a
                    https://[::ffff:10.0.0.1]/a              https://[::ffff:10.0.0.1]/a
                    """);
    }

    @ParameterizedTest
    @MethodSource("asRegistriesWrite")
    void readsWhatRegistriesWrite(String text, String read) {
        assertThat(Address.find(text)).map(Address::toString).contains(read);
    }

    @Test
    void spacesAreEncoded() {
        assertThat(Address.find(" https://ghcr.io/a b?c d "))
                .map(Address::toString)
                .contains("https://ghcr.io/a%20b?c%20d");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/v2/",
                "ghcr.io/v2/",
                "//ghcr.io/v2/",
                "https:",
                "https://",
                "https:///a",
                "https:/a",
                "https:a",
                "://ghcr.io/",
                "ftp://ghcr.io/",
                "file:///etc/passwd",
                "javascript:alert(1)",
                "https://ann@ghcr.io/",
                "https://ann:pw@ghcr.io/",
                "https://ghcr.io\\@evil.test/",
                "https://ghcr.io:pw/",
                "https://ghcr.io:0/",
                "https://ghcr.io:65536/",
                "https://ghcr.io:99999999999/",
                "https://ghcr.io:-1/",
                "https://ghcr.io:٣/",
                "https://ghcr..io/",
                "https://ghcr.io./",
                "https://.ghcr.io/",
                "https://gh cr.io/",
                "https://ghcr%2eio/",
                "https://bücher.test/",
                "https://\u212A8s.test/",
                "https://[1:2]/",
                "https://[::g]/",
                "https://[::1/",
                "https://::1/",
                "https://[127.0.0.1]/",
                "https://[fe80::1%25eth0]/",
                "https://[fe80::1%eth0]/",
                "https://[]/",
                "https://[bad",
                "https://ghcr.io/a%2",
                "https://ghcr.io/a%zz",
                "https://ghcr.io/a\nb",
                "https://ghcr.io/a?b\u0000",
                "https://ghcr.io/\u007f"
            })
    void refusesWhatIsNone(String text) {
        assertThat(Address.find(text)).isEmpty();
    }

    @Test
    void aHostThatIsTooLongIsNone() {
        assertThat(Address.find("https://" + "a.".repeat(126) + "a/")).isPresent();
        assertThat(Address.find("https://" + "a.".repeat(127) + "a/")).isEmpty();
    }

    /** RFC 3986, section 5.4, with an address of ours for its base {@code http://a/b/c/d;p?q}; what it keeps for schemes without hosts is refused. */
    static Stream<Arguments> ofTheSpecification() {
        return table("""
                    g            http://a/b/c/g
                    ./g          http://a/b/c/g
                    g/           http://a/b/c/g/
                    /g           http://a/g
                    //g          http://g/
                    ?y           http://a/b/c/d;p?y
                    g?y          http://a/b/c/g?y
                    #s           http://a/b/c/d;p?q
                    g#s          http://a/b/c/g
                    g?y#s        http://a/b/c/g?y
                    ;x           http://a/b/c/;x
                    g;x          http://a/b/c/g;x
                    g;x?y#s      http://a/b/c/g;x?y
                    .            http://a/b/c/
                    ./           http://a/b/c/
                    ..           http://a/b/
                    ../          http://a/b/
                    ../g         http://a/b/g
                    ../..        http://a/
                    ../../       http://a/
                    ../../g      http://a/g
                    ../../../g   http://a/g
                    /./g         http://a/g
                    /../g        http://a/g
                    g.           http://a/b/c/g.
                    .g           http://a/b/c/.g
                    g..          http://a/b/c/g..
                    ..g          http://a/b/c/..g
                    ./../g       http://a/b/g
                    ./g/.        http://a/b/c/g/
                    g/./h        http://a/b/c/g/h
                    g/../h       http://a/b/c/h
                    g;x=1/./y    http://a/b/c/g;x=1/y
                    g;x=1/../y   http://a/b/c/y
                    g?y/./x      http://a/b/c/g?y/./x
                    g?y/../x     http://a/b/c/g?y/../x
                    https://h/i  https://h/i
                    """);
    }

    @ParameterizedTest
    @MethodSource("ofTheSpecification")
    void resolvesAsTheSpecificationSays(String reference, String meant) {
        assertThat(Address.of("http://a/b/c/d;p?q").resolve(reference))
                .map(Address::toString)
                .contains(meant);
    }

    @Test
    void resolvesAgainstARoot() {
        Address root = Address.of("https://ghcr.io");

        assertThat(root.resolve("a").map(Address::toString)).contains("https://ghcr.io/a");
        assertThat(root.resolve("").map(Address::toString)).contains("https://ghcr.io/");
        assertThat(root.resolve("?a").map(Address::toString)).contains("https://ghcr.io/?a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http:g", "g:h", "//ann@g", "//[1:2]/", "/%zz", "/a\tb", "https://", "//"})
    void refusesToResolveWhatIsNone(String reference) {
        assertThat(Address.of("http://a/b/c/d;p?q").resolve(reference)).isEmpty();
    }

    @Test
    void addsParameters() {
        assertThat(Address.of("https://a/token").with("b=c")).hasToString("https://a/token?b=c");
        assertThat(Address.of("https://a/token?").with("b=c")).hasToString("https://a/token?b=c");
        assertThat(Address.of("https://a/token?x").with("b=c")).hasToString("https://a/token?x&b=c");
    }

    @Test
    void tellsOriginsApart() {
        Address address = Address.of("https://ghcr.io/a");

        assertThat(address.sameOrigin(Address.of("HTTPS://GHCR.io:443/b?c"))).isTrue();
        assertThat(address.sameOrigin(Address.of("https://ghcr.io:5000/a"))).isFalse();
        assertThat(address.sameOrigin(Address.of("http://ghcr.io:443/a"))).isFalse();
        assertThat(address.sameOrigin(Address.of("https://evil-ghcr.io/a"))).isFalse();
    }

    @Test
    void whatTheProgramWritesMustBeOne() {
        assertThatIllegalArgumentException().isThrownBy(() -> Address.of("/v2/"));
    }

    /** Two columns, apart by spaces. */
    private static Stream<Arguments> table(String text) {
        return text.lines().map(line -> Arguments.of((Object[]) line.strip().split(" +")));
    }
}
