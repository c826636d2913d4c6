package io.dienstream.datasets.erase;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;

/**
 * New contents of a file: written beside it, readable by the user alone, and moved to its name when
 * they are complete. A link is followed, so that it is not replaced while what it leads to stays.
 */
final class Replacement implements AutoCloseable {
    private static final String MARK = ".erasing-";

    private final Path file;
    private final Path temporary;
    private final BasicFileAttributes before;

    /**
     * @throws IOException where {@code name} is no file, has further names, or may not be replaced
     */
    Replacement(Path name) throws IOException {
        file = name.toRealPath();
        before = Files.readAttributes(file, BasicFileAttributes.class);
        if (!before.isRegularFile()) {
            throw new IOException(name + " is no file");
        }
        if (file.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            int names = (Integer) Files.getAttribute(file, "unix:nlink");
            if (names > 1) {
                throw new IOException(
                        "%s has %d names (hard links), and the others would keep what is erased"
                                .formatted(name, names));
            }
        }
        String beginning = "." + file.getFileName() + MARK;
        // of one that was interrupted: it holds what was to be erased, or what was not
        try (DirectoryStream<Path> old =
                Files.newDirectoryStream(
                        file.getParent(), p -> p.getFileName().toString().startsWith(beginning))) {
            for (Path left : old) {
                Files.delete(left);
            }
        }
        temporary = Files.createTempFile(file.getParent(), beginning, "");
    }

    /** Where the new contents are written. */
    Path temporary() {
        return temporary;
    }

    /**
     * Puts them in their place, with the rights that the old ones had.
     *
     * @throws IOException where somebody has written to the file since
     */
    void commit() throws IOException {
        BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
        if (now.size() != before.size()
                || !now.lastModifiedTime().equals(before.lastModifiedTime())) {
            throw new IOException(
                    file + " was written to meanwhile; erase when nobody writes to it");
        }
        try (FileChannel written = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            written.force(true);
        }
        PosixFileAttributeView view =
                Files.getFileAttributeView(temporary, PosixFileAttributeView.class);
        if (view != null) {
            copyRights(Files.readAttributes(file, PosixFileAttributes.class), view);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void copyRights(PosixFileAttributes from, PosixFileAttributeView to)
            throws IOException {
        PosixFileAttributes own = to.readAttributes();
        if (!own.owner().equals(from.owner())) {
            to.setOwner(from.owner());
        }
        if (!own.group().equals(from.group())) {
            to.setGroup(from.group());
        }
        to.setPermissions(from.permissions());
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(temporary);
    }
}
