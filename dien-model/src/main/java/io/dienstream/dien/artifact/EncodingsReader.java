package io.dienstream.dien.artifact;

import io.dienstream.dien.model.IdEncoding;
import io.dienstream.dien.model.ModelConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** How the ids of an artifact become rows, by embedding. */
final class EncodingsReader {
    private final ArtifactDirectory directory;
    private final ArtifactContents contents;

    /** By file: embeddings may share one. */
    private final Map<String, Vocabulary> vocabularies = new HashMap<>();

    EncodingsReader(ArtifactDirectory directory, ArtifactContents contents) {
        this.directory = directory;
        this.contents = contents;
    }

    /**
     * @throws ArtifactException where a vocabulary is none, or has more ids than its embedding rows
     */
    Map<String, IdEncoding> read() throws IOException {
        Map<String, IdEncoding> encodings = new LinkedHashMap<>();
        for (Map.Entry<String, ModelConfig.EmbeddingConfig> e :
                contents.config().embeddings().entrySet()) {
            ModelConfig.EmbeddingConfig embedding = e.getValue();
            encodings.put(
                    e.getKey(),
                    embedding.encoding().isHash()
                            ? new HashEncoding(embedding.rows())
                            : vocabulary(e.getKey(), embedding));
        }
        return Map.copyOf(encodings);
    }

    private Vocabulary vocabulary(String name, ModelConfig.EmbeddingConfig embedding)
            throws IOException {
        String file = embedding.encoding().vocabularyFile();
        Path path = directory.path(file);
        Vocabulary before = vocabularies.get(file);
        if (before != null) {
            return before.requireRows(path, name, embedding.rows());
        }
        Vocabulary vocabulary =
                Vocabulary.parse(
                        path,
                        contents.vocabulary(file),
                        name,
                        embedding.rows(),
                        IdHash.of(contents.checksum()),
                        contents.limits());
        vocabularies.put(file, vocabulary);
        return vocabulary;
    }
}
