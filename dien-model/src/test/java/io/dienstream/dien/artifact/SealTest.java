package io.dienstream.dien.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.dien.RandomModels;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SealTest {
    @TempDir private Path directory;
    private Path model;
    private KeyPair keys;

    @BeforeEach
    void model() throws Exception {
        model = directory.resolve("model");
        RandomModels.write(
                model,
                RandomModels.config(Architecture.DIEN, AttentionType.BILINEAR, GateForm.PAPER, 4),
                1);
        keys = generate();
    }

    private static KeyPair generate() throws NoSuchAlgorithmException {
        return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    }

    private Path pem(String name, String kind, Key key) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded());
        return Files.writeString(
                directory.resolve(name),
                "-----BEGIN %s-----\n%s\n-----END %1$s-----\n".formatted(kind, body));
    }

    private PublicKey publicKey() throws IOException {
        return SealKeys.publicKey(pem("public.pem", "PUBLIC KEY", keys.getPublic()));
    }

    private void sign() throws IOException {
        Seal.write(
                model, SealKeys.privateKey(pem("private.pem", "PRIVATE KEY", keys.getPrivate())));
    }

    @Test
    void aSignedModelIsTakenByItsKeyAndByWhoAsksForNone() throws IOException {
        String checksum = ModelReader.read(model).checksum();
        sign();
        assertThat(ModelReader.read(model, publicKey()).checksum()).isEqualTo(checksum);
        assertThat(ModelReader.read(model).checksum()).isEqualTo(checksum);
    }

    @Test
    void anotherKeysSignatureIsRefused() throws Exception {
        sign();
        PublicKey other = generate().getPublic();
        assertThatThrownBy(() -> ModelReader.read(model, other))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("seal.json: signature: not by the key");
    }

    @Test
    void withAKeyAnUnsignedModelIsRefused() throws IOException {
        assertThatThrownBy(() -> ModelReader.read(model, publicKey()))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("seal.json: missing");
        Seal.write(model, null);
        assertThatThrownBy(() -> ModelReader.read(model, publicKey()))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("seal.json: signature: missing");
    }

    @ParameterizedTest
    @CsvSource({"model.json", "vocabulary/item.txt", "weights.safetensors"})
    void aFileThatChangedAfterTheSealIsFoundWithoutAKeyToo(String name) throws IOException {
        sign();
        Path file = model.resolve(name);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
        for (PublicKey key : new PublicKey[] {null, publicKey()}) {
            refuses(key, "seal.json: " + name + " was changed after the release");
        }
    }

    /** What nobody signed is not even given to a parser. */
    @ParameterizedTest
    @CsvSource({"model.json", "vocabulary/item.txt", "weights.safetensors"})
    void nothingIsParsedBeforeItIsComparedWithTheSeal(String name) throws IOException {
        sign();
        Files.write(model.resolve(name), new byte[] {(byte) 0xff});
        refuses(publicKey(), "seal.json: " + name + " was changed after the release");
    }

    @Test
    void aSealOfOtherFilesIsRefused() throws IOException {
        sign();
        Path seal = model.resolve(Seal.FILE);
        String good = Files.readString(seal);
        Files.writeString(seal, good.replace("vocabulary/item.txt", "vocabulary/items.txt"));
        refuses(null, "seal.json: files: 'vocabulary/item.txt' is not in the seal");
        refuses(publicKey(), "seal.json: signature: not by the key");
        String more = "{\"name\": \"more.txt\", \"bytes\": 1, \"sha256\": \"%s\"},";
        Files.writeString(seal, good.replaceFirst("\\[", "[" + more.formatted("0".repeat(64))));
        refuses(null, "seal.json: files: holds files that the model does not have");
        Files.writeString(seal, good.replace("\"checksum\" : \"", "\"checksum\" : \"0"));
        refuses(null, "seal.json: checksum 0");
        Files.writeString(seal, good.replace("dien-seal/2", "dien-seal/3"));
        refuses(null, "seal.json: format: 'dien-seal/3' is not dien-seal/2");
    }

    private void refuses(PublicKey key, String message) {
        assertThatThrownBy(() -> ModelReader.read(model, key))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining(message);
    }

    /** A seal as it was until files stood in it: of the checksum alone. */
    private void signAsTheFirstVersion() throws Exception {
        String checksum = ModelReader.read(model).checksum();
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(keys.getPrivate());
        signature.update(checksum.getBytes(StandardCharsets.US_ASCII));
        Files.writeString(
                model.resolve(Seal.FILE),
                "{\"checksum\":\"%s\",\"signature\":\"%s\"}\n"
                        .formatted(checksum, Base64.getEncoder().encodeToString(signature.sign())));
    }

    @Test
    void aSealOfTheFirstVersionIsStillHeld() throws Exception {
        signAsTheFirstVersion();
        assertThat(ModelReader.read(model, publicKey())).isNotNull();
        refuses(generate().getPublic(), "seal.json: signature: not by the key");
        Path config = model.resolve(ModelReader.CONFIG_FILE);
        Files.writeString(config, Files.readString(config) + " ");
        refuses(publicKey(), "one was changed after the release");
    }

    /** The checksum has no lengths: the two artifacts of this test have the same one. */
    @Test
    void nothingMovesFromOneFileToAnotherUnderASeal() throws Exception {
        Path json = model.resolve(ModelReader.CONFIG_FILE);
        Files.writeString(
                json,
                Files.readString(json)
                        .replaceFirst(
                                "\"type\" : \"hash\"",
                                "\"type\": \"vocabulary\", \"file\": \"vocabulary/a.txt\""));
        Path a = Files.writeString(model.resolve("vocabulary/a.txt"), "x\n");
        Path item = model.resolve("vocabulary/item.txt");
        Files.writeString(item, "y\nvocabulary/item.txt\0z\n");
        String checksum = ModelReader.read(model).checksum();
        sign();
        ModelReader.read(model, publicKey());
        Files.writeString(a, "x\nvocabulary/item.txt\0y\n");
        Files.writeString(item, "z\n");
        refuses(publicKey(), "vocabulary/a.txt was changed after the release");
        Files.delete(model.resolve(Seal.FILE));
        assertThat(ModelReader.read(model).checksum()).isEqualTo(checksum);
        signAsTheFirstVersion();
        refuses(publicKey(), "vocabulary/a.txt: holds a zero byte");
    }

    @Test
    void whatIsNoSealAndNoKeyIsRefusedByName() throws IOException {
        sign();
        Path seal = model.resolve(Seal.FILE);
        for (String text : List.of("{\"checksum\": ", "", "\u0000")) {
            Files.writeString(seal, text);
            refuses(null, "seal.json: no JSON");
        }
        Files.writeString(seal, "[1]");
        refuses(null, "seal.json: no JSON object");
        Files.writeString(seal, "{\"format\":\"dien-seal/2\",\"files\":[{\"name\":\"\\u0000\"}]}");
        refuses(null, "seal.json: files: {");
        Files.writeString(seal, " ".repeat(1_100_000));
        refuses(null, "seal.json: is larger than the 1048576 bytes");
        Path noKey = Files.writeString(directory.resolve("no.pem"), "nothing");
        assertThatThrownBy(() -> SealKeys.publicKey(noKey))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no.pem: no Ed25519 public key");
    }

    /** Whoever made the artifact must not choose which file its signer overwrites. */
    @Test
    void aLinkInPlaceOfTheSealIsReplacedAndNotFollowed() throws IOException {
        Path elsewhere = Files.writeString(directory.resolve("elsewhere"), "theirs");
        Files.createSymbolicLink(model.resolve(Seal.FILE), elsewhere);
        Files.createSymbolicLink(model.resolve(Seal.FILE + ".writing"), elsewhere);
        sign();
        assertThat(elsewhere).hasContent("theirs");
        assertThat(Files.isSymbolicLink(model.resolve(Seal.FILE))).isFalse();
        assertThat(ModelReader.read(model, publicKey())).isNotNull();
    }

    @Test
    void aSealMayBeRenewed() throws IOException {
        sign();
        Path config = model.resolve(ModelReader.CONFIG_FILE);
        Files.writeString(config, Files.readString(config) + " ");
        sign();
        assertThat(ModelReader.read(model, publicKey())).isNotNull();
    }
}
