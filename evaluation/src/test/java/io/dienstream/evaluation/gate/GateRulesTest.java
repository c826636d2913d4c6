package io.dienstream.evaluation.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.StringReader;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class GateRulesTest {
    @Test
    void rulesOfAFileAreStrict() throws IOException {
        GateRules rules = rules("# nightly\nauc.margin = 0.01\nblocks.least=30\nstale.after=600\n");
        assertThat(rules.aucMargin()).isEqualTo(0.01);
        assertThat(rules.leastBlocks()).isEqualTo(30);
        assertThat(rules.staleAfter()).hasMinutes(10);
        assertThat(rules.alpha()).isEqualTo(GateRules.DEFAULT.alpha());
        assertThat(GateRules.of(new Properties())).isEqualTo(GateRules.DEFAULT);

        assertRefused("auc.margn=0.1", "auc.margn: no such rule; there are alpha, auc.margin");
        assertRefused("auc.margin=much", "auc.margin=much: no number");
        assertRefused("auc.margin=-1", "auc.margin=-1.0: it must be at least 0, below 1");
        assertRefused("auc.margin=NaN", "auc.margin=NaN: it must be");
        assertRefused("blocks.least=3", "blocks.least=3.0: it must be at least 10");
        assertRefused("blocks.least=2.5", "blocks.least=2.5: no whole number");
    }

    private static GateRules rules(String text) throws IOException {
        Properties properties = new Properties();
        properties.load(new StringReader(text));
        return GateRules.of(properties);
    }

    private static void assertRefused(String line, String message) {
        assertThatThrownBy(() -> rules(line + "\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }
}
