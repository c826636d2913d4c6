package io.dienstream.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** docker-compose.yml with its anchors merged, as compose reads it. */
final class Compose {
    private Compose() {}

    static JsonNode file() throws IOException {
        LoaderOptions strict = new LoaderOptions();
        strict.setAllowDuplicateKeys(false);
        try (Reader reader =
                Files.newBufferedReader(
                        Manifests.ROOT.resolve("docker-compose.yml"), StandardCharsets.UTF_8)) {
            Object tree = new Yaml(new SafeConstructor(strict)).load(reader);
            return new ObjectMapper().valueToTree(tree);
        }
    }

    static JsonNode services() throws IOException {
        return file().get("services");
    }
}
