package io.dienstream.evaluation.gate;

import io.dienstream.evaluation.online.QualitySums;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Makes blocks of windows that come in the order of their time. A window that is not of the same
 * examples, though it should be, or holds something that is no number, is left out and counted. Not
 * thread safe.
 */
public final class Blocks {
    private final double leastClicks;
    private final boolean paired;
    private final long from;
    private final List<Block> blocks = new ArrayList<>();

    private QualitySums live = new QualitySums();
    private QualitySums candidate = new QualitySums();
    private int used;
    private int tooEarly;
    private int unequal;
    private int notFinite;
    private long newestEnd = Long.MIN_VALUE;

    /**
     * @param leastClicks of each version, after which a block ends
     * @param paired whether both versions must be measured on the same examples
     * @param from windows that begin before are left out, ms: what a version was trained on says
     *     nothing about it
     */
    public Blocks(double leastClicks, boolean paired, long from) {
        this.from = from;
        this.leastClicks = leastClicks;
        this.paired = paired;
    }

    /** Adds the next window. */
    public void add(PairedWindow window) {
        if (window.start() < from) {
            tooEarly++;
            return;
        }
        newestEnd = Math.max(newestEnd, window.end());
        if (!window.isFinite()) {
            notFinite++;
            return;
        }
        if (paired && !window.isOfSameExamples()) {
            unequal++;
            return;
        }
        used++;
        live.merge(window.live());
        candidate.merge(window.candidate());
        if (live.clicks() >= leastClicks && candidate.clicks() >= leastClicks) {
            blocks.add(Block.of(live, candidate));
            live = new QualitySums();
            candidate = new QualitySums();
        }
    }

    List<Block> blocks() {
        return Collections.unmodifiableList(blocks);
    }

    /** How many blocks are complete. */
    public int size() {
        return blocks.size();
    }

    /** Windows that count. */
    int used() {
        return used;
    }

    /** Windows left out as they began too early. */
    public int tooEarly() {
        return tooEarly;
    }

    /** Windows left out as they are not of the same examples. */
    int unequal() {
        return unequal;
    }

    /** Windows left out as they hold something that is no number. */
    int notFinite() {
        return notFinite;
    }

    /** End of the newest window, ms. */
    long newestEnd() {
        return newestEnd;
    }

    /** Clicks of both versions in complete blocks: those of the one with fewer. */
    public double clicks() {
        double ofLive = blocks.stream().mapToDouble(b -> b.live().clicks()).sum();
        double ofCandidate = blocks.stream().mapToDouble(b -> b.candidate().clicks()).sum();
        return Math.min(ofLive, ofCandidate);
    }
}
