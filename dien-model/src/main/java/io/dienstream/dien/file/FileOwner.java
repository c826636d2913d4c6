package io.dienstream.dien.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Whose a file is. In a container a user may have no name, so users are compared as files show
 * them.
 */
public final class FileOwner {
    private FileOwner() {}

    /**
     * Whether {@code file} belongs to the user of this process; true where the file system has no
     * owners to compare.
     *
     * @throws IOException where it cannot be looked at
     */
    public static boolean isOurs(Path file) throws IOException {
        if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            return true;
        }
        Path probe = Files.createTempFile("dien-owner-", null);
        try {
            return Files.getOwner(file, LinkOption.NOFOLLOW_LINKS).equals(Files.getOwner(probe));
        } finally {
            Files.delete(probe);
        }
    }
}
