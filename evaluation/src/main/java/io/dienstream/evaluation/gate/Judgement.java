package io.dienstream.evaluation.gate;

import java.util.List;

/**
 * A gate's verdict, and what it rests on.
 *
 * @param reason one line
 * @param findings by measure, the first one first
 * @param blocks that are complete
 * @param clicks in them
 */
public record Judgement(
        Verdict verdict, String reason, List<Finding> findings, int blocks, double clicks) {
    public Judgement {
        findings = List.copyOf(findings);
    }
}
