package io.dienstream.dien.model;

import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * A loaded artifact: what the network is, its parameters, and how raw ids become rows.
 *
 * @param encodings by embedding name
 * @param checksum SHA-256 of all the artifact's files, hexadecimal
 */
public record Model(
        ModelConfig config, Weights weights, Map<String, IdEncoding> encodings, String checksum) {

    /**
     * What interest states are stamped with: the first 64 bits of the checksum, so that two
     * artifacts which carry the same version by mistake are still told apart.
     */
    public long fingerprint() {
        return HexFormat.fromHexDigitsToLong(checksum, 0, 16);
    }

    /** The encodings of {@code fields}, in their order. */
    public IdEncoding[] encodingsOf(List<ModelConfig.Field> fields) {
        return fields.stream().map(f -> encodings.get(f.embedding())).toArray(IdEncoding[]::new);
    }
}
