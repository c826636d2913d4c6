package io.dienstream.dien.artifact;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;

/** Ed25519 keys in PEM files, as {@code openssl genpkey -algorithm ed25519} makes them. */
public final class SealKeys {
    private static final String ALGORITHM = "Ed25519";

    private SealKeys() {}

    /**
     * @throws IOException naming the file, where it holds no such key
     */
    public static PublicKey publicKey(Path file) throws IOException {
        try {
            return KeyFactory.getInstance(ALGORITHM)
                    .generatePublic(new X509EncodedKeySpec(pem(file)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException(file + ": no Ed25519 public key in PEM", e);
        }
    }

    /**
     * @throws IOException naming the file, where it holds no such key
     */
    public static PrivateKey privateKey(Path file) throws IOException {
        try {
            return KeyFactory.getInstance(ALGORITHM)
                    .generatePrivate(new PKCS8EncodedKeySpec(pem(file)));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IOException(file + ": no Ed25519 private key in PEM", e);
        }
    }

    private static byte[] pem(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new FileSystemException(file.toString(), null, "is a directory, not a file");
        }
        String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        return Base64.getMimeDecoder().decode(text.replaceAll("-----[A-Z ]+-----", ""));
    }
}
