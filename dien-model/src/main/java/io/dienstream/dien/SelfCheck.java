package io.dienstream.dien;

import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.model.GoldenAnswer;
import java.util.List;

/** Whether a scorer gives the answers that its artifact says it gives. */
public final class SelfCheck {
    /**
     * Of a pCTR. Orders of summation differ by 1e-6 at most, and a wrong tensor, encoding or gate
     * by a hundred times more than this.
     */
    static final double TOLERANCE = 1e-4;

    private final FieldScorer scorer;

    public SelfCheck(Scorer scorer) {
        this.scorer = new FieldScorer(scorer);
    }

    /**
     * What the first wrong answer is, in words; null where all are right to {@value #TOLERANCE}.
     *
     * @param answers numbered from 1
     */
    public String firstWrong(List<GoldenAnswer> answers) {
        for (int n = 0; n < answers.size(); n++) {
            String wrong = wrong(answers.get(n));
            if (wrong != null) {
                return "request " + (n + 1) + " " + wrong;
            }
        }
        return null;
    }

    private String wrong(GoldenAnswer answer) {
        int longest = scorer.model().maxLength();
        if (answer.behaviors().size() > longest) {
            return "has %d behaviors, the model sees %d at most"
                    .formatted(answer.behaviors().size(), longest);
        }
        score(answer);
        for (int c = 0; c < answer.candidates().size(); c++) {
            float pctr = scorer.scores().pctr(c);
            if (!(Math.abs(pctr - answer.pctr().get(c)) <= TOLERANCE)) {
                return "candidate %d has pCTR %s here, the artifact says %s"
                        .formatted(c + 1, pctr, answer.pctr().get(c));
            }
        }
        return null;
    }

    private void score(GoldenAnswer answer) {
        InterestHistory history =
                scorer.history(answer.behaviors().size(), t -> t, answer.behaviors()::get);
        scorer.ask(
                answer.user(),
                answer.context(),
                answer.candidates().size(),
                answer.candidates()::get);
        scorer.score(history, history.size());
    }
}
