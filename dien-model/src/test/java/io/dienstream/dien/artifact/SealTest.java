package io.dienstream.dien.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.dien.RandomModels;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

    @Test
    void aFileThatChangedAfterTheSealIsFoundWithoutAKeyToo() throws IOException {
        sign();
        Path config = model.resolve(ModelReader.CONFIG_FILE);
        Files.writeString(config, Files.readString(config) + " ");
        for (PublicKey key : new PublicKey[] {null, publicKey()}) {
            assertThatThrownBy(() -> ModelReader.read(model, key))
                    .isInstanceOf(ArtifactException.class)
                    .hasMessageContaining("one was changed after the release");
        }
    }

    @Test
    void whatIsNoSealAndNoKeyIsRefusedByName() throws IOException {
        sign();
        Path seal = model.resolve(Seal.FILE);
        Files.writeString(seal, "{\"checksum\": ");
        assertThatThrownBy(() -> ModelReader.read(model))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("seal.json: no JSON");
        Files.writeString(seal, " ".repeat(5000));
        assertThatThrownBy(() -> ModelReader.read(model))
                .isInstanceOf(ArtifactException.class)
                .hasMessageContaining("seal.json: is larger than the 4096 bytes");
        Path noKey = Files.writeString(directory.resolve("no.pem"), "nothing");
        assertThatThrownBy(() -> SealKeys.publicKey(noKey))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no.pem: no Ed25519 public key");
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
