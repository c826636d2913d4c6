package io.dienstream.dien.artifact;

import io.dienstream.dien.file.Pace;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.dien.model.TensorShapes;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Everything that an artifact consists of, each file read once: what is compared with the seal and
 * makes the checksum are the very bytes that are parsed and used afterwards, whatever happens to
 * the files meanwhile or later.
 */
final class ArtifactContents implements AutoCloseable {
    private final ArtifactDirectory directory;
    private final Seal seal;
    private final boolean hashesEach;
    private final Limits limits;

    /** By name in the order of the checksum. */
    private final TreeMap<String, FileBytes> files = new TreeMap<>();

    private final List<SealedFile> sealable = new ArrayList<>();
    private ModelConfig config;
    private String checksum;

    /**
     * Where bytes are kept, and how fast they are read.
     *
     * @param mostOnHeap bytes of a file from which on they are mapped from a copy on disk, and of a
     *     vocabulary's index likewise
     * @param copies directory for such copies
     * @param chunkBits the binary logarithm of how many bytes of a vocabulary or its index are one
     *     mapping, 30 at most
     * @param pace of the reading
     */
    record Limits(long mostOnHeap, Path copies, int chunkBits, Pace pace) {
        private static final int CHUNK_BITS = 30;

        Limits(long mostOnHeap, Path copies) {
            this(mostOnHeap, copies, CHUNK_BITS);
        }

        Limits(long mostOnHeap, Path copies, int chunkBits) {
            this(mostOnHeap, copies, chunkBits, Pace.FULL);
        }

        Limits(Path copies, Pace pace) {
            this(FileBytes.MOST_ON_HEAP, copies, CHUNK_BITS, pace);
        }
    }

    private ArtifactContents(
            ArtifactDirectory directory, Seal seal, boolean hashesEach, Limits limits) {
        this.directory = directory;
        this.seal = seal;
        // hashing gigabytes twice is left out where nobody asks for it
        this.hashesEach = hashesEach || (seal != null && !seal.isFirstVersion());
        this.limits = limits;
    }

    /**
     * @param seal that the files must be as in, or null
     * @param hashesEach whether {@link #sealable} is asked for
     * @throws ArtifactException where a file is not as it may be, or not as sealed
     */
    static ArtifactContents read(
            ArtifactDirectory directory, Seal seal, boolean hashesEach, Limits limits)
            throws IOException {
        ArtifactContents contents = new ArtifactContents(directory, seal, hashesEach, limits);
        boolean isRead = false;
        try {
            contents.readConfig();
            contents.readInOrder();
            isRead = true;
            return contents;
        } finally {
            if (!isRead) {
                contents.close();
            }
        }
    }

    private void readConfig() throws IOException {
        String name = ModelReader.CONFIG_FILE;
        byte[] json = directory.read(name, ConfigParser.MOST_BYTES);
        files.put(name, FileBytes.of(json));
        if (hashesEach) {
            MessageDigest sha256 = Digests.sha256();
            sha256.update(json);
            compare(new SealedFile(name, json.length, Digests.hex(sha256)));
        }
        config = ConfigParser.parse(directory.path(name), json);
    }

    /** How many bytes each file but the configuration may have, by name. */
    private Map<String, Long> sizes() {
        Map<String, Long> most = new TreeMap<>();
        most.put(ModelReader.WEIGHTS_FILE, SizeLimits.weightBytes(TensorShapes.of(config)));
        for (ModelConfig.EmbeddingConfig e : config.embeddings().values()) {
            if (!e.encoding().isHash()) {
                long bytes = SizeLimits.vocabularyBytes(e.rows());
                most.merge(e.encoding().vocabularyFile(), bytes, Math::max);
            }
        }
        return most;
    }

    /** Reads the rest, and makes the checksum: SHA-256 over name and content of every file. */
    private void readInOrder() throws IOException {
        Map<String, Long> most = sizes();
        Set<String> names = new TreeSet<>(most.keySet());
        names.add(ModelReader.CONFIG_FILE);
        if (seal != null) {
            seal.requireNames(names);
        }
        MessageDigest all = Digests.sha256();
        for (String name : names) {
            all.update((name + "\0").getBytes(StandardCharsets.UTF_8));
            FileBytes read = files.get(name);
            if (read == null) {
                read(name, most.get(name), all);
            } else {
                all.update(read.slice(0, (int) read.size()));
            }
        }
        checksum = Digests.hex(all);
        if (seal != null) {
            seal.requireChecksum(checksum);
            requireBoundaries();
        }
    }

    private void read(String name, long most, MessageDigest all) throws IOException {
        MessageDigest sha256 = Digests.sha256();
        List<MessageDigest> digests = hashesEach ? List.of(all, sha256) : List.of(all);
        FileBytes bytes;
        try (SeekableByteChannel channel = directory.open(name, most)) {
            Path file = directory.path(name);
            bytes = FileBytes.copy(channel, file, limits, digests);
        }
        files.put(name, bytes);
        if (hashesEach) {
            compare(new SealedFile(name, bytes.size(), Digests.hex(sha256)));
        }
    }

    private void compare(SealedFile read) throws IOException {
        if (seal != null) {
            seal.require(read);
        }
        sealable.add(read);
    }

    /**
     * In a checksum of all files only a zero byte ends a file's name, so a file with zero bytes
     * could have taken over a part of the next one. Weights know their length, and model.json
     * cannot hold any: that leaves the vocabularies.
     */
    private void requireBoundaries() throws IOException {
        for (Map.Entry<String, FileBytes> file : files.entrySet()) {
            boolean isWeights = file.getKey().equals(ModelReader.WEIGHTS_FILE);
            if (seal.isFirstVersion() && !isWeights && file.getValue().holdsZero()) {
                throw new ArtifactException(
                        directory.path(file.getKey()),
                        "holds a zero byte, and a seal of the first version does not tell where"
                                + " such a file ends: ./dien model sign writes a new one");
            }
        }
    }

    ModelConfig config() {
        return config;
    }

    /** What the vocabulary {@code file} holds. */
    FileBytes vocabulary(String file) {
        return files.get(file);
    }

    FileBytes weights() {
        return files.get(ModelReader.WEIGHTS_FILE);
    }

    Limits limits() {
        return limits;
    }

    /** Hexadecimal. */
    String checksum() {
        return checksum;
    }

    /** Length and hash of each file. */
    List<SealedFile> sealable() {
        return sealable;
    }

    @Override
    public void close() throws IOException {
        for (FileBytes bytes : files.values()) {
            bytes.close();
        }
    }
}
