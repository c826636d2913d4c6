package io.dienstream.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a process leaves behind is for LeftoversTest; this is about whose files are removed. */
class ScratchTest {
    @TempDir private Path temporary;

    private Path left(String name) throws IOException {
        Path root = Files.createDirectory(temporary.resolve(name));
        Files.createFile(root.resolve(Scratch.LOCK));
        Files.createDirectories(root.resolve("kafka-1/behaviors-0"));
        Files.writeString(root.resolve("kafka-1/behaviors-0/0.log"), "users");
        return root;
    }

    @Test
    void itIsTheUsersAloneAndGoesWithAllThatIsInIt() throws IOException {
        Scratch scratch = Scratch.create(temporary);
        assertThat(scratch.root().getFileName().toString())
                .startsWith("dien-" + ProcessHandle.current().pid() + "-");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(scratch.root())))
                .isEqualTo("rwx------");
        Path outside = Files.createDirectory(temporary.resolve("outside"));
        Files.createFile(outside.resolve("kept"));
        Files.createSymbolicLink(scratch.root().resolve("link"), outside);
        Files.createDirectories(scratch.root().resolve("a/b"));
        scratch.end();
        assertThat(scratch.root()).doesNotExist();
        assertThat(outside.resolve("kept")).exists();
    }

    @Test
    void itGoesAfterTheLastHookHasWritten() throws Exception {
        Scratch scratch = Scratch.create(temporary);
        Thread hook =
                new Thread(
                        () -> {
                            try {
                                Files.createFile(scratch.root().resolve("last"));
                            } catch (IOException e) {
                                throw new IllegalStateException("removed too early", e);
                            }
                        });
        Throwable[] failure = {null};
        hook.setUncaughtExceptionHandler((thread, e) -> failure[0] = e);
        Scratch.waitFor(hook);
        Thread end = new Thread(scratch::end);
        end.start();
        while (end.getState() != Thread.State.TIMED_WAITING) {
            Thread.onSpinWait();
        }
        assertThat(scratch.root()).exists();
        hook.start();
        end.join();
        Scratch.forget(hook);
        assertThat(failure[0]).isNull();
        assertThat(scratch.root()).doesNotExist();
    }

    @Test
    void whatDeadProcessesLeftIsRemovedAndNothingElse() throws IOException {
        Scratch own = Scratch.create(temporary);
        Scratch living = Scratch.create(temporary);
        Path dead = left("dien-4711-00000000000000ff");
        Path empty = Files.createDirectory(temporary.resolve("dien-4712-00000000000000ff"));
        Path foreign = left("dien-stream-root");
        Path noLock = left("dien-4713-00000000000000ff");
        Files.delete(noLock.resolve(Scratch.LOCK));
        Path other = left("flink-4714-1");
        Path behindLink = left("elsewhere");
        Path link = temporary.resolve("dien-4715-00000000000000ff");
        Files.createSymbolicLink(link, behindLink);
        assertThat(ScratchSweep.run(temporary, own.root())).containsExactly(noLock);
        assertThat(dead).doesNotExist();
        assertThat(empty).doesNotExist();
        assertThat(foreign.resolve("kafka-1")).exists();
        assertThat(noLock.resolve("kafka-1")).exists();
        assertThat(other.resolve("kafka-1")).exists();
        assertThat(link).isSymbolicLink();
        assertThat(behindLink.resolve("kafka-1/behaviors-0/0.log")).hasContent("users");
        assertThat(own.root()).exists();
        assertThat(living.root()).exists();
    }

    /** A lock that is a link would lead the open elsewhere. */
    @Test
    void aLockIsNotFollowed() throws IOException {
        Scratch own = Scratch.create(temporary);
        Path dead = left("dien-4711-00000000000000ff");
        Path target = Files.writeString(temporary.resolve("target"), "kept");
        Files.delete(dead.resolve(Scratch.LOCK));
        Files.createSymbolicLink(dead.resolve(Scratch.LOCK), target);
        assertThat(ScratchSweep.run(temporary, own.root())).containsExactly(dead);
        assertThat(dead.resolve("kafka-1")).exists();
        assertThat(target).hasContent("kept");
    }
}
