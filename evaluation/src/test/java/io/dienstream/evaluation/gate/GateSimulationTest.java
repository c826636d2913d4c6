package io.dienstream.evaluation.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * What the gate promises, on drawn traffic of fixed seeds. {@code -Ddien.gate.runs=1000} makes of
 * the small check the one that is written down.
 */
class GateSimulationTest {
    private static final int RUNS = Integer.getInteger("dien.gate.runs", 20);
    private static final double NOISE = 0.5;
    private static final int IMPRESSIONS = 300;

    /** No bounds but those of no difference: every exclusion of 0 is an error. */
    private static final GateRules STRICT = margins(0, 20);

    /** The same, with a word sooner: the theory asks for fewer blocks than the default. */
    private static final GateRules EARLY = margins(0, 10);

    private static GateRules margins(double margin, int leastBlocks) {
        GateRules d = GateRules.DEFAULT;
        return new GateRules(
                d.alpha(),
                margin,
                margin,
                d.calibrationLeast(),
                d.calibrationMost(),
                d.revenueMargin(),
                d.blockClicks(),
                leastBlocks,
                d.tunedBlocks(),
                d.staleAfter(),
                d.leastCoverage(),
                d.usersProbability());
    }

    /** More wrong runs than that have a probability below 1 % if 5 % are wrong. */
    private static double mostWrong(int runs) {
        return 0.05 * runs + 2.33 * Math.sqrt(0.05 * 0.95 * runs) + 0.5;
    }

    @Test
    void equalVersionsAreHardlyEverToldApartHoweverOftenOneLooks() {
        GateSimulation equal = new GateSimulation(STRICT, NOISE, NOISE, IMPRESSIONS);
        long wrong =
                LongStream.range(0, RUNS)
                        .filter(s -> equal.run(s, GateSimulation.LOOKS, true).excluded())
                        .count();
        System.out.printf("A/A: %d of %d runs with 480 looks excluded 0%n", wrong, RUNS);
        assertThat((double) wrong).isLessThanOrEqualTo(mostWrong(RUNS));
    }

    /**
     * Theory: of block differences with deviation s the bound has passed an effect, with
     * probability 0.8, after the least t blocks with effect >= s (halfWidth(t) + 0.84 / sqrt(t)).
     */
    @Test
    void aLossOfAHundredthOfAreaIsFoundWithinTheClicksOfTheTheory() {
        double worse = GateSimulation.noiseWorth(0.01, NOISE);
        GateSimulation simulation = new GateSimulation(EARLY, NOISE, worse, IMPRESSIONS);
        double[] differences = differences(simulation, 120);
        double mean = Arrays.stream(differences).average().orElseThrow();
        double deviation =
                Math.sqrt(
                        Arrays.stream(differences).map(d -> (d - mean) * (d - mean)).sum()
                                / (differences.length - 1));
        int blocks =
                Math.max(
                        EARLY.leastBlocks(),
                        new AsymptoticSequence(STRICT.alpha() / 2, STRICT.tunedBlocks())
                                .blocksToDetect(0.01, deviation, 0.8));
        GateSimulation.Run[] runs =
                LongStream.range(0, RUNS)
                        .mapToObj(s -> simulation.run(1_000_000 + s, 6 * blocks, true))
                        .toArray(GateSimulation.Run[]::new);
        long found =
                Arrays.stream(runs)
                        .filter(r -> r.areaFailed() > 0 && r.areaFailed() <= blocks)
                        .count();
        System.out.printf(
                "0.01 of area, deviation of a block %.4f: theory %d blocks of %.0f clicks; %d of %d"
                        + " runs FAIL by then; by any measure the median run FAILs after %.0f clicks%n",
                deviation,
                blocks,
                STRICT.blockClicks(),
                found,
                RUNS,
                Arrays.stream(runs)
                        .mapToDouble(GateSimulation.Run::clicks)
                        .sorted()
                        .toArray()[RUNS / 2]);
        assertThat(mean).isBetween(-0.013, -0.007);
        assertThat((double) found)
                .isGreaterThanOrEqualTo(0.8 * RUNS - 2.33 * Math.sqrt(0.8 * 0.2 * RUNS));
        assertThat(runs).allMatch(r -> r.verdict() == Verdict.FAIL);
    }

    private static double[] differences(GateSimulation simulation, int count) {
        Random random = new Random(77);
        Blocks blocks = new Gate(STRICT).pairedBlocks(0);
        for (int w = 0; blocks.size() < count; w++) {
            blocks.add(simulation.window(w, random));
        }
        return blocks.blocks().stream().mapToDouble(Block::aucDifference).toArray();
    }

    /** By the default margins an equal version gets through, and in time. */
    @Test
    void anEqualVersionPasses() {
        GateSimulation equal = new GateSimulation(GateRules.DEFAULT, NOISE, NOISE, IMPRESSIONS);
        GateSimulation.Run[] runs =
                LongStream.range(0, RUNS)
                        .mapToObj(s -> equal.run(2_000_000 + s, GateSimulation.LOOKS, false))
                        .toArray(GateSimulation.Run[]::new);
        double[] clicks =
                Arrays.stream(runs)
                        .filter(r -> r.verdict() == Verdict.PASS)
                        .mapToDouble(GateSimulation.Run::clicks)
                        .sorted()
                        .toArray();
        assertThat(clicks).as("runs that PASS").isNotEmpty();
        System.out.printf(
                "equal, margins of 0.005: %d of %d PASS within 480 looks, half of those within %.0f"
                        + " clicks%n",
                clicks.length, RUNS, clicks[clicks.length / 2]);
        assertThat(runs).noneMatch(r -> r.verdict() == Verdict.FAIL);
    }
}
