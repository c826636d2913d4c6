package io.dienstream.train.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.train.command.TrainCommand;
import io.dienstream.train.fit.Recipe;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class RecipeOptionsTest {
    /** What a report calls a setting can be typed. */
    @Test
    void everySettingOfTheRecipeIsAnOptionOfTheCommand() {
        Recipe recipe = Recipe.of(1, 2, 128, 1e-3).learningRateDecay(0.5).clipNorm(0).build();
        TrainingReport report =
                new TrainingReport(null, null, recipe, null, null, List.of(), List.of(), 0, 0);
        CommandLine.Model.CommandSpec command =
                new CommandLine(new TrainCommand()).getCommandSpec();
        assertThat(report.options()).hasSize(18).containsEntry("--learning-rate", 1e-3);
        assertThat(command.optionsMap().keySet()).containsAll(report.options().keySet());
    }
}
