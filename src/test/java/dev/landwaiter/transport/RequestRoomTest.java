package dev.landwaiter.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.landwaiter.failure.Code;
import dev.landwaiter.failure.Failure;
import dev.landwaiter.http.Address;
import dev.landwaiter.limit.Deadline;
import dev.landwaiter.limit.Limit;
import dev.landwaiter.limit.Limits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RequestRoomTest {
    private final List<RequestRoom.Turn> held = new ArrayList<>();

    @Test
    void streamsOfAllHostsAreBounded() {
        RequestRoom room = RequestRoom.ofStreams(Limits.of(Map.of(Limit.STREAMS_AT_ONCE, 2L)));
        held.add(enter(room, "a.test", "shop"));
        held.add(enter(room, "b.test", "bank"));

        refused(room, "c.test", "mill");
        held.getFirst().close();
        held.getFirst().close();
        held.add(enter(room, "c.test", "mill"));
        refused(room, "a.test", "shop");
    }

    @Test
    void streamsOfOneTenantAreBounded() {
        RequestRoom room = RequestRoom.ofStreams(Limits.of(Map.of(Limit.STREAMS_OF_NAMESPACE, 1L)));
        held.add(enter(room, "a.test", "shop"));

        refused(room, "b.test", "shop");
        held.add(enter(room, "b.test", "bank"));
        held.forEach(RequestRoom.Turn::close);
        assertThat(room.hosts()).isZero();
    }

    private static void refused(RequestRoom room, String host, String tenant) {
        assertThatThrownBy(() -> enter(room, host, tenant))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.code()).isEqualTo(Code.OVERLOADED))
                .hasMessageContaining("streams from registries");
    }

    private static RequestRoom.Turn enter(RequestRoom room, String host, String tenant) {
        return room.enter(
                Target.of(Address.of("https://" + host)),
                Deadline.in(Duration.ofMillis(50)).onBehalfOf(tenant),
                "the layer");
    }
}
