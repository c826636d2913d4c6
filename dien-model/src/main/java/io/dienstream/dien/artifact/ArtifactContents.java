package io.dienstream.dien.artifact;

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
import java.util.TreeMap;

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

    /** All but the weights, by name in the order of the checksum; the weights stand for null. */
    private final TreeMap<String, byte[]> files = new TreeMap<>();

    private final List<SealedFile> sealable = new ArrayList<>();
    private ModelConfig config;
    private FileBytes weights;
    private String checksum;

    /**
     * Where bytes are kept.
     *
     * @param mostOnHeap bytes of weights from which on they are mapped from a copy on disk
     * @param copies directory for such copies
     */
    record Limits(long mostOnHeap, Path copies) {}

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
        try {
            contents.readConfig();
            contents.readVocabularies();
            contents.readInOrder();
            return contents;
        } catch (IOException | RuntimeException e) {
            contents.close();
            throw e;
        }
    }

    private void readConfig() throws IOException {
        byte[] json = readSmall(ModelReader.CONFIG_FILE, ConfigParser.MOST_BYTES);
        config = ConfigParser.parse(directory.path(ModelReader.CONFIG_FILE), json);
    }

    private void readVocabularies() throws IOException {
        Map<String, Integer> rows = new TreeMap<>();
        for (ModelConfig.EmbeddingConfig e : config.embeddings().values()) {
            if (!e.encoding().isHash()) {
                rows.merge(e.encoding().vocabularyFile(), e.rows(), Math::max);
            }
        }
        for (Map.Entry<String, Integer> file : rows.entrySet()) {
            readSmall(file.getKey(), Vocabulary.mostBytes(file.getValue()));
        }
    }

    private byte[] readSmall(String name, long most) throws IOException {
        byte[] bytes = directory.read(name, most);
        files.put(name, bytes);
        if (hashesEach) {
            MessageDigest sha256 = Digests.sha256();
            sha256.update(bytes);
            compare(new SealedFile(name, bytes.length, Digests.hex(sha256)));
        }
        return bytes;
    }

    /** Reads the weights, and makes the checksum: SHA-256 over name and content of every file. */
    private void readInOrder() throws IOException {
        files.put(ModelReader.WEIGHTS_FILE, null);
        if (seal != null) {
            seal.requireNames(files.keySet());
        }
        MessageDigest all = Digests.sha256();
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            all.update((file.getKey() + "\0").getBytes(StandardCharsets.UTF_8));
            if (file.getValue() == null) {
                readWeights(all);
            } else {
                all.update(file.getValue());
            }
        }
        checksum = Digests.hex(all);
        if (seal != null) {
            seal.requireChecksum(checksum);
            requireBoundaries();
        }
    }

    private void readWeights(MessageDigest all) throws IOException {
        String name = ModelReader.WEIGHTS_FILE;
        Path file = directory.path(name);
        long most = SizeLimits.weightBytes(TensorShapes.of(config));
        MessageDigest sha256 = Digests.sha256();
        List<MessageDigest> digests = hashesEach ? List.of(all, sha256) : List.of(all);
        try (SeekableByteChannel channel = directory.open(name)) {
            if (channel.size() > most) {
                throw new ArtifactException(
                        file, "is larger than the " + most + " bytes it may have");
            }
            weights = FileBytes.copy(channel, file, limits.mostOnHeap(), limits.copies(), digests);
        }
        if (hashesEach) {
            compare(new SealedFile(name, weights.size(), Digests.hex(sha256)));
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
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            if (seal.isFirstVersion() && file.getValue() != null && holdsZero(file.getValue())) {
                throw new ArtifactException(
                        directory.path(file.getKey()),
                        "holds a zero byte, and a seal of the first version does not tell where"
                                + " such a file ends: ./dien model sign writes a new one");
            }
        }
    }

    private static boolean holdsZero(byte[] bytes) {
        for (byte b : bytes) {
            if (b == 0) {
                return true;
            }
        }
        return false;
    }

    ModelConfig config() {
        return config;
    }

    /** The bytes of a vocabulary's file. */
    byte[] vocabulary(String name) {
        return files.get(name);
    }

    FileBytes weights() {
        return weights;
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
        if (weights != null) {
            weights.close();
        }
    }
}
