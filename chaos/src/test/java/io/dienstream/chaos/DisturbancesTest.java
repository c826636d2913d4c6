package io.dienstream.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class DisturbancesTest {
    @Test
    void coversWhatWasAddedOverlappingOrNot() {
        Disturbances disturbances = new Disturbances();
        disturbances.add(10, 20);
        disturbances.add(40, 50);
        disturbances.add(15, 25);
        disturbances.add(5, 12);
        assertThat(disturbances.covers(4)).isFalse();
        assertThat(disturbances.covers(5)).isTrue();
        assertThat(disturbances.covers(25)).isTrue();
        assertThat(disturbances.covers(26)).isFalse();
        assertThat(disturbances.covers(45)).isTrue();
        disturbances.add(24, 41);
        assertThat(disturbances.covers(30)).isTrue();
        assertThat(disturbances.covers(51)).isFalse();
    }
}
