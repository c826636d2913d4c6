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

    @Test
    void knowsWhetherThereWasQuiet() {
        Disturbances disturbances = new Disturbances();
        assertThat(disturbances.leaveQuiet(10, 0, 10)).isTrue();
        assertThat(disturbances.leaveQuiet(11, 0, 10)).isFalse();
        disturbances.add(10, 20);
        disturbances.add(30, 40);
        assertThat(disturbances.leaveQuiet(10, 0, 100)).as("before").isTrue();
        assertThat(disturbances.leaveQuiet(10, 1, 40)).as("between").isTrue();
        assertThat(disturbances.leaveQuiet(11, 1, 50)).isFalse();
        assertThat(disturbances.leaveQuiet(11, 1, 51)).as("after").isTrue();
        assertThat(disturbances.leaveQuiet(5, 12, 19)).as("in the middle").isFalse();
        assertThat(disturbances.leaveQuiet(5, 12, 25)).isTrue();
        assertThat(disturbances.leaveQuiet(5, 12, 24)).isFalse();
    }
}
