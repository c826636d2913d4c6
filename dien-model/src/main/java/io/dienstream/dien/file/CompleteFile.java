package io.dienstream.dien.file;

import java.io.BufferedOutputStream;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * A file that stands under its name only when all of it is there. It is written to a temporary name
 * beside it and moved by {@link #complete}; what is closed before leaves nothing, and what stood
 * under the name stays as it was. Every error of the disk is thrown, naming the file. A device or a
 * pipe ({@code /dev/stdout}) cannot be moved to and is written as it is.
 */
public final class CompleteFile implements Closeable {
    private static final Pattern DESCRIPTOR =
            Pattern.compile("/dev/fd/.*|/dev/std(in|out|err)|/proc/[^/]+/fd/.*");
    private static final Set<PosixFilePermission> OWN =
            PosixFilePermissions.fromString("rw-------");

    private final Path target;
    private final Path place;
    private final Path temporary;
    private final FileOutputStream file;
    private final OutputStream out;
    private Writer writer;
    private boolean done;

    private CompleteFile(Path target, Path place, Path temporary, FileOutputStream file) {
        this.target = target;
        this.place = place;
        this.temporary = temporary;
        this.file = file;
        out = new KeptOpen(new NamedOutput(target, file));
    }

    /**
     * Begins to write {@code target}.
     *
     * @throws IOException naming what is in the way: a directory of that name, one that is not
     *     there, one that may not be written to
     */
    public static CompleteFile create(Path target) throws IOException {
        if (Files.isDirectory(target)) {
            throw new FileSystemException(target.toString(), null, "is a directory, not a file");
        }
        if (isDescriptor(target.toAbsolutePath()) || isSpecial(target)) {
            return new CompleteFile(
                    target, target, null, new FileOutputStream(target.toFile(), true));
        }
        Path place = Files.exists(target) ? target.toRealPath() : target.toAbsolutePath();
        Path parent = place.getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw new NoSuchFileException(
                    String.valueOf(parent), null, "there is no such directory");
        }
        if (!Files.isWritable(Files.exists(place) ? place : parent) || !Files.isWritable(parent)) {
            throw new AccessDeniedException(target.toString(), null, "may not be written");
        }
        Path temporary =
                place.resolveSibling("." + place.getFileName() + "." + UUID.randomUUID() + ".part");
        if (Files.exists(place) && isPosix(place)) {
            // what only the user may read stays so while it is written anew
            Files.createFile(temporary, PosixFilePermissions.asFileAttribute(OWN));
        }
        FileOutputStream file = new FileOutputStream(temporary.toFile());
        temporary.toFile().deleteOnExit(); // a process that is killed closes nothing
        return new CompleteFile(target, place, temporary, file);
    }

    /**
     * A file that the process has open already, which moving another one there would not change.
     */
    private static boolean isDescriptor(Path absolute) {
        return DESCRIPTOR.matcher(absolute.toString()).matches();
    }

    /** A device or a pipe; its real path may be none that can be opened. */
    private static boolean isSpecial(Path place) {
        return Files.exists(place) && !Files.isRegularFile(place);
    }

    /** Writes a whole text. */
    public static void write(Path target, String text) throws IOException {
        try (CompleteFile file = create(target)) {
            file.writer().write(text);
            file.complete();
        }
    }

    /**
     * @throws IOException where {@code output} is one of {@code inputs}, which may be null: it
     *     would be replaced
     */
    public static void requireOther(Path output, Path... inputs) throws IOException {
        for (Path input : inputs) {
            if (input != null
                    && Files.isRegularFile(output)
                    && Files.exists(input)
                    && Files.isSameFile(output, input)) {
                throw new FileSystemException(
                        output.toString(), null, "is read and written: choose another output");
            }
        }
    }

    /** Where the bytes go. Closing it is allowed and completes nothing. */
    public OutputStream stream() {
        return out;
    }

    /** UTF-8 text; lines end with {@code \n}, on every system. */
    public Writer writer() {
        if (writer == null) {
            writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
        }
        return writer;
    }

    /** Writes what is left, waits until the disk has it, and gives the file its name. */
    public void complete() throws IOException {
        if (writer != null) {
            writer.flush();
        }
        out.flush();
        try {
            if (temporary != null) {
                file.getFD().sync(); // some disks say only now that they are full
            }
            file.close();
            if (temporary != null) {
                keepPermissions();
                Files.move(temporary, place, StandardCopyOption.ATOMIC_MOVE);
            }
        } catch (IOException e) {
            throw NamedOutput.unwritable(target, e);
        }
        done = true;
    }

    private static boolean isPosix(Path file) {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private void keepPermissions() throws IOException {
        if (Files.exists(place) && isPosix(place)) {
            Files.setPosixFilePermissions(temporary, Files.getPosixFilePermissions(place));
        }
    }

    /** Removes what was written unless it is complete. */
    @Override
    public void close() throws IOException {
        if (done) {
            return;
        }
        try {
            file.close(); // not the buffer: why it is incomplete is being thrown already
        } finally {
            if (temporary != null) {
                Files.deleteIfExists(temporary);
            }
        }
    }

    /** Whoever wraps the stream closes it; the file is closed when it is complete. */
    private static final class KeptOpen extends BufferedOutputStream {
        KeptOpen(OutputStream out) {
            super(out);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
