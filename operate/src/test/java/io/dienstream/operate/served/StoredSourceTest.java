package io.dienstream.operate.served;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.datasets.format.Manifest;
import io.dienstream.datasets.prepare.TimeOrderedSettings;
import io.dienstream.datasets.served.SinkFiles;
import io.dienstream.datasets.served.TrainingData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredSourceTest {
    private static final TimeOrderedSettings ALL = new TimeOrderedSettings(0, 0, 100, 1, 7);
    private static final String FIRST = "examples/dt=2026-11-28/hour=23/examples-0.avro";

    @TempDir private Path directory;

    private Path sink;
    private String address = "";

    @BeforeEach
    void sink() throws IOException {
        sink = directory.resolve("sink");
        SinkFiles.write(sink.resolve(FIRST), List.of(SinkFiles.example("r", 1000, true)));
        address = sink.toUri().toString();
    }

    /** The hour before is not fetched, the one in which something new became final is. */
    @Test
    void onlyHoursThatMayHoldSomethingNewAreFetched() throws Exception {
        long end = Instant.parse("2026-11-29T00:00:00Z").toEpochMilli();
        Path next = sink.resolve("examples/dt=2026-11-29/hour=00/examples-0.avro");
        SinkFiles.write(next, List.of(SinkFiles.example("s", end + 1, true)));
        try (TrainingData both = since(end - 1)) {
            assertThat(both.sources()).hasSize(2);
        }
        try (TrainingData last = since(end)) {
            assertThat(last.sources())
                    .extracting(Manifest.Source::file)
                    .containsExactly(sink.relativize(next).toString());
        }
    }

    private TrainingData since(long time) throws IOException {
        return TrainingData.open(
                address, new TimeOrderedSettings(0, 0, 100, 1, 7, time, null), null, 0, null);
    }

    private TrainingData open(List<Manifest.Source> only) throws IOException {
        return TrainingData.open(address, ALL, null, 0, only);
    }

    @Test
    void itsFilesAreThoseOfTheDirectory() throws Exception {
        Files.writeString(sink.resolve("examples/.examples-1.avro.inprogress"), "half");
        Files.createDirectories(sink.resolve("_temporary"));
        Files.writeString(sink.resolve("_temporary/examples-2.avro"), "half");
        Files.writeString(sink.resolve("README"), "not examples");
        try (TrainingData there = TrainingData.open(sink.toString(), ALL, null, 0, null);
                TrainingData fetched = open(null)) {
            assertThat(fetched.sources()).isEqualTo(there.sources()).hasSize(1);
            assertThat(fetched.sources().get(0).file()).isEqualTo(FIRST);
            assertThat(fetched.data().manifest().splits())
                    .isEqualTo(there.data().manifest().splits());
        }
    }

    @Test
    void whatHasComeSinceIsOfTheNextTraining() throws Exception {
        List<Manifest.Source> sources;
        try (TrainingData first = open(null)) {
            sources = first.sources();
        }
        SinkFiles.write(
                sink.resolve("examples/examples-1.avro"),
                List.of(SinkFiles.example("s", 2000, false)));
        try (TrainingData again = open(sources)) {
            assertThat(again.sources()).isEqualTo(sources);
        }
        try (TrainingData all = open(null)) {
            assertThat(all.sources()).hasSize(2);
        }
    }

    @Test
    void aFileThatHasChangedOrGoneIsNamedWhereItIs() throws Exception {
        List<Manifest.Source> sources;
        try (TrainingData first = open(null)) {
            sources = first.sources();
        }
        SinkFiles.write(sink.resolve(FIRST), List.of(SinkFiles.example("r", 1000, false)));
        assertThatThrownBy(() -> open(sources))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(address)
                .hasMessageContaining(FIRST + ": has changed");
        Files.delete(sink.resolve(FIRST));
        assertThatThrownBy(() -> open(sources))
                .hasMessageStartingWith(address)
                .hasMessageContaining(FIRST + ": is in the manifest, but not there any more");
    }

    @Test
    void aDamagedFileIsNamedWhereItIs() throws Exception {
        Files.writeString(sink.resolve("examples/examples-1.avro"), "no container");
        assertThatThrownBy(() -> open(null))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(address)
                .hasMessageContaining("examples-1.avro: is no Avro container");
    }

    @Test
    void whereThereIsNothingIsSaid() {
        address = directory.resolve("none").toUri().toString();
        assertThatThrownBy(() -> open(null))
                .isInstanceOf(IOException.class)
                .hasMessage(address + ": there is no such directory");
        address = "s3://bucket/examples";
        assertThatThrownBy(() -> open(null))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(
                        "s3://bucket/examples: no file system for s3:// here; FLINK_PLUGINS_DIR");
        address = "ftp://host/examples";
        assertThatThrownBy(() -> open(null)).hasMessageContaining("nothing here reads ftp://");
    }
}
