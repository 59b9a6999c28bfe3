package dev.landwaiter.registry;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReferrersTest {
    @Test
    void theNextPageIsFoundAmongLinks() {
        assertThat(Referrers.next("</v2/a/referrers/d?n=1>; rel=\"next\"")).isEqualTo("/v2/a/referrers/d?n=1");
        assertThat(Referrers.next("<https://h/a,b>; rel=prev, </c>; title=x; REL=Next"))
                .isEqualTo("/c");
        assertThat(Referrers.next("</c>; rel=\"prev\"")).isEmpty();
        assertThat(Referrers.next("</c")).isEmpty();
        assertThat(Referrers.next("")).isEmpty();
        assertThat(Referrers.next("<".repeat(32_000))).isEmpty();
    }
}
