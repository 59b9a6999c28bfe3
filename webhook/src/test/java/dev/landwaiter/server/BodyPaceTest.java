package dev.landwaiter.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class BodyPaceTest {
    @Test
    @Tag("attack-63")
    void eachWindowNeedsItsBytesWhateverCameBefore() {
        BodyPace pace = new BodyPace(1000, 1_000_000);

        assertThat(window(pace, 1_001_999)).as("2 s at 1000 bytes a second").isTrue();
        assertThat(window(pace, 1_003_999)).isFalse();
        assertThat(window(pace, 1_003_999)).isTrue();
    }

    @Test
    void withinAWindowNobodyIsBlamed() {
        BodyPace pace = new BodyPace(1000, 0);

        for (int sweep = 1; sweep < BodyPace.WINDOW; sweep++) {
            assertThat(pace.tooSlow(0)).isFalse();
        }
        assertThat(pace.tooSlow(0)).isTrue();
    }

    /** Whether it was too slow at the end of a window in which {@code received} bytes in all were there. */
    private static boolean window(BodyPace pace, long received) {
        boolean slow = false;
        for (int sweep = 0; sweep < BodyPace.WINDOW; sweep++) {
            slow = pace.tooSlow(received);
        }
        return slow;
    }
}
