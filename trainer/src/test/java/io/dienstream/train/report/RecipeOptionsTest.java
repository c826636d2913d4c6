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
        Recipe recipe =
                new Recipe(
                        1,
                        2,
                        128,
                        1e-3,
                        0.5,
                        Recipe.Schedule.STEP,
                        0,
                        0,
                        1,
                        false,
                        false,
                        false,
                        false,
                        0,
                        0,
                        false,
                        0);
        TrainingReport report =
                new TrainingReport(null, null, recipe, null, null, List.of(), List.of(), 0, 0);
        CommandLine.Model.CommandSpec command =
                new CommandLine(new TrainCommand()).getCommandSpec();
        assertThat(report.options()).hasSize(17).containsEntry("--learning-rate", 1e-3);
        assertThat(command.optionsMap().keySet()).containsAll(report.options().keySet());
    }
}
