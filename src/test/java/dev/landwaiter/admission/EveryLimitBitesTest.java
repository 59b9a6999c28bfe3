package dev.landwaiter.admission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Each limit has an effect: lowered by the setting, it refuses an input that is fine by default, and the message names it. Limits that make
 * work wait, or forget, or that need a peer which is slow, are shown to bite by the tests that {@link #SHOWN_BY} names.
 */
class EveryLimitBitesTest {
    private static final List<Path> TESTS = Stream.of("src", "certs/src", "webhook/src", "e2e/src")
            .map(module -> Path.of("..", module, "test", "java"))
            .toList();

    /** What is told and cut, never refused: the answer is shorter where the limit is lowered, and says so. */
    private static final Map<Limit, Long> CUTS =
            new EnumMap<>(Map.of(Limit.PROBLEMS, 2L, Limit.MESSAGE_CHARACTERS, 40L, Limit.AUDIT_CHARACTERS, 200L));

    /** Limits that are shown elsewhere: they need time, a server, or much at once. */
    private static final Map<Limit, String> SHOWN_BY = new EnumMap<>(Limit.class);

    static {
        SHOWN_BY.put(Limit.STATEMENT_TOKENS, "ClaimReaderTest#tokensAreBounded");
        SHOWN_BY.put(Limit.SUBJECTS, "ClaimReaderTest#aStatementStuffedWithSubjectsIsNoSignature");
        SHOWN_BY.put(Limit.ERROR_BYTES, "VertxTransportIT#anErrorKeepsItsStatusHoweverLongItsExplanation");
        SHOWN_BY.put(Limit.RESPONSE_HEADER_BYTES, "VertxTransportIT#headersAreBounded");
        SHOWN_BY.put(Limit.REFERRERS_PAGES, "OciRegistryIT#pagesOfReferrersAreFollowedOnTheSameRegistryUpToALimit");
        SHOWN_BY.put(Limit.SIGNATURES, "PolicyVerifierTest#ofVeryManySignaturesALimitedNumberIsRead");
        SHOWN_BY.put(Limit.SIGNATURES_BYTES, "PolicyVerifierTest#manyLargeSignaturesAreReadOnlyUntilTheirCommonLimit");
        SHOWN_BY.put(Limit.IMAGE_REQUESTS_AT_ONCE, "StreamsIT#aStreamSpendsFromTheBudget");
        SHOWN_BY.put(Limit.IMAGES_AT_ONCE, "ImageChecksTest#whatHadNoTurnIsRefused");
        SHOWN_BY.put(Limit.IMAGE_DOWNLOAD_BYTES, "BudgetIT#bytesCountAsTheyArrive");
        SHOWN_BY.put(Limit.REVIEW_DOWNLOAD_BYTES, "BudgetTest#bytesAreSharedLikewise");
        SHOWN_BY.put(Limit.ORDINARY_REQUESTS, "BudgetTest#eachImageHasWhatAnOrdinaryOneNeeds");
        SHOWN_BY.put(Limit.ORDINARY_DOWNLOAD_BYTES, "BudgetTest#contentOfMoreThanOrdinarySize");
        SHOWN_BY.put(Limit.REMEMBERED_CHALLENGE_BYTES, "AuthorizationsTest#challengesAreWeighedAndAge");
        SHOWN_BY.put(Limit.REMEMBERED_TOKEN_BYTES, "AuthorizationsTest#tokensAreWeighedAndAge");
        SHOWN_BY.put(Limit.REMEMBERED_VERDICT_BYTES, "RememberingVerifierTest#verdictsAreWeighed");
        SHOWN_BY.put(Limit.CREDENTIALS_FILE_BYTES, "SettingsCredentialsTest#aFileThatIsTooLongIsNotRead");
        SHOWN_BY.put(Limit.MATERIAL_BYTES, "TenantPoliciesIT#aConfigMapThatIsTooLargeCannotBeRead");
        SHOWN_BY.put(Limit.CONNECT_MILLIS, "VertxTransportIT#aPeerThatNeverFinishesTheHandshakeIsGivenUp");
        SHOWN_BY.put(Limit.IDLE_MILLIS, "VertxTransportIT#silenceIsBoundedWhereThereIsTimeLeft");
        SHOWN_BY.put(Limit.REQUEST_MILLIS, "VertxTransportIT#aTricklingPeerIsCutWhenTheRequestTookTooLong");
        SHOWN_BY.put(Limit.LOOKUPS_AT_ONCE, "NameLookupTest#lookUpsAtOnceAreBounded");
        SHOWN_BY.put(Limit.LOOKUPS_OF_NAMESPACE, "NameLookupTest#slowNamesHoldUpTheirOwnTenantAlone");
        SHOWN_BY.put(Limit.KNOWN_ADDRESSES, "NameLookupTest#whatIsKnownIsBounded");
        SHOWN_BY.put(Limit.KNOWN_ADDRESSES_MILLIS, "NameLookupTest#whatIsKnownAges");
        SHOWN_BY.put(Limit.FETCHES_AT_ONCE, "FairSharesIT#requestsToManyHostsAreSharedToo");
        SHOWN_BY.put(Limit.FETCHES_OF_NAMESPACE, "FairSharesIT#requestsOfOneTenantAreLimited");
        SHOWN_BY.put(Limit.FETCHES_PER_HOST, "FairSharesIT#turnsGoRound");
        SHOWN_BY.put(Limit.FETCHES_WAITING, "FairSharesIT#anotherTenantIsServedWhileOnesRequestsAreHeld");
        SHOWN_BY.put(Limit.OPEN_CONNECTIONS, "FairSharesIT#idleConnectionsAreBounded");
        SHOWN_BY.put(Limit.STREAM_IDLE_MILLIS, "StreamsIT#silenceEndsAStream");
        SHOWN_BY.put(Limit.STREAM_SLOW_MILLIS, "StreamsIT#aTrickleEndsAStream");
        SHOWN_BY.put(Limit.STREAM_BYTES_PER_SECOND, "StreamsIT#aTrickleEndsAStream");
        SHOWN_BY.put(Limit.STREAMS_PER_HOST, "StreamsIT#streamsAreSharedByTenantAndHoldUpNoRequest");
        SHOWN_BY.put(Limit.STREAMS_AT_ONCE, "RequestRoomTest#streamsOfAllHostsAreBounded");
        SHOWN_BY.put(Limit.STREAMS_OF_NAMESPACE, "RequestRoomTest#streamsOfOneTenantAreBounded");
        SHOWN_BY.put(Limit.CLUSTER_READS_AT_ONCE, "SecretReadsIT#anApiServerThatIsAskedTooMuchIsALackOfRoom");
        SHOWN_BY.put(Limit.CLUSTER_READS_OF_NAMESPACE, "SecretReadsIT#readsOfOneTenantAreLimited");
        SHOWN_BY.put(Limit.CLUSTER_READS_WAITING, "SecretReadsIT#anApiServerThatIsAskedTooMuchIsALackOfRoom");
        SHOWN_BY.put(Limit.NAMED_OBJECT_READS_PER_SECOND, "ObjectPollTest#manyNamespacesAreReadInTurn");
        SHOWN_BY.put(Limit.NAMED_OBJECT_READS_AT_ONCE, "ObjectPollTest#manyNamespacesAreReadInTurn");
        SHOWN_BY.put(Limit.REVIEW_BYTES_AT_ONCE, "WebhookServerIT#allReviewsTogetherStayWithinALimit");
        SHOWN_BY.put(Limit.LARGE_STATEMENTS_AT_ONCE, "StatementRoomTest#largeOnesAreJudgedInTurn");
        SHOWN_BY.put(
                Limit.LARGE_REVIEWS_AT_ONCE,
                "LargeReviewsIT#thatManyWaitAndNeitherEndTheProcessNorKeepOthersFromTheirAnswer");
        SHOWN_BY.put(
                Limit.LARGE_BODIES_AT_ONCE,
                "HostileClientsIT#largeBodiesAreReceivedInTurnAndNobodyWaitsForAnothersAddress");
        SHOWN_BY.put(Limit.BODY_MILLIS, "HostileClientsIT#uploadsThatStallAreEndedByOurTimeAndNotByTheClients");
        SHOWN_BY.put(Limit.BODY_BYTES_PER_SECOND, "HostileClientsIT#uploadsThatDripAreEndedByOurTime");
        SHOWN_BY.put(
                Limit.CLIENT_CONNECTIONS,
                "HostileClientsIT#whereThereAreTooManyConnectionsTheIdlestWithoutACertificateGoesFirst");
        SHOWN_BY.put(Limit.REQUESTS_AT_ONCE, "WebhookServerIT#moreThanTheSlotsIsRefusedAtOnce");
        SHOWN_BY.put(Limit.RECORD_CHARACTERS, "AnswerLimitsTest#theRecordIsBounded");
        SHOWN_BY.put(Limit.WARNINGS, "AnswerLimitsTest#warningsAreBounded");
        SHOWN_BY.put(Limit.LOG_LINE_CHARACTERS, "DecisionLogTest#aLineIsBounded");
    }

    @Test
    void everyLimitIsShownToBite() {
        Set<Limit> shown = EnumSet.noneOf(Limit.class);
        shown.addAll(RefusedInputs.REFUSES.keySet());
        shown.addAll(CUTS.keySet());
        shown.addAll(SHOWN_BY.keySet());

        assertThat(Arrays.stream(Limit.values()).filter(limit -> !shown.contains(limit)))
                .as("limits without a row: add the input that each refuses, or the test that shows what it does")
                .isEmpty();
    }

    @TestFactory
    Stream<DynamicTest> loweredItRefusesAndSaysItsName() {
        return RefusedInputs.REFUSES.entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(entry.getKey().text(), () -> {
                    Limit limit = entry.getKey();
                    RefusedInputs.Row row = entry.getValue();
                    String name = "'" + limit.text() + "'";

                    assertThat(row.told().apply(Limits.defaults())).doesNotContain(name);
                    assertThat(row.told().apply(Limits.of(Map.of(limit, row.low()))))
                            .contains(name);
                }));
    }

    @TestFactory
    Stream<DynamicTest> loweredItCuts() {
        List<String> images = IntStream.range(0, 8)
                .mapToObj(i -> "r.test/a%d/unsigned:1".formatted(i))
                .toList();
        return CUTS.entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(entry.getKey().text(), () -> {
                    String whole = RefusedInputs.answer(Limits.defaults(), images);
                    String cut = RefusedInputs.answer(Limits.of(Map.of(entry.getKey(), entry.getValue())), images);

                    assertThat(cut).hasSizeLessThan(whole.length());
                    assertThat(cut).containsAnyOf("…", "more", "truncated");
                }));
    }

    @TestFactory
    Stream<DynamicTest> whatIsShownElsewhereIsThere() {
        return SHOWN_BY.entrySet().stream()
                .map(entry -> DynamicTest.dynamicTest(entry.getKey().text(), () -> {
                    String[] test = entry.getValue().split("#", -1);
                    assertThat(source(test[0]).contains(" void " + test[1] + "("))
                            .as(entry.getValue())
                            .isTrue();
                }));
    }

    private static String source(String test) throws IOException {
        for (Path root : TESTS) {
            try (Stream<Path> files = Files.walk(root)) {
                Optional<Path> found =
                        files.filter(file -> file.endsWith(test + ".java")).findFirst();
                if (found.isPresent()) {
                    return Files.readString(found.get());
                }
            }
        }
        throw new AssertionError("there is no test " + test);
    }
}
