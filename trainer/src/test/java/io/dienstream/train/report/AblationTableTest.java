package io.dienstream.train.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AblationTableTest {
    /** Deviation 0.02, Student's t of two degrees 4.3027: 4.3027 * 0.02 / sqrt(3) = 0.0497. */
    @Test
    void fewSeedsHaveTheirInterval() {
        AblationTable table = new AblationTable("data");
        for (double auc : new double[] {0.80, 0.82, 0.84}) {
            table.add("dien", new AblationTable.Run(1, auc, 0.7, 0.5, 10));
        }
        table.add("din", new AblationTable.Run(1, 0.81, 0.7, 0.5, 20));
        assertThat(table.markdown().lines())
                .containsExactly(
                        "| data | AUC | 95 % of the mean AUC | GAUC | log loss | seconds | seeds |",
                        "|---|---|---|---|---|---|---|",
                        "| dien | 0.8200 ± 0.0200 | [0.7703, 0.8697] | 0.7000 ± 0.0000 | 0.5000 ± 0.0000 | 10 | 3 |",
                        "| din | 0.8100 | one seed | 0.7000 | 0.5000 | 20 | 1 |");
    }
}
