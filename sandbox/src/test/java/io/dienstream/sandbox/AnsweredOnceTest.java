package io.dienstream.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AnsweredOnceTest {
    @Test
    void aSecondAnswerIsDoubledHoweverLongAgoTheFirstWas() {
        AnsweredOnce answered = new AnsweredOnce();
        for (long n = 0; n < 1_000; n++) {
            assertThat(answered.accept(n)).isTrue();
        }
        assertThat(answered.accept(0)).isFalse();
        assertThat(answered.accept(999)).isFalse();
        assertThat(answered.answered()).isEqualTo(1_000);
        assertThat(answered.doubled()).isEqualTo(2);
    }

    @Test
    void countsAsASetDoesForAnswersOutOfOrder() {
        Random random = new Random(3);
        AnsweredOnce answered = new AnsweredOnce();
        Set<Long> naive = new HashSet<>();
        long doubled = 0;
        for (int n = 0; n < 20_000; n++) {
            long number = Math.max(0, n / 2 + random.nextInt(200) - 150);
            boolean isNew = naive.add(number);
            doubled += isNew ? 0 : 1;
            assertThat(answered.accept(number)).isEqualTo(isNew);
        }
        assertThat(answered.answered()).isEqualTo(naive.size());
        assertThat(answered.doubled()).isEqualTo(doubled).isPositive();
    }
}
