package io.dienstream.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/** Removes temporary files, of this process at its end and of dead ones: nothing else. */
final class ScratchSweep {
    private static final String NAMES = Scratch.PREFIX + "[0-9]*-*";

    private ScratchSweep() {}

    /**
     * Removes what dead processes have left in {@code temporary}: directories (no links) with our
     * name, of the user that {@code own} belongs to, whose lock nobody holds.
     *
     * @param own is left alone
     * @return what has our name and is the same user's, but could not be removed, or not told to be
     *     a dead process's
     */
    static List<Path> run(Path temporary, Path own) throws IOException {
        List<Path> left = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(temporary, NAMES)) {
            for (Path directory : found) {
                // to open and close a lock's file would let our own lock go
                if (!directory.equals(own)
                        && belongsWith(own, directory)
                        && !isRemovedOrAlive(directory)) {
                    left.add(directory);
                }
            }
        }
        return left;
    }

    private static boolean belongsWith(Path own, Path directory) {
        try {
            return Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
                    && Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS)
                            .equals(Files.getOwner(own));
        } catch (IOException e) {
            return false; // its process has just ended
        }
    }

    private static boolean isRemovedOrAlive(Path directory) {
        Path file = directory.resolve(Scratch.LOCK);
        try (FileChannel lock =
                FileChannel.open(file, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
            return lock.tryLock() == null || remove(directory) == null;
        } catch (OverlappingFileLockException e) {
            return true; // of this very process
        } catch (NoSuchFileException e) {
            return isRemovedAsEmpty(directory);
        } catch (IOException e) {
            return false; // not ours to open after all
        }
    }

    /** Where a process died before it had made its lock. */
    private static boolean isRemovedAsEmpty(Path directory) {
        try {
            Files.deleteIfExists(directory);
            return true;
        } catch (IOException e) {
            // either not one of these, or its process has just made its lock
            return Files.exists(directory.resolve(Scratch.LOCK), LinkOption.NOFOLLOW_LINKS);
        }
    }

    /**
     * Removes a tree, links as links, the lock last; null, or why something is left. What others
     * remove at the same time is gone all the same.
     */
    static IOException remove(Path root) {
        try {
            Files.walkFileTree(root, new Removal(root));
            return null;
        } catch (NoSuchFileException e) {
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    private static final class Removal extends SimpleFileVisitor<Path> {
        private final Path root;
        private final Path lock;

        Removal(Path root) {
            this.root = root;
            lock = root.resolve(Scratch.LOCK);
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
            if (!file.equals(lock)) {
                Files.deleteIfExists(file);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException && !file.equals(root)) {
                return FileVisitResult.CONTINUE;
            }
            throw e;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, IOException e)
                throws IOException {
            if (e != null) {
                throw e;
            }
            if (directory.equals(root)) {
                Files.deleteIfExists(lock);
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
        }
    }
}
