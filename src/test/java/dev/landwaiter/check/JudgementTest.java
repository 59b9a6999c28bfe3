package dev.landwaiter.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.image.Digest;
import dev.landwaiter.image.ImageReference;
import dev.landwaiter.image.Platform;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import dev.landwaiter.policy.Authority;
import dev.landwaiter.policy.Exemption;
import dev.landwaiter.policy.ImageGlob;
import dev.landwaiter.policy.ImagePolicy;
import dev.landwaiter.policy.LabelSelector;
import dev.landwaiter.policy.Mode;
import dev.landwaiter.policy.OnUnavailable;
import dev.landwaiter.verify.Verdict;
import dev.landwaiter.workload.ImageSlot;
import dev.landwaiter.workload.ImageSlotReader;
import dev.landwaiter.workload.WorkloadKinds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JudgementTest {
    private static final ImageReference API = ImageReference.parse("r.test/acme/api:1");
    private static final Digest DIGEST = Digest.sha256("api".getBytes(StandardCharsets.UTF_8));
    private static final Exemption EXEMPTION = new Exemption(
            "until-signed",
            Set.of("signed"),
            List.of(),
            Set.of(),
            Instant.parse("2027-01-01T00:00:00Z"),
            "their signing key is being replaced",
            null);

    private final ImageSlot slot = slot();
    private final Failure down = new Failure(
            Code.REGISTRY_UNREACHABLE, "Could not resolve \"r.test/acme/api:1\": connection refused. Try again.");

    private static ImageSlot slot() {
        try {
            JsonNode pod = new JsonMapper()
                    .readTree("{\"spec\":{\"containers\":[{\"name\":\"api\",\"image\":\"r.test/acme/api:1\"}]}}");
            return new ImageSlotReader(Limits.defaults())
                    .slots(pod, WorkloadKinds.POD)
                    .getFirst();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ImagePolicy policy(Mode mode, OnUnavailable onUnavailable) {
        return new ImagePolicy(
                "signed",
                "",
                List.of(new ImageGlob("r.test/**")),
                LabelSelector.ALL,
                List.of(),
                mode,
                onUnavailable,
                List.of(new Authority.StaticFail("fail", "")),
                1,
                null,
                "content");
    }

    private static Finding finding(Finding.PolicyVerdict verdict, @Nullable Failure unconfirmed) {
        return new Finding("r.test/acme/api:1", API, DIGEST, null, List.of(verdict), null, false, unconfirmed);
    }

    private Judgement.Result judged(Finding finding) {
        return judged(finding, Limits.defaults());
    }

    private Judgement.Result judged(Finding finding, Limits limits) {
        Judgement judgement = new Judgement(
                new AdmissionRules(
                        AdmissionRules.NoMatch.ADMIT, AdmissionRules.OnUnresolved.ADMIT, Platform.parse("linux/amd64")),
                limits,
                Judgement.Force.DENIES);
        Judgement.Judged _ = judgement.judge(slot, finding, false);
        return judgement.result();
    }

    @Test
    void anExceptionIsNeverSilentWhateverItLetsThrough() {
        Verdict rejected = new Verdict.Rejected(Code.SIGNATURE_MISSING, "no signature was found. Sign it.");
        Verdict unavailable = Verdict.of(down);
        for (Verdict verdict : List.of(rejected, unavailable)) {
            Judgement.Result result = judged(finding(
                    new Finding.PolicyVerdict(policy(Mode.ENFORCE, OnUnavailable.DENY), verdict, EXEMPTION), null));

            assertThat(result.problems()).isEmpty();
            assertThat(result.warnings())
                    .singleElement()
                    .asString()
                    .contains("until-signed", "2027-01-01", "their signing key is being replaced", "\"signed\"");
        }
    }

    @Test
    void anImageThatIsTakenForWhatItsTagNamedLastIsSaidToBe() {
        Finding.PolicyVerdict fine = new Finding.PolicyVerdict(
                policy(Mode.ENFORCE, OnUnavailable.DENY), new Verdict.Verified(List.of()), null);

        assertThat(judged(finding(fine, down)).warnings())
                .singleElement()
                .asString()
                .contains("taken for what its tag named last", DIGEST.toString(), "connection refused");
        assertThat(judged(finding(fine, null)).warnings()).isEmpty();
    }

    @Test
    void whatCouldNotBeCheckedFollowsThePolicy() {
        Judgement.Result admitted = judged(finding(
                new Finding.PolicyVerdict(policy(Mode.ENFORCE, OnUnavailable.ADMIT), Verdict.of(down), null), null));
        Judgement.Result denied = judged(finding(
                new Finding.PolicyVerdict(policy(Mode.ENFORCE, OnUnavailable.DENY), Verdict.of(down), null), null));

        assertThat(admitted.problems()).isEmpty();
        assertThat(admitted.warnings()).singleElement().asString().contains("admitted unchecked");
        assertThat(denied.problems())
                .singleElement()
                .satisfies(
                        problem -> assertThat(problem.message()).contains("could not resolve it: connection refused"));
    }

    @Test
    void ofManyWarningsTheLastSaysHowManyThereAre() {
        Limits two = Limits.of(Map.of(Limit.WARNINGS, 2L));
        Judgement judgement = new Judgement(
                new AdmissionRules(
                        AdmissionRules.NoMatch.WARN, AdmissionRules.OnUnresolved.ADMIT, Platform.parse("linux/amd64")),
                two,
                Judgement.Force.DENIES);
        for (int i = 0; i < 3; i++) {
            ImageSlot other = new ImageSlot(slot.place(), i, "c" + i, slot.reference(), slot.spec());
            Judgement.Judged _ = judgement.judge(
                    other, new Finding("r.test/acme/api:1", API, DIGEST, null, List.of(), null, false), false);
        }

        assertThat(judgement.result().warnings()).hasSize(2).last().isEqualTo("There are 2 more warnings.");
    }
}
