package dev.landwaiter.failure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CodeTest {
    /** Whoever fills what is common could else choose to be admitted. */
    @Test
    void aLackOfRoomNeverAdmits() {
        assertThat(Code.OVERLOADED.unavailable()).isFalse();
        assertThat(Code.OVERLOADED.fault()).isEqualTo(Fault.CAPACITY);
    }

    @Test
    void whatAnImageUsesUpIsARefusal() {
        assertThat(Code.BUDGET_EXCEEDED.unavailable()).isFalse();
    }
}
