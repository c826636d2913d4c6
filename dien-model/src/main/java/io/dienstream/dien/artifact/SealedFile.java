package io.dienstream.dien.artifact;

/**
 * A file of an artifact as a seal has it.
 *
 * @param name inside the artifact
 * @param bytes its length
 * @param sha256 of its bytes, hexadecimal
 */
record SealedFile(String name, long bytes, String sha256) {
    /** As it is signed; a name holds no control characters, so lines cannot be made up. */
    String line() {
        return sha256 + " " + bytes + " " + name + "\n";
    }
}
