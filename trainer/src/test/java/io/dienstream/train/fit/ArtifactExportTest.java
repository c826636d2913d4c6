package io.dienstream.train.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.engine.Engine;
import io.dienstream.dien.RandomModels;
import io.dienstream.dien.Scorer;
import io.dienstream.dien.SelfCheck;
import io.dienstream.dien.artifact.GoldenFile;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.kernel.ScalarKernels;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.dien.model.GoldenAnswer;
import io.dienstream.dien.model.Model;
import io.dienstream.dien.model.ModelConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The trainer's forward pass against the scorer, which the golden vectors hold to the format. */
class ArtifactExportTest {
    private static final Engine ENGINE = TorchEngine.start(1);

    @TempDir private Path directory;

    static Stream<Arguments> everyNetwork() {
        List<Arguments> all = new ArrayList<>();
        for (Architecture architecture : Architecture.values()) {
            for (AttentionType attention : AttentionType.values()) {
                for (GateForm gate : GateForm.values()) {
                    boolean hasGate =
                            architecture == Architecture.AUGRU || architecture == Architecture.DIEN;
                    boolean din = architecture == Architecture.DIN;
                    if ((architecture.hasAttention() || attention == AttentionType.MLP)
                            && !(din && attention == AttentionType.BILINEAR)
                            && (hasGate || gate == GateForm.PAPER)) {
                        all.add(Arguments.of(architecture, attention, gate));
                    }
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest
    @MethodSource("everyNetwork")
    void trainerAndScorerGiveTheSameAnswers(
            Architecture architecture, AttentionType attention, GateForm gate) throws IOException {
        ModelConfig config = RandomModels.config(architecture, attention, gate, 12);
        double difference =
                new ArtifactExport(config, Map.of("item", RandomModels.items()), ENGINE, 3)
                        .write(directory.resolve("model"), RandomModels.tensors(config, 5));
        assertThat(difference).isLessThanOrEqualTo(1e-5);
        Model model = ModelReader.read(directory.resolve("model"));
        assertThat(model.config()).isEqualTo(config);
        List<GoldenAnswer> golden = GoldenFile.read(directory.resolve("model"));
        assertThat(golden).hasSize(8).anyMatch(answer -> answer.behaviors().size() > 2);
        SelfCheck check = new SelfCheck(new Scorer(model, new ScalarKernels()));
        assertThat(check.firstWrong(golden)).isNull();
    }

    @Test
    void nothingIsWrittenWhereTheyDisagree() throws IOException {
        ModelConfig config =
                RandomModels.config(Architecture.DIEN, AttentionType.BILINEAR, GateForm.PAPER, 12);
        Path target = directory.resolve("model");
        ArtifactExport impossible =
                new ArtifactExport(config, Map.of("item", RandomModels.items()), ENGINE, 3, 1e-12);
        assertThatThrownBy(() -> impossible.write(target, RandomModels.tensors(config, 5)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("differ from the trainer's")
                .hasMessageContaining(target.toString());
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
    }
}
