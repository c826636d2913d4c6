package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.cli.CommandRun;
import io.dienstream.sandbox.DemoModel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An explanation names what people know, and says because of what. */
class ExplainTitlesTest {
    @TempDir private Path directory;

    private String explained(String item, String category) throws Exception {
        String request =
                "{\"request_id\": \"r1\", \"user_id\": \"u1\", \"timestamp\": 1800000000000, \"behaviors\": ["
                        + "{\"timestamp\": 1700000000000, \"item\": \"i520\", \"category\": \"c13\"},"
                        + "{\"timestamp\": 1700000060000, \"item\": \"ITEM\", \"category\": \"CAT\"}],"
                        + " \"candidates\": [{\"ad_id\": \"a\", \"item\": \"i560\", \"category\": \"c14\", \"pricing\": \"CPC\", \"bid_micros\": 1, \"currency\": \"USD\"}]}\n";
        Path file =
                Files.writeString(
                        directory.resolve("one.jsonl"),
                        request.replace("ITEM", item).replace("CAT", category));
        Path output = directory.resolve("explained");
        CommandRun run =
                CommandRun.of(
                        "explain",
                        "--model",
                        DemoModel.extract(),
                        "--requests",
                        file,
                        "--output",
                        output);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return Files.readString(output.resolve("explain.html"));
    }

    @Test
    void theSimulatorsItemsHaveTitlesAndReasons() throws Exception {
        assertThat(explained("i521", "c13"))
                .contains("Because of")
                .contains("1: Espresso machine (i520)")
                .contains("Coffee grinder (i521), ")
                .contains("1: Teapot (i560) (pCTR 0.");
    }

    @Test
    void whereOneItemIsNotTheSimulatorsNoneIsNamed() throws Exception {
        assertThat(explained("i521", "c12"))
                .contains("Because of")
                .contains("c13/i520")
                .doesNotContain("Espresso");
    }
}
