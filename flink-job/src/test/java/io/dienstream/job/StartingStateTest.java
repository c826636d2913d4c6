package io.dienstream.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.dien.Needed;
import io.dienstream.job.option.JobOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartingStateTest {
    @TempDir private Path checkpoints;

    private JobOptions options(String from) {
        return Records.options(Path.of("unused"), "job.start-from", from);
    }

    private Path checkpoint(String job, String name, long seconds) throws IOException {
        Path directory = Files.createDirectories(checkpoints.resolve(job).resolve(name));
        Path metadata = Files.createFile(directory.resolve("_metadata"));
        Files.setLastModifiedTime(metadata, FileTime.fromMillis(seconds * 1000));
        return directory;
    }

    private Optional<String> of(String from) throws IOException {
        return StartingState.of(options(from), checkpoints.toUri().toString());
    }

    @Test
    void noneIsWithoutStateThoughThereIsOne() throws IOException {
        checkpoint("job", "chk-1", 1);
        assertThat(of("none")).isEmpty();
    }

    @Test
    void theNewestOfAnotherUserIsNotTaken() throws IOException {
        Path newest = checkpoint("job", "chk-1", 1);
        UserPrincipal other;
        try {
            other =
                    newest.getFileSystem()
                            .getUserPrincipalLookupService()
                            .lookupPrincipalByName("nobody");
            Files.setOwner(newest.resolve("_metadata"), other);
        } catch (IOException e) {
            Needed.here("root", false, "only root may give files away: " + e);
        }
        assertThatThrownBy(() -> of("latest"))
                .hasMessageContaining(newest.toString())
                .hasMessageContaining("belongs to nobody");
    }

    @Test
    void nothingIsAskedFor() throws IOException {
        checkpoint("job", "chk-1", 1);
        assertThat(of("")).isEmpty();
    }

    @Test
    void aNamedStateIsTakenAsItIs() throws IOException {
        assertThat(of("s3://bucket/savepoint-1")).contains("s3://bucket/savepoint-1");
    }

    @Test
    void latestIsTheNewestCompleteCheckpointOfAnyJob() throws IOException {
        checkpoint("first", "chk-9", 10);
        Path newest = checkpoint("second", "chk-2", 30);
        checkpoint("second", "chk-1", 20);
        Files.createDirectories(checkpoints.resolve("second").resolve("chk-3")); // never completed
        Files.createFile(checkpoints.resolve("second").resolve("a-file"));
        assertThat(of("latest"))
                .hasValueSatisfying(
                        uri -> assertThat(uri).endsWith(newest.toString()).startsWith("file:"));
    }

    private void assertLatest(Path expected) throws IOException {
        assertThat(of("latest"))
                .hasValueSatisfying(uri -> assertThat(uri).endsWith(expected.toString()));
    }

    /** Times may be equal, or go back; 10 comes before 9 in a listing. */
    @Test
    void ofOneRunTheHighestNumberIsTheNewest() throws IOException {
        checkpoint("run", "chk-9", 50);
        Path tenth = checkpoint("run", "chk-10", 50);
        assertLatest(tenth);
        Path eleventh = checkpoint("run", "chk-11", 40);
        assertLatest(eleventh);
        Path later = checkpoint("later", "chk-1", 41);
        assertLatest(later);
    }

    @Test
    void aSavepointThatLiesThereCounts() throws IOException {
        checkpoint("run", "chk-9", 10);
        Path savepoint = checkpoint("", "savepoint-1a2b3c-0123456789ab", 20);
        assertLatest(savepoint);
        Path younger = checkpoint("next", "chk-1", 30);
        assertLatest(younger);
        Path deeper = checkpoint("savepoints", "savepoint-4d5e6f-0123456789ab", 40);
        assertLatest(deeper);
    }

    /** It may have died before its first checkpoint: what it began from is right then. */
    @Test
    void aRunWithoutACheckpointIsPassedOver() throws IOException {
        Path first = checkpoint("first", "chk-9", 10);
        Files.createDirectories(checkpoints.resolve("second").resolve("shared"));
        assertLatest(first);
    }

    @Test
    void latestOfNoneStartsEmpty() throws IOException {
        assertThat(of("latest")).isEmpty();
        Files.delete(checkpoints);
        assertThat(of("latest")).isEmpty();
        Files.createDirectory(checkpoints);
    }
}
