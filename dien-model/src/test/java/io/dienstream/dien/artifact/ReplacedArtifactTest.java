package io.dienstream.dien.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.dien.EncodedRequest;
import io.dienstream.dien.RandomModels;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.ScorerScratch;
import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.kernel.ScalarKernels;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.dien.model.Model;
import io.dienstream.dien.model.ModelConfig;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A model is what was checked, whatever happens to its files while and after they are read. */
class ReplacedArtifactTest {
    private static final ModelConfig CONFIG =
            RandomModels.config(Architecture.DIEN, AttentionType.BILINEAR, GateForm.PAPER, 10);
    private static final int READS = 120;
    private static final List<String> FILES =
            List.of(
                    ModelReader.WEIGHTS_FILE,
                    "vocabulary/item.txt",
                    ModelReader.CONFIG_FILE,
                    Seal.FILE);

    @TempDir private Path directory;
    private final List<Path> versions = new ArrayList<>();
    private final Map<String, Float> scores = new HashMap<>();
    private Path copies;

    @BeforeEach
    void twoSealedModels() throws IOException {
        copies = Files.createDirectory(directory.resolve("copies"));
        for (int seed = 1; seed <= 2; seed++) {
            Path version = directory.resolve("version-" + seed);
            Model model = RandomModels.write(version, CONFIG, seed);
            Seal.write(version, null);
            versions.add(version);
            scores.put(model.checksum(), score(model));
        }
        assertThat(scores.values()).doesNotHaveDuplicates().hasSize(2);
    }

    private static float score(Model model) {
        Scorer scorer = new Scorer(model, new ScalarKernels());
        HistoryModel histories = scorer.historyModel();
        InterestHistory history = histories.newHistory();
        for (int n = 0; n < 5; n++) {
            histories.add(
                    history,
                    histories.encode("e" + n, n, Map.of("item", "i" + n, "category", "c" + n)),
                    histories.newScratch());
        }
        EncodedRequest request = scorer.encoder().newRequest();
        scorer.encoder().begin(Map.of("segment", "s"), Map.of(), 1, request);
        scorer.encoder().candidate(0, Map.of("item", "i7", "category", "c7"), request);
        ScorerScratch scratch = scorer.newScratch();
        scorer.score(history, history.size(), request, scratch);
        return scratch.pctr(0);
    }

    private void assertIsWhole(Model model) {
        assertThat(scores).containsKey(model.checksum());
        assertThat(score(model)).isEqualTo(scores.get(model.checksum()));
    }

    private Model read(Path artifact, long mostOnHeap) throws IOException {
        return ModelReader.read(artifact, null, new ArtifactContents.Limits(mostOnHeap, copies));
    }

    private interface Step {
        void run() throws Exception;
    }

    /** Runs {@code replace} again and again while {@code read} runs {@link #READS} times. */
    private static void meanwhile(Step replace, Step read) throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        AtomicInteger done = new AtomicInteger();
        try {
            Future<?> replacing =
                    other.submit(
                            () -> {
                                while (done.get() < READS) {
                                    replace.run();
                                    // one read at least has its beginning while nothing changes
                                    int before = done.get();
                                    while (before < READS && done.get() == before) {
                                        Thread.yield();
                                    }
                                }
                                return null;
                            });
            for (int n = 0; n < READS; n++) {
                read.run();
                done.incrementAndGet();
            }
            replacing.get();
        } finally {
            done.set(READS);
            other.shutdown();
        }
    }

    private static void put(Path file, Path under) throws IOException {
        Path next = under.resolveSibling("next-" + under.getFileName());
        Files.copy(file, next);
        Files.move(next, under, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void link(Path target, Path under) throws IOException {
        Path next = under.resolveSibling("next-" + under.getFileName());
        Files.createSymbolicLink(next, target);
        Files.move(next, under, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Swaps what {@code current} is, and expects each read to find one of the two models. */
    private void assertEveryReadIsWhole(Path artifact, Step replace) throws Exception {
        Set<String> seen = new HashSet<>();
        meanwhile(
                replace,
                () -> {
                    Model model = read(artifact, seen.size() % 2 == 0 ? 0 : 1 << 20);
                    assertIsWhole(model);
                    seen.add(model.checksum());
                });
        assertThat(seen).isEqualTo(scores.keySet());
    }

    private Step alternating(Replacement replacement) {
        AtomicInteger turn = new AtomicInteger();
        return () -> replacement.by(versions.get(turn.incrementAndGet() % 2));
    }

    private interface Replacement {
        void by(Path version) throws IOException;
    }

    /** How releases are switched: {@code ln -sfn version-2 current}. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Timeout(120)
    void aLinkThatSwitchesNeverMixesTwoModels(boolean sealed) throws Exception {
        unsealUnless(sealed);
        Path current = directory.resolve("current");
        link(versions.get(0), current);
        assertEveryReadIsWhole(current, alternating(version -> link(version, current)));
    }

    /** How Kubernetes changes a mounted config map: files are links by way of one directory. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Timeout(120)
    void aVolumeThatChangesNeverMixesTwoModels(boolean sealed) throws Exception {
        unsealUnless(sealed);
        Path volume = Files.createDirectory(directory.resolve("volume"));
        for (Path version : List.copyOf(versions)) {
            versions.remove(version);
            versions.add(Files.move(version, volume.resolve("..data-" + version.getFileName())));
        }
        Path data = volume.resolve("..data");
        link(versions.get(0).getFileName(), data);
        try (Stream<Path> files = Files.list(versions.get(0))) {
            for (Path file : files.toList()) {
                Files.createSymbolicLink(
                        volume.resolve(file.getFileName()),
                        Path.of("..data").resolve(file.getFileName()));
            }
        }
        assertEveryReadIsWhole(volume, alternating(version -> link(version.getFileName(), data)));
    }

    private void unsealUnless(boolean sealed) throws IOException {
        for (Path version : versions) {
            if (!sealed) {
                Files.delete(version.resolve(Seal.FILE));
            }
        }
    }

    /** Files that are replaced one by one are no artifact for a while, and then refused. */
    @Test
    @Timeout(120)
    void filesThatAreReplacedOneByOneAreNeverMixedUnderASeal() throws Exception {
        Path artifact = Files.createDirectory(directory.resolve("one-by-one"));
        Files.createDirectory(artifact.resolve("vocabulary"));
        Step replace =
                alternating(
                        version -> {
                            for (String name : FILES) {
                                put(version.resolve(name), artifact.resolve(name));
                            }
                        });
        replace.run();
        Set<String> seen = new HashSet<>();
        meanwhile(
                replace,
                () -> {
                    try {
                        Model model = read(artifact, 1 << 20);
                        assertIsWhole(model);
                        seen.add(model.checksum());
                    } catch (ArtifactException e) {
                        assertThat(e).hasMessageContaining(artifact.toString());
                    }
                });
        assertThat(seen).isNotEmpty();
    }

    /** By a writer that does not even replace the file, and by one that cuts it off. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1 << 20})
    void whatBecomesOfTheFilesLaterChangesNoScore(long mostOnHeap) throws Exception {
        for (Path version : versions) {
            Model model = read(version, mostOnHeap);
            for (String name : FILES) {
                try (RandomAccessFile file =
                        new RandomAccessFile(version.resolve(name).toFile(), "rw")) {
                    byte[] other = new byte[(int) file.length()];
                    Arrays.fill(other, (byte) 0x3e);
                    file.write(other);
                    assertIsWhole(model);
                    file.setLength(0);
                    assertIsWhole(model);
                }
            }
        }
    }

    @Test
    void aMappedCopyHasNoNameThatAnybodyCouldOpen() throws Exception {
        Model model = read(versions.get(0), 0);
        assertThat(copies).isEmptyDirectory();
        assertIsWhole(model);
        ModelReader.read(versions.get(0), null, directory.resolve("none"));
        assertHasNoPlace(0, "vocabulary/item.txt");
        assertHasNoPlace(512, "weights.safetensors");
    }

    private void assertHasNoPlace(long mostOnHeap, String file) {
        var limits = new ArtifactContents.Limits(mostOnHeap, directory.resolve("none"));
        assertThatThrownBy(() -> ModelReader.read(versions.get(0), null, limits))
                .isInstanceOf(IOException.class)
                .hasMessageContainingAll(file, "none", "model.copy-directory", "java.io.tmpdir");
    }
}
