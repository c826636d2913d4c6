package io.dienstream.dien.artifact;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.dien.file.CompleteFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an artifact was when it was released: {@code seal.json}. An artifact may have none; one that
 * has is held to it, file by file, before anything in the file is parsed.
 *
 * <p>A seal of the first version, which has no {@code format}, knows the artifact's checksum alone.
 * Which files that covers stands in model.json, so that one file is parsed before it is compared.
 */
public final class Seal {
    /** Name of the seal inside an artifact. */
    public static final String FILE = "seal.json";

    private static final String FORMAT = "dien-seal/2";
    private static final String ALGORITHM = "Ed25519";
    private static final int MAX_BYTES = 1 << 20;

    private static final Set<String> KEYS = Set.of("format", "checksum", "files", "signature");

    private final Path file;
    private final String checksum;
    private final String signature;

    /** By name, in the order of the seal; null in a seal of the first version. */
    private final Map<String, SealedFile> files;

    private Seal(Path file, JsonNode node) throws IOException {
        this.file = file;
        checksum = node.path("checksum").asText();
        signature = node.path("signature").asText();
        files = node.has("format") ? files(node) : null;
    }

    /**
     * The seal of an artifact.
     *
     * @param key whose signature it must have, or null
     * @return null where there is none
     * @throws ArtifactException where it is missing though there is a key, or not by that key
     */
    static Seal read(ArtifactDirectory directory, PublicKey key) throws IOException {
        Path file = directory.path(FILE);
        if (!directory.has(FILE)) {
            if (key != null) {
                throw new ArtifactException(
                        file, "missing, but only signed models are taken; ./dien model sign");
            }
            return null;
        }
        byte[] bytes = directory.read(FILE, MAX_BYTES);
        JsonNode node;
        try {
            node = Json.MAPPER.readTree(bytes);
        } catch (IOException e) {
            throw new ArtifactException(file, "no JSON", e);
        }
        if (!node.isObject()) {
            throw new ArtifactException(file, "no JSON object");
        }
        Seal seal = new Seal(file, node);
        if (key != null) {
            seal.requireSignature(key);
        }
        return seal;
    }

    /**
     * Seals the artifact in {@code directory}, which is read and checked on the way; a seal that is
     * there is replaced. What is sealed are the bytes that were read.
     *
     * @param key null for a seal without a signature
     * @return the checksum
     */
    public static String write(Path directory, PrivateKey key) throws IOException {
        ModelReader.Release release = ModelReader.release(directory);
        String checksum = release.model().checksum();
        ObjectNode seal = Json.MAPPER.createObjectNode().put("format", FORMAT);
        seal.put("checksum", checksum);
        ArrayNode files = seal.putArray("files");
        for (SealedFile f : release.files()) {
            files.addObject()
                    .put("name", f.name())
                    .put("bytes", f.bytes())
                    .put("sha256", f.sha256());
        }
        if (key != null) {
            seal.put("signature", sign(statement(release.files()), key));
        }
        byte[] json = utf8(seal.toPrettyString() + "\n");
        Path file = directory.resolve(FILE);
        if (json.length > MAX_BYTES) {
            throw new ArtifactException(
                    file, "%d bytes, more than %d".formatted(json.length, MAX_BYTES));
        }
        if (Files.isSymbolicLink(file)) {
            Files.delete(file); // whoever made the artifact does not choose what is written to
        }
        try (CompleteFile seals = CompleteFile.create(file)) {
            seals.stream().write(json);
            seals.complete();
        }
        return checksum;
    }

    private static String sign(byte[] statement, PrivateKey key) throws IOException {
        try {
            Signature ed25519 = Signature.getInstance(ALGORITHM);
            ed25519.initSign(key);
            ed25519.update(statement);
            return Base64.getEncoder().encodeToString(ed25519.sign());
        } catch (GeneralSecurityException e) {
            throw new IOException("the key cannot sign: " + e.getMessage(), e);
        }
    }

    private Map<String, SealedFile> files(JsonNode node) throws IOException {
        String format = node.path("format").asText();
        if (!format.equals(FORMAT)) {
            throw refuse("format: '" + format + "' is not " + FORMAT);
        }
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            if (!KEYS.contains(entry.getKey())) {
                throw refuse(entry.getKey() + ": unknown key");
            }
        }
        if (!node.path("files").isArray()) {
            throw refuse("files: must be a list");
        }
        Map<String, SealedFile> sealed = new LinkedHashMap<>();
        for (JsonNode f : node.path("files")) {
            SealedFile one = sealedFile(f);
            if (sealed.put(one.name(), one) != null) {
                throw refuse("files: '" + one.name() + "' stands twice");
            }
        }
        return sealed;
    }

    private SealedFile sealedFile(JsonNode node) throws IOException {
        JsonNode name = node.path("name");
        JsonNode bytes = node.path("bytes");
        JsonNode sha256 = node.path("sha256");
        boolean sound =
                node.size() == 3
                        && name.isTextual()
                        && !ConfigParser.holdsControl(name.asText())
                        && bytes.isIntegralNumber()
                        && bytes.canConvertToLong()
                        && sha256.asText().matches("[0-9a-f]{" + Digests.HEX_LENGTH + "}");
        if (!sound) {
            throw refuse("files: " + node + " is not a name, bytes and sha256");
        }
        return new SealedFile(name.asText(), bytes.asLong(), sha256.asText());
    }

    /** Whether it was written before seals knew files. */
    boolean isFirstVersion() {
        return files == null;
    }

    /**
     * @throws ArtifactException where the artifact consists of other files than the sealed ones
     */
    void requireNames(Set<String> names) throws ArtifactException {
        if (files != null && !files.keySet().equals(names)) {
            List<String> more = new ArrayList<>(names);
            more.removeAll(files.keySet());
            throw more.isEmpty()
                    ? refuse("files: holds files that the model does not have")
                    : refuse("files: '" + more.get(0) + "' is not in the seal");
        }
    }

    /**
     * @throws ArtifactException where a file is another than the sealed one
     */
    void require(SealedFile read) throws ArtifactException {
        if (files == null) {
            return;
        }
        SealedFile sealed = files.get(read.name());
        if (sealed == null) {
            throw refuse("files: '" + read.name() + "' is not in the seal");
        }
        if (!sealed.equals(read)) {
            throw refuse(
                    "%s was changed after the release: sealed were %d bytes, sha256 %s; it has %d, %s"
                            .formatted(
                                    read.name(),
                                    sealed.bytes(),
                                    sealed.sha256(),
                                    read.bytes(),
                                    read.sha256()));
        }
    }

    /**
     * @throws ArtifactException where the whole is another than the sealed one
     */
    void requireChecksum(String read) throws ArtifactException {
        if (!checksum.equals(read)) {
            throw refuse(
                    "checksum %s, but the files have %s: one was changed after the release"
                            .formatted(checksum, read));
        }
    }

    private void requireSignature(PublicKey key) throws ArtifactException {
        if (signature.isEmpty()) {
            throw refuse("signature: missing");
        }
        boolean isSigned;
        try {
            Signature ed25519 = Signature.getInstance(ALGORITHM);
            ed25519.initVerify(key);
            ed25519.update(files == null ? utf8(checksum) : statement(files.values()));
            isSigned = ed25519.verify(Base64.getDecoder().decode(signature));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new ArtifactException(file, "signature: cannot be read", e);
        }
        if (!isSigned) {
            throw refuse("signature: not by the key that is asked for");
        }
    }

    /** What is signed: length and hash of each file, so that nothing moves between files. */
    private static byte[] statement(Iterable<SealedFile> files) {
        StringBuilder text = new StringBuilder(FORMAT).append('\n');
        files.forEach(f -> text.append(f.line()));
        return utf8(text.toString());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private ArtifactException refuse(String problem) {
        return new ArtifactException(file, problem);
    }
}
