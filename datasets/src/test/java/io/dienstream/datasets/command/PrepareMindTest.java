package io.dienstream.datasets.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.cli.CommandRun;
import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.format.Split;
import io.dienstream.schema.TrainingExample;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MIND's files, small, through {@code dien prepare mind}; every user is one of training. */
class PrepareMindTest {
    private static final String NEWS = "N1\tnews\tworld\tt\nN2\tsports\tgolf\tt\n";

    @TempDir private Path directory;

    private CommandRun prepare(String behaviors, byte[] news, Object... more) throws IOException {
        Path log = Files.writeString(directory.resolve("b.tsv"), behaviors);
        Path articles = Files.write(directory.resolve("news.tsv"), news);
        List<Object> command = new ArrayList<>(List.of("prepare", "mind", "--behaviors", log));
        command.addAll(List.of("--news", articles, "--output", directory.resolve("data")));
        command.addAll(List.of("--test-share", 0, "--validation-share", 0));
        command.addAll(Arrays.asList(more));
        return CommandRun.of(command.toArray());
    }

    private CommandRun prepare(String behaviors, String news, Object... more) throws IOException {
        return prepare(behaviors, news.getBytes(StandardCharsets.UTF_8), more);
    }

    private List<TrainingExample> examples() throws IOException {
        List<TrainingExample> examples = new ArrayList<>();
        Dataset.open(directory.resolve("data"))
                .forEach(Split.TRAIN, e -> examples.add(TrainingExample.newBuilder(e).build()));
        return examples;
    }

    private static List<String> items(TrainingExample e) {
        return e.getBehaviors().stream().map(b -> b.getFields().get("item")).toList();
    }

    private static String line(int number, String history, String impressions) {
        return "%d\tU%d\t11/13/2019 5:53:12 AM\t%s\t%s\n"
                .formatted(number, number, history, impressions);
    }

    @Test
    void impressionsAreAsTheyWereShown() throws IOException {
        String news = "N1\tsports\tgolf\tTitle\nN4\tnews\tworld\tT\nN5\tnews\tlocal\tT\n";
        CommandRun run = prepare(line(1, "N1 N2 N3", "N4-1 N5-0 N6-0"), news, "--max-length", 2);
        assertThat(run.exitCode()).as(run.err()).isZero();
        TrainingExample e = examples().get(0);
        assertThat(e.getTimestamp()).isEqualTo(1_573_624_392_000L);
        assertThat(items(e)).containsExactly("N2", "N3");
        assertThat(e.getCandidates()).hasSize(3);
        assertThat(e.getCandidates().get(0).getClicked()).isTrue();
        assertThat(e.getCandidates().get(0).getSampled()).isFalse();
        assertThat(e.getCandidates().get(0).getFields())
                .isEqualTo(Map.of("item", "N4", "category", "news", "subcategory", "world"));
        assertThat(e.getCandidates().get(2).getFields()).isEqualTo(Map.of("item", "N6"));
    }

    @Test
    void blanksMayBeDoubled() throws IOException {
        CommandRun run = prepare(line(1, "N1  N2", "N1-1  N2-0 ") + "\n  \n", NEWS);
        assertThat(run.exitCode()).as(run.err()).isZero();
        TrainingExample example = examples().get(0);
        assertThat(items(example)).containsExactly("N1", "N2");
        assertThat(example.getCandidates()).hasSize(2);
        assertThat(run.out()).contains("0 lines refused", "no user is in validation");
    }

    /** In either file, with its number; the others count. */
    @Test
    void whatNoVocabularyCanHoldIsABadLine() throws IOException {
        String log =
                line(1, "N1 N2", "N2-1 N1-0")
                        + line(2, "N\r1", "N2-1")
                        + line(3, "N1", "N\r2-1")
                        + line(4, "N1", "N2-2")
                        + "5\tU5\tyesterday\tN1\tN2-1\n";
        byte[] news =
                ("N\r1\tnews\tworld\tt\n" + NEWS + "Nü\ta\tb\tt\n")
                        .getBytes(StandardCharsets.ISO_8859_1);
        CommandRun run = prepare(log, news);
        assertThat(run.exitCode()).as(run.err()).isZero();
        assertThat(run.err())
                .contains("news.tsv:1: refused: an id has a line break")
                .contains("news.tsv:4: refused: is not UTF-8")
                .contains("b.tsv:2: refused: an id has a line break")
                .contains("b.tsv:3: refused: an id has a line break")
                .contains("b.tsv:4: refused: impression 'N2-2' is not NEWS-0 or NEWS-1")
                .contains("b.tsv:5: refused: 'yesterday' is no time");
        assertThat(Dataset.open(directory.resolve("data")).manifest().refusedLines()).isEqualTo(6);
        assertThat(examples()).extracting(TrainingExample::getUserId).containsExactly("U1");
    }
}
