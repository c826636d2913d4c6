package io.dienstream.datasets.served;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.datasets.format.SmallDataset;
import io.dienstream.datasets.prepare.NoExamplesException;
import io.dienstream.datasets.prepare.TimeOrderedSettings;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainingDataTest {
    private static final TimeOrderedSettings ALL = new TimeOrderedSettings(0, 0, 100, 1, 7);

    @TempDir private Path directory;

    @Test
    void whatWasMadeOfWhatWasServedGoesWhenItIsClosed() throws Exception {
        SinkFiles.write(
                directory.resolve("part-0.avro"), List.of(SinkFiles.example("r", 1000, true)));
        TrainingData data = TrainingData.open(directory.toString(), ALL, null, 0, null);
        assertThat(data.scratch()).isNotEmptyDirectory();
        data.close();
        assertThat(data.scratch()).doesNotExist();
        assertThat(directory.resolve("part-0.avro")).exists();
    }

    @Test
    void whatHoldsNothingNewIsSaid() throws Exception {
        SinkFiles.write(
                directory.resolve("part-0.avro"), List.of(SinkFiles.example("r", 1000, true)));
        TimeOrderedSettings later = new TimeOrderedSettings(0, 0, 100, 1, 7, 5000L, null);
        assertThatThrownBy(() -> TrainingData.open(directory.toString(), later, null, 0, null))
                .isInstanceOf(NoExamplesException.class);
    }

    @Test
    void aPreparedDataSetStays() throws Exception {
        Path prepared = directory.resolve("prepared");
        SmallDataset.write(prepared, 8, 1);
        TrainingData.open(prepared.toString(), ALL, null, 0, null).close();
        assertThat(prepared.resolve("manifest.json")).exists();
    }
}
