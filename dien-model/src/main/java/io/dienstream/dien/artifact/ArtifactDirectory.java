package io.dienstream.dien.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The files of an artifact, which may come from anybody and may be replaced at any moment. The
 * directory is the one that was there when this was made: a link that switches to another version,
 * or a directory that is renamed away, does not mix two of them.
 *
 * <p>Links are followed inside the directory, as volumes of Kubernetes have them, and not out of
 * it: what is read of a file that is not the artifact's could be shown to somebody who may not read
 * it.
 */
final class ArtifactDirectory implements AutoCloseable {
    private static final Set<OpenOption> READ_NO_LINK =
            Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

    private final Path given;
    private final Path root;
    private final DirectoryStream<Path> stream;
    private final Object rootKey;
    private final Map<String, Stamp> stamps = new HashMap<>();

    /** What tells a file from the one that takes its place. */
    private record Stamp(Path real, Object key, long size, FileTime modified) {
        private static Stamp of(Path real) throws IOException {
            BasicFileAttributes a =
                    Files.readAttributes(
                            real, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            return new Stamp(real, a.fileKey(), a.size(), a.lastModifiedTime());
        }
    }

    private ArtifactDirectory(Path given, Path root, DirectoryStream<Path> stream)
            throws IOException {
        this.given = given;
        this.root = root;
        this.stream = stream;
        rootKey =
                stream instanceof SecureDirectoryStream<Path> open
                        ? open.getFileAttributeView(BasicFileAttributeView.class)
                                .readAttributes()
                                .fileKey()
                        : Stamp.of(root).key();
    }

    /**
     * @throws ArtifactException where there is no such directory
     */
    static ArtifactDirectory open(Path directory) throws IOException {
        try {
            Path root = directory.toRealPath();
            return new ArtifactDirectory(directory, root, streamOf(root));
        } catch (NoSuchFileException | NotDirectoryException e) {
            throw new ArtifactException(directory, "no such model directory", e);
        }
    }

    /** Null where its files may be read and not listed: they are opened by name then. */
    private static DirectoryStream<Path> streamOf(Path root) throws IOException {
        try {
            return Files.newDirectoryStream(root);
        } catch (AccessDeniedException e) {
            return null;
        }
    }

    /** {@code name} as messages show it. */
    Path path(String name) throws ArtifactException {
        try {
            return given.resolve(name);
        } catch (InvalidPathException e) {
            throw new ArtifactException(given, "a file's name is none: " + e.getReason(), e);
        }
    }

    boolean has(String name) {
        boolean exists = Files.exists(root.resolve(name));
        if (!exists) {
            stamps.putIfAbsent(name, null);
        }
        return exists;
    }

    /**
     * Opens a file.
     *
     * @throws ArtifactException where there is none, or it leads out of the directory
     */
    SeekableByteChannel open(String name) throws IOException {
        Path file = path(name);
        try {
            Path real = root.resolve(name).toRealPath();
            if (!real.startsWith(root)) {
                throw new ArtifactException(file, "leads out of the artifact's directory");
            }
            if (!Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)) {
                throw new ArtifactException(file, "is no file");
            }
            stamps.put(name, Stamp.of(real));
            return open(stream, root.relativize(real));
        } catch (NoSuchFileException e) {
            stamps.putIfAbsent(name, null);
            throw new ArtifactException(file, "is missing", e);
        } catch (AccessDeniedException e) {
            throw new ArtifactException(file, "may not be read by the user of this process", e);
        } catch (FileSystemException e) {
            throw new ArtifactException(file, "cannot be opened: " + e.getReason(), e);
        }
    }

    /** Step by step without links: what was no link a moment ago may be one now. */
    private SeekableByteChannel open(DirectoryStream<Path> parent, Path relative)
            throws IOException {
        if (!(parent instanceof SecureDirectoryStream<Path> directory)) {
            return Files.newByteChannel(root.resolve(relative), READ_NO_LINK);
        }
        if (relative.getNameCount() == 1) {
            return directory.newByteChannel(relative, READ_NO_LINK);
        }
        try (SecureDirectoryStream<Path> next =
                directory.newDirectoryStream(relative.getName(0), LinkOption.NOFOLLOW_LINKS)) {
            return open(next, relative.subpath(1, relative.getNameCount()));
        }
    }

    /**
     * All bytes of a small file.
     *
     * @param most bytes that it may have
     * @throws ArtifactException where it has more, before memory is taken for them
     */
    byte[] read(String name, int most) throws IOException {
        try (SeekableByteChannel channel = open(name, most)) {
            InputStream in = Channels.newInputStream(channel);
            byte[] bytes = in.readNBytes(most + 1);
            if (bytes.length > most) {
                throw tooLarge(name, most); // it grows while it is read
            }
            return bytes;
        }
    }

    /** Opens a file of at most {@code most} bytes. */
    SeekableByteChannel open(String name, long most) throws IOException {
        SeekableByteChannel channel = open(name);
        if (channel.size() > most) {
            channel.close();
            throw tooLarge(name, most);
        }
        return channel;
    }

    private ArtifactException tooLarge(String name, long most) throws ArtifactException {
        return new ArtifactException(
                path(name), "is larger than the " + most + " bytes it may have");
    }

    /** Whether the directory and every file that was looked at still is what it was then. */
    boolean isUnchanged() {
        Stamp now = stampOf("");
        if (now == null || !Objects.equals(rootKey, now.key())) {
            return false;
        }
        return stamps.entrySet().stream()
                .allMatch(e -> Objects.equals(e.getValue(), stampOf(e.getKey())));
    }

    /** Null where there is no such file. */
    private Stamp stampOf(String name) {
        try {
            return Stamp.of(root.resolve(name).toRealPath());
        } catch (IOException e) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        if (stream != null) {
            stream.close();
        }
    }
}
