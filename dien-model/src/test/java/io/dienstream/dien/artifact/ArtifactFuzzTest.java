package io.dienstream.dien.artifact;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.dienstream.dien.EncodedRequest;
import io.dienstream.dien.RandomModels;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.history.HistoryModel;
import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.kernel.ScalarKernels;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Thousands of damaged artifacts, the same in each run; a finding says which input it was. */
class ArtifactFuzzTest {
    private static final int INPUTS = 3000;
    private static final long MOST_BYTES = 64 << 20;
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final List<String> FILES =
            List.of(ModelReader.CONFIG_FILE, ModelReader.WEIGHTS_FILE, "vocabulary/item.txt");

    @TempDir private Path directory;
    private Path artifact;

    @BeforeEach
    void goodArtifact() throws IOException {
        artifact = directory.resolve("model");
        RandomModels.write(
                artifact,
                RandomModels.config(Architecture.DIEN, AttentionType.MLP, GateForm.PAPER, 10),
                1);
    }

    /** What is taken is good for scoring, too: its sizes multiply to arrays that can be had. */
    private static void readAndScore(Path artifact) throws IOException {
        Scorer scorer = new Scorer(ModelReader.read(artifact), new ScalarKernels());
        HistoryModel histories = scorer.historyModel();
        InterestHistory history = histories.newHistory();
        histories.add(
                history,
                histories.encode("e", 1, Map.of("item", "i1", "category", "c1")),
                histories.newScratch());
        EncodedRequest request = scorer.encoder().newRequest();
        scorer.encoder().begin(Map.of(), Map.of(), 1, request);
        scorer.encoder().candidate(0, Map.of("item", "i2"), request);
        scorer.score(history, history.size(), request, scorer.newScratch());
    }

    @Test
    void everyDamagedArtifactIsTakenOrRefused() throws Exception {
        try (ArtifactFuzzer fuzzer = new ArtifactFuzzer(artifact, FILES, PATIENCE, MOST_BYTES)) {
            assertThat(fuzzer.run(ArtifactFuzzTest::readAndScore, INPUTS)).isEmpty();
            assertThat(fuzzer.accepted())
                    .as("some damages are none, and most are")
                    .isBetween(INPUTS / 50, INPUTS / 2);
        }
    }

    @Test
    void everyDamagedSealIsTakenOrRefused() throws Exception {
        Seal.write(artifact, null);
        try (ArtifactFuzzer fuzzer =
                new ArtifactFuzzer(artifact, List.of(Seal.FILE), PATIENCE, MOST_BYTES)) {
            assertThat(fuzzer.run(ModelReader::read, INPUTS / 4)).isEmpty();
        }
    }

    /** Mistakes that readers of such files have made. */
    static Stream<Arguments> plantedFaults() {
        return Stream.of(
                planted("an object for a list", "ClassCastException", ArtifactFuzzTest::casts),
                planted("a zero in a name", "InvalidPathException", ArtifactFuzzTest::resolves),
                planted("memory by a length that is only told", "allocates", a -> take(header(a))),
                planted("an end that never comes", "hangs", ArtifactFuzzTest::countsUpTo));
    }

    private static Arguments planted(String name, String found, ArtifactFuzzer.Reader reader) {
        return Arguments.of(name, found, reader);
    }

    /** So that silence of the test above says something. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("plantedFaults")
    void aPlantedFaultIsFound(String name, String found, ArtifactFuzzer.Reader faulty)
            throws Exception {
        Duration patience = Duration.ofSeconds(2);
        try (ArtifactFuzzer fuzzer = new ArtifactFuzzer(artifact, FILES, patience, MOST_BYTES)) {
            Optional<ArtifactFuzzer.Fault> fault =
                    fuzzer.run(
                            path -> {
                                faulty.read(path);
                                ModelReader.read(path);
                            },
                            INPUTS);
            assertThat(fault).as(name).isPresent();
            assertThat(fault.orElseThrow().what()).contains(found);
        }
    }

    /** The header's length as it is told. */
    private static long header(Path artifact) throws IOException {
        byte[] bytes = Files.readAllBytes(artifact.resolve(ModelReader.WEIGHTS_FILE));
        return bytes.length < Long.BYTES
                ? 0
                : ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    }

    private static void take(long bytes) {
        if (bytes > 0) {
            byte[] memory = new byte[(int) Math.min(bytes, MOST_BYTES + 1)];
            Arrays.fill(memory, (byte) 1);
        }
    }

    private static void casts(Path artifact) throws IOException {
        byte[] bytes = Files.readAllBytes(artifact.resolve(ModelReader.WEIGHTS_FILE));
        long length = header(artifact);
        if (length < 2 || length > bytes.length - Long.BYTES) {
            return;
        }
        byte[] json = Arrays.copyOfRange(bytes, Long.BYTES, Long.BYTES + (int) length);
        for (JsonNode tensor : Json.tree(artifact, "", json)) {
            if (tensor.has("data_offsets")) {
                ArrayNode offsets = (ArrayNode) tensor.get("data_offsets");
                assertThat(offsets).isNotNull();
            }
        }
    }

    private static JsonNode item(Path artifact) throws IOException {
        byte[] json = Files.readAllBytes(artifact.resolve(ModelReader.CONFIG_FILE));
        return Json.tree(artifact, "", json).path("embeddings").path("item");
    }

    private static void resolves(Path artifact) throws IOException {
        String name = item(artifact).path("encoding").path("file").asText("");
        assertThat(artifact.resolve(name)).isNotNull();
    }

    private static void countsUpTo(Path artifact) throws IOException {
        double rows = item(artifact).path("rows").asDouble();
        double at = 0;
        while (rows > 0 && at != rows && !Thread.currentThread().isInterrupted()) {
            at++;
        }
    }
}
