package io.dienstream.dien.artifact;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The one JSON mapper of the artifact: a key that stands twice or text after the end is refused.
 */
final class Json {
    static final JsonMapper MAPPER =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    private Json() {}

    /**
     * @param file that {@code json} is from, and {@code part} of it, for messages
     * @throws ArtifactException where it is not JSON
     */
    static JsonNode tree(Path file, String part, byte[] json) throws ArtifactException {
        try {
            return MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new ArtifactException(file, part + "is not JSON: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            // what looks like UTF-16 or UTF-32 and is none is no failure of the parser's own
            throw new ArtifactException(file, part + "is not JSON: " + e.getMessage(), e);
        }
    }
}
