package dev.landwaiter.sigstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.testregistry.PrivateSigstore;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedRootTest {
    private final ObjectNode root = new PrivateSigstore(() -> World.NOW).trustedRootJson();

    private ObjectNode entry(String kind) {
        return (ObjectNode) root.path(kind).path(0);
    }

    private void invalid(String why) {
        assertThatThrownBy(() -> World.root(root))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.code()).isEqualTo(Code.TRUST_ROOT_INVALID))
                .hasMessage(
                        "Could not read the trust root: %s. Expected: sigstore's trusted_root.json, as \"cosign trusted-root create\" writes it."
                                .formatted(why));
    }

    @Test
    void thePublicGoodInstanceIsShippedInside() {
        TrustedRoot publicGood = TrustedRoot.publicGood();
        assertThat(publicGood.certificateAuthorities()).hasSize(2);
        assertThat(publicGood.certificateLogs()).hasSize(2);
        assertThat(publicGood.timestampAuthorities()).hasSize(1);
        assertThat(publicGood.logs("cf1199155bddd051268d1f16ac5c0c75c009f6fb5a63f4177f8e18d7051e3fa0"))
                .extracting(Log::name, log -> log.validity().toString())
                .containsExactly(tuple("log2025-1.rekor.sigstore.dev", "2025-09-23T00:00:00Z on"));
        assertThat(TrustedRoot.publicGood()).isSameAs(publicGood);
    }

    @Test
    void whatSaysTheSameHasTheSameDigest() {
        ObjectNode reordered = Recorded.JSON.createObjectNode();
        List.copyOf(root.properties()).reversed().forEach(field -> reordered.set(field.getKey(), field.getValue()));
        byte[] spaced = reordered.toPrettyString().getBytes(StandardCharsets.UTF_8);
        assertThat(TrustedRoot.parse(spaced, "it")).isEqualTo(World.root(root));
        String digest = World.root(root).digest();
        World.validity(entry("tlogs")).put("end", "2030-01-01T00:00:00Z");
        assertThat(World.root(root).digest()).startsWith("sha256:").isNotEqualTo(digest);
    }

    @Test
    void aValidityIncludesBothEnds() {
        Validity validity = new Validity(Instant.EPOCH, Instant.EPOCH.plusSeconds(1));
        assertThat(validity.contains(Instant.EPOCH)).isTrue();
        assertThat(validity.contains(Instant.EPOCH.plusSeconds(1))).isTrue();
        assertThat(validity.contains(Instant.EPOCH.minusNanos(1))).isFalse();
        assertThat(validity.contains(Instant.EPOCH.plusSeconds(1).plusNanos(1))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "tlogs, tlogs[0].publicKey.validFor.start",
        "ctlogs, ctlogs[0].publicKey.validFor.start",
        "certificateAuthorities, certificateAuthorities[0].validFor.start",
        "timestampAuthorities, timestampAuthorities[0].validFor.start"
    })
    void nothingHasCountedSinceEver(String kind, String field) {
        World.validity(entry(kind)).remove("start");
        invalid(field + " is missing");
        World.validity(entry(kind)).put("start", "yesterday");
        invalid(field + " is not a time like \"2025-01-31T00:00:00Z\"");
    }

    @Test
    void anOpenEndMayBeNull() {
        World.validity(entry("tlogs")).putNull("end");
        assertThat(World.root(root).digest()).isNotEmpty();
    }

    @Test
    void aKeyOfAnUnknownKindVouchesForNothing() {
        String id = entry("tlogs").path("logId").path("keyId").textValue();
        String hex = HexFormat.of().formatHex(Base64.getDecoder().decode(id));
        assertThat(World.root(root).logs(hex)).hasSize(1);
        // ML-DSA-65 of the future
        ((ObjectNode) entry("tlogs").path("publicKey"))
                .put("rawBytes", "MBYwCwYJYIZIAWUDBAMSAwcAAQIDBAUG")
                .put("keyDetails", "ML_DSA_65");
        assertThat(World.root(root).logs(hex)).isEmpty();
    }

    @Test
    void anAuthorityBringsItsWholeChain() {
        ((ObjectNode) entry("certificateAuthorities").path("certChain")).putArray("certificates");
        invalid("certificateAuthorities[0] has no certificate");
    }

    @Test
    void aChainIsInOrder() {
        ObjectNode chain = (ObjectNode) entry("certificateAuthorities").path("certChain");
        chain.withArray("certificates").add(chain.withArray("certificates").remove(0));
        assertThatThrownBy(() -> World.root(root))
                .hasMessageStartingWith(
                        "Could not read the trust root: certificateAuthorities[0] has a chain in which one certificate was not issued by the next");
    }

    @Test
    void aDamagedCertificateIsTold() {
        ((ObjectNode) entry("timestampAuthorities")
                        .path("certChain")
                        .path("certificates")
                        .path(1))
                .put("rawBytes", "AAAA");
        invalid("timestampAuthorities[0].certChain.certificates[1] is not a usable certificate");
    }

    @Test
    void anIdIsTheHashOfAKey() {
        ((ObjectNode) entry("tlogs").path("logId")).put("keyId", "AAAA");
        invalid("tlogs[0] has a logId of 3 bytes; 32 were expected");
    }

    @Test
    void anotherDocumentIsTold() {
        root.put("mediaType", "application/vnd.dev.sigstore.bundle.v0.3+json");
        invalid(
                "mediaType is \"application/vnd.dev.sigstore.bundle.v0.3+json\" instead of \"application/vnd.dev.sigstore.trustedroot…\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{", "\"text\"", "{\"mediaType\":1}", "{\"a\":1,\"a\":2}"})
    void whatIsNoDocumentIsRefused(String json) {
        assertThatThrownBy(() -> TrustedRoot.parse(json.getBytes(StandardCharsets.UTF_8), "the trust root"))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.code()).isEqualTo(Code.TRUST_ROOT_INVALID))
                .hasMessageStartingWith("Could not read the trust root: ");
    }

    @Test
    void tooMuchOfItIsRefused() {
        assertThatThrownBy(() -> TrustedRoot.parse(new byte[(1 << 20) + 1], "the trust root"))
                .hasMessageStartingWith(
                        "Could not read the trust root: it exceeds the limit 'trust-root-bytes' of 1048576 bytes.");
        for (int i = 0; i < 300; i++) {
            root.withArray("tlogs").add(entry("tlogs"));
        }
        assertThatThrownBy(() -> World.root(root))
                .hasMessage(
                        "Could not read the trust root: tlogs exceeds the limit 'trust-root-entries' of 256 entries. If it is meant to be that large, raise the setting --limit trust-root-entries=….");
    }

    @Test
    @DisplayName(
            "several documents, one a line, are one trust root of several instances: as gh attestation trusted-root prints them")
    void severalDocumentsAreOneTrustRoot() {
        ObjectNode other = new PrivateSigstore(() -> World.NOW).trustedRootJson();
        TrustedRoot both = lines(root.toString(), "", other.toString());
        assertThat(both.instances()).hasSize(2);
        assertThat(both.certificateAuthorities()).hasSize(2);
        assertThat(both.logs()).hasSize(4);
        assertThat(both.timestampAuthorities()).hasSize(2);
        assertThat(both.title()).isEqualTo("the trust root");
        assertThat(both).isNotEqualTo(World.root(root)).isNotEqualTo(World.root(other));
        assertThat(both).isNotEqualTo(lines(other.toString(), root.toString()));
    }

    @Test
    void oneDocumentIsOneHoweverManyLinesItHas() {
        assertThat(lines(root.toString())).isEqualTo(World.root(root));
        assertThat(lines("", root.toPrettyString(), "")).isEqualTo(World.root(root));
        assertThat(World.root(root).instances()).hasSize(1);
    }

    @Test
    void aLineThatCannotBeUsedIsToldByItsNumber() {
        assertThatThrownBy(() -> lines(root.toString(), "{\"mediaType\": \"application/json\"}"))
                .hasMessage(
                        "Could not read the trust root, line 2: mediaType is \"application/json\" instead of \"application/vnd.dev.sigstore.trustedroot…\". Expected: sigstore's trusted_root.json, as \"cosign trusted-root create\" writes it.");
        assertThatThrownBy(() -> lines(root.toString(), root.toString(), "{"))
                .hasMessageStartingWith("Could not read the trust root, line 3: it is not well-formed JSON");
    }

    @Test
    void tooManyLinesAreRefused() {
        String small = "{\"mediaType\": \"application/vnd.dev.sigstore.trustedroot+json;version=0.1\"}";
        assertThat(lines(Collections.nCopies(256, small).toArray(String[]::new)).instances())
                .hasSize(256);
        assertThatThrownBy(() -> lines(Collections.nCopies(257, small).toArray(String[]::new)))
                .hasMessageStartingWith(
                        "Could not read the trust root: it exceeds the limit 'trust-root-entries' of 256 entries");
    }

    private static TrustedRoot lines(String... lines) {
        return TrustedRoot.parse((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8), "the trust root");
    }
}
