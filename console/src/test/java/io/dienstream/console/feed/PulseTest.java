package io.dienstream.console.feed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class PulseTest {
    @Test
    void secondsHaveTheirCountsAndQuantiles() {
        Pulse pulse = new Pulse(5, 10_000);
        for (int n = 1; n <= 100; n++) {
            pulse.count("scores", 10_500);
            pulse.answered(n, 2 * n, 10_500);
        }
        pulse.count("scores", 11_200);
        List<Second> seconds = pulse.seconds(12_100);
        assertThat(seconds).extracting(Second::epochSecond).containsExactly(10L, 11L);
        assertThat(seconds.get(0).counts()).containsEntry("scores", 100);
        assertThat(seconds.get(0).scoredMs()).containsExactly(50, 99);
        assertThat(seconds.get(0).answerMs()[0]).isBetween(99d, 101d);
        assertThat(seconds.get(1).answerMs()).as("no answer, no time").isNull();
    }

    @Test
    void onlyTheLastSecondsStay() {
        Pulse pulse = new Pulse(5, 0);
        for (long now = 0; now < 100_000; now += 500) {
            pulse.count("behaviors", now);
        }
        assertThat(pulse.seconds(100_000)).hasSize(5);
        assertThat(pulse.seconds(10_000_000)).as("after a long silence").hasSize(5);
    }

    @Test
    void predictionsAreCountedByFifthsOfADecadeForAMinute() {
        Pulse pulse = new Pulse(300, 0);
        pulse.predicted(0.011f, 0);
        pulse.predicted(1f, 0);
        pulse.predicted(0f, 0);
        assertThat(Pulse.bin(0.011f)).isEqualTo(10);
        assertThat(Pulse.bin(1f)).isEqualTo(Pulse.BINS - 1);
        assertThat(Pulse.bin(0f)).isZero();
        assertThat(pulse.predictions(2_000)[10]).isEqualTo(1);
        assertThat(pulse.predictions(70_000)).containsOnly(0);
    }

    @Test
    void versionsAreCountedForAMinuteAndAreFew() {
        Pulse pulse = new Pulse(300, 0);
        for (int n = 0; n < 100; n++) {
            pulse.version("v" + n, 0);
        }
        pulse.version("v1", 500);
        assertThat(pulse.versions(2_000)).hasSize(8).containsEntry("v1", 2L);
    }

    @Test
    void requestsAndAnswersMeetWhicheverIsReadFirst() {
        Pulse pulse = new Pulse(10, 0);
        AnswerTimes times = new AnswerTimes(3, pulse);
        times.asked("a", 100, 500);
        times.answered("a", 110, 130, 500);
        times.answered("b", 210, 230, 500);
        times.asked("b", 200, 500);
        assertThat(pulse.seconds(1_000).get(0).answerMs()).containsExactly(30, 30);
        for (int n = 0; n < 100; n++) {
            times.asked("c" + n, 0, 1_500);
        }
        times.answered("c1", 10, 10, 1_500); // its request made room long ago
        assertThat(pulse.seconds(2_000).get(1).answerMs()).isNull();
    }
}
