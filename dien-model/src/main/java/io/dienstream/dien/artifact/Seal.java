package io.dienstream.dien.artifact;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Base64;

/**
 * What an artifact was when it was released: the checksum of its files ({@code Model.checksum}) in
 * {@code seal.json}, and an Ed25519 signature of that checksum's ASCII text. An artifact may have
 * none; one that has is held to it.
 */
public final class Seal {
    /** Name of the seal inside an artifact. */
    public static final String FILE = "seal.json";

    private static final String ALGORITHM = "Ed25519";
    private static final int MAX_BYTES = 4096;

    private Seal() {}

    /**
     * Seals the artifact in {@code directory}, which is read and checked on the way; a seal that is
     * there is replaced.
     *
     * @param key null for a checksum alone
     * @return the checksum
     */
    public static String write(Path directory, PrivateKey key) throws IOException {
        Path file = directory.resolve(FILE);
        Files.deleteIfExists(file);
        String checksum = ModelReader.read(directory).checksum();
        ObjectNode seal = Json.MAPPER.createObjectNode().put("checksum", checksum);
        if (key != null) {
            try {
                Signature signature = Signature.getInstance(ALGORITHM);
                signature.initSign(key);
                signature.update(checksum.getBytes(StandardCharsets.US_ASCII));
                seal.put("signature", Base64.getEncoder().encodeToString(signature.sign()));
            } catch (GeneralSecurityException e) {
                throw new IOException("the key cannot sign: " + e.getMessage(), e);
            }
        }
        Files.writeString(file, Json.MAPPER.writeValueAsString(seal) + "\n");
        return checksum;
    }

    /**
     * @param checksum of the files as they are
     * @param key whose signature the artifact must have, or null
     * @throws ArtifactException where the seal says otherwise, or is missing though there is a key
     */
    static void check(Path directory, String checksum, PublicKey key) throws IOException {
        Path file = ArtifactFiles.inside(directory, FILE);
        if (!Files.exists(file)) {
            if (key != null) {
                throw new ArtifactException(
                        file, "missing, but only signed models are taken; ./dien model sign");
            }
            return;
        }
        JsonNode seal = parse(file);
        String sealed = seal.path("checksum").asText();
        if (!sealed.equals(checksum)) {
            throw new ArtifactException(
                    file,
                    "checksum %s, but the files have %s: one was changed after the release"
                            .formatted(sealed, checksum));
        }
        if (key != null && !signed(file, seal, checksum, key)) {
            throw new ArtifactException(file, "signature: not by the key that is asked for");
        }
    }

    private static JsonNode parse(Path file) throws IOException {
        byte[] bytes = ArtifactFiles.read(file, MAX_BYTES);
        try {
            return Json.MAPPER.readTree(bytes);
        } catch (IOException e) {
            throw new ArtifactException(file, "no JSON", e);
        }
    }

    private static boolean signed(Path file, JsonNode seal, String checksum, PublicKey key)
            throws IOException {
        String text = seal.path("signature").asText();
        if (text.isEmpty()) {
            throw new ArtifactException(file, "signature: missing");
        }
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initVerify(key);
            signature.update(checksum.getBytes(StandardCharsets.US_ASCII));
            return signature.verify(Base64.getDecoder().decode(text));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new ArtifactException(file, "signature: cannot be read", e);
        }
    }
}
