package io.dienstream.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OnlineAucTest {
    private static OnlineAuc learning() {
        OnlineAuc auc = new OnlineAuc(10);
        // in the first window both are right, in the second one the first model is wrong
        auc.add(1, 0.9, 0.9, true);
        auc.add(2, 0.1, 0.1, false);
        auc.add(11, 0.9, 0.1, true);
        auc.add(12, 0.1, 0.9, false);
        return auc;
    }

    @Test
    void eachWindowHasItsOwn() {
        OnlineAuc auc = learning();
        assertThat(auc.learned()).containsExactly(1, 1);
        assertThat(auc.frozen()).containsExactly(1, 0);
        assertThat(auc.seconds()).containsExactly(5, 15);
    }

    @Test
    void theLastWindowsAddUp() {
        assertThat(learning().last(1)).containsExactly(1, 0);
        assertThat(learning().last(7)).containsExactly(1, 0.5);
    }

    @Test
    void whatIsShownIsOver() {
        OnlineAuc auc = learning();
        assertThat(auc.over(9)).containsOnly(Double.NaN);
        assertThat(auc.over(15)).containsExactly(1, 1);
        assertThat(auc.over(20)).containsExactly(1, 0);
        assertThat(auc.over(50)).containsOnly(Double.NaN);
    }
}
