package io.dienstream.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FaultTest {
    @Test
    void everyRunBeginsWithAPromotionAKillOfEachAndARescaling() {
        Fault.Schedule schedule = new Fault.Schedule(3, List.of(), false);
        List<Fault> opening = new ArrayList<>();
        while (schedule.opening()) {
            opening.add(schedule.next());
        }
        assertThat(opening)
                .containsExactly(
                        Fault.PROMOTE_MODEL,
                        Fault.KILL_TASKMANAGER,
                        Fault.KILL_JOBMANAGER,
                        Fault.KILL_BROKER,
                        Fault.RESCALE);
    }

    @Test
    void everyFaultStandsInARound() {
        Fault.Schedule schedule = new Fault.Schedule(3, List.of(), false);
        EnumSet<Fault> seen = EnumSet.noneOf(Fault.class);
        IntStream.range(0, 40).forEach(i -> seen.add(schedule.next()));
        EnumSet<Fault> all = EnumSet.allOf(Fault.class);
        all.removeIf(Fault::isLearning);
        assertThat(seen).isEqualTo(all);
    }

    @Test
    void thoseOfTheLearningJobStandInARoundWhereThereIsOne() {
        Fault.Schedule schedule = new Fault.Schedule(3, List.of(), true);
        EnumSet<Fault> opening = EnumSet.noneOf(Fault.class);
        while (schedule.opening()) {
            opening.add(schedule.next());
        }
        assertThat(opening)
                .contains(
                        Fault.KILL_TASKMANAGER,
                        Fault.KILL_LEARNING_TASKMANAGER,
                        Fault.KILL_LEARNING_JOBMANAGER);
        EnumSet<Fault> seen = EnumSet.noneOf(Fault.class);
        IntStream.range(0, 40).forEach(i -> seen.add(schedule.next()));
        assertThat(seen).containsExactlyInAnyOrder(Fault.values());
    }

    @Test
    void thoseThatAreAskedForComeInTheirOrderAndAlone() {
        List<Fault> only = List.of(Fault.RESCALE, Fault.KILL_BROKER);
        Fault.Schedule schedule = new Fault.Schedule(3, only, false);
        assertThat(List.of(schedule.next(), schedule.next())).isEqualTo(only);
        assertThat(schedule.opening()).isFalse();
        IntStream.range(0, 40).forEach(i -> assertThat(only).contains(schedule.next()));
    }

    @Test
    void theSameSeedGivesTheSameSchedule() {
        Fault.Schedule one = new Fault.Schedule(5, List.of(), false);
        Fault.Schedule two = new Fault.Schedule(5, List.of(), false);
        IntStream.range(0, 60).forEach(i -> assertThat(one.next()).isEqualTo(two.next()));
    }

    @Test
    void aNameThatIsNoneIsAnsweredWithThoseThereAre() {
        assertThat(Fault.of("kill-taskmanager-twice")).isEqualTo(Fault.KILL_TASKMANAGER_TWICE);
        assertThatThrownBy(() -> Fault.of("kill-me"))
                .hasMessageContaining("'kill-me' is no fault")
                .hasMessageContaining("rescale");
    }
}
