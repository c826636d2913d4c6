package io.dienstream.datasets.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.cli.CommandRun;
import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.format.Split;
import io.dienstream.datasets.offline.UnseenAds;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A log in which half of what is clicked at the end has come up since training. */
class TestNegativesTest {
    private static final int USERS = 60;

    @TempDir private Path directory;

    /** Four clicks a user: three on old ads, then one that every second user makes on a new one. */
    private Dataset prepare(String... options) throws IOException {
        StringBuilder log = new StringBuilder();
        for (int u = 0; u < USERS; u++) {
            for (int t = 0; t < 4; t++) {
                boolean fresh = t == 3 && u % 2 == 0;
                String item = fresh ? "new" + u % 6 : "old" + (u + t) % 7;
                log.append("u%d\t%s\tc\t%d\n".formatted(u, item, 1_000_000_000L + t * 1000 + u));
            }
        }
        Path file = Files.writeString(directory.resolve("log.tsv"), log);
        Path output = directory.resolve("data" + options.length);
        String[] fixed = {
            "prepare", "interactions", "--input", file.toString(), "--output", output.toString()
        };
        Object[] all = new Object[fixed.length + options.length];
        System.arraycopy(fixed, 0, all, 0, fixed.length);
        System.arraycopy(options, 0, all, fixed.length, options.length);
        CommandRun run = CommandRun.of(all);
        assertThat(run.exitCode()).as(run.err()).isZero();
        return Dataset.open(output);
    }

    private static Set<String> negatives(Dataset data, Split split) throws IOException {
        Set<String> ads = new TreeSet<>();
        data.forEach(
                split,
                e ->
                        e.getCandidates().stream()
                                .filter(c -> !c.getClicked())
                                .forEach(c -> ads.add(c.getAdId())));
        return ads;
    }

    @Test
    void ofTrainingLeaveUnknownAdsToTheClicks() throws IOException {
        Dataset data =
                prepare("--split", "time", "--test-share", "0.25", "--validation-share", "0");
        UnseenAds unseen = UnseenAds.of(data, Split.TEST);
        assertThat(unseen.candidates()).isEqualTo(2 * USERS);
        assertThat(unseen.unseen()).isEqualTo(USERS / 2);
        assertThat(unseen.clicked()).isEqualTo(USERS / 2);
        assertThat(unseen.areAllClicks()).isTrue();
        assertThat(unseen.drawn()).isEqualTo(USERS);
        assertThat(UnseenAds.of(data, Split.TRAIN).unseen()).isZero();
        assertThat(negatives(data, Split.TEST)).allMatch(ad -> ad.startsWith("old"));
        assertThat(data.manifest().settings()).doesNotContainKey("test_negatives");
    }

    @Test
    void ofTheSameTimeAreUnknownAsOftenAsTheClicks() throws IOException {
        Dataset data =
                prepare(
                        "--split",
                        "time",
                        "--test-share",
                        "0.25",
                        "--validation-share",
                        "0",
                        "--test-negatives",
                        "contemporary");
        UnseenAds unseen = UnseenAds.of(data, Split.TEST);
        assertThat(unseen.clicked()).isEqualTo(USERS / 2);
        assertThat(unseen.unseen() - unseen.clicked()).isBetween(USERS / 4L, 3 * USERS / 4L);
        assertThat(unseen.areAllClicks()).isFalse();
        assertThat(negatives(data, Split.TRAIN)).allMatch(ad -> ad.startsWith("old"));
        assertThat(data.manifest().settings()).containsEntry("test_negatives", "contemporary");
    }

    /** Of users that training does not know: what they alone clicked may be a negative too. */
    @ParameterizedTest
    @ValueSource(strings = {"training", "contemporary"})
    void bySplitsOfUsers(String choice) throws IOException {
        Dataset data = prepare("--test-share", "0.5", "--test-negatives", choice);
        Set<String> known = Set.copyOf(data.vocabularies().get("item"));
        Set<String> negatives = negatives(data, Split.TEST);
        assertThat(negatives).isNotEmpty();
        assertThat(known.containsAll(negatives(data, Split.TRAIN))).isTrue();
        assertThat(negatives.stream().anyMatch(ad -> ad.startsWith("new"))).isTrue();
        if (choice.equals("training")) {
            assertThat(known).containsAll(negatives);
        } else {
            assertThat(data.manifest().settings()).containsEntry("test_negatives", "contemporary");
        }
    }
}
