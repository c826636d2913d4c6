package io.dienstream.operate.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.model.Model;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.dien.model.TensorShapes;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code dien model inspect}: what is in an artifact. */
@Command(
        name = "inspect",
        mixinStandardHelpOptions = true,
        description = "Shows what an artifact holds; it is fully read and checked on the way.")
final class ModelInspectCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "DIR", description = "Artifact.")
    private Path directory;

    @Option(names = "--json", description = "One JSON object.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        Model model = ModelReader.read(directory);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(toJson(model));
        } else {
            print(model, out);
        }
        return 0;
    }

    private static long parameters(Map<String, int[]> shapes) {
        return shapes.values().stream()
                .mapToLong(s -> Arrays.stream(s).asLongStream().reduce(1, (a, b) -> a * b))
                .sum();
    }

    private static void print(Model model, PrintWriter out) {
        ModelConfig c = model.config();
        Map<String, int[]> shapes = TensorShapes.of(c);
        out.printf("%s version %s, %s%n", c.name(), c.version(), c.architecture().key());
        out.printf("checksum    %s%n", model.checksum());
        out.printf("max_length  %d behaviors%n", c.maxLength());
        if (c.architecture().hasInterestStates()) {
            out.printf("hidden      %d, gate %s%n", c.hidden(), c.gate());
        }
        if (c.architecture().hasAttention()) {
            out.printf("attention   %s%n", c.attention());
        }
        out.printf("behavior    %s%n", names(c.behaviorFields()));
        out.printf("ad          %s%n", names(c.adFields()));
        out.printf("user        %s%n", names(c.userFields()));
        out.printf("context     %s%n", names(c.contextFields()));
        out.printf("mlp         %s %s%n", c.mlp().hidden(), c.mlp().activation());
        out.printf("parameters  %,d%n", parameters(shapes));
        shapes.forEach((name, s) -> out.printf("  %-32s %s%n", name, Arrays.toString(s)));
        out.flush();
    }

    private static List<String> names(List<ModelConfig.Field> fields) {
        return fields.stream().map(ModelConfig.Field::name).toList();
    }

    private static ObjectNode toJson(Model model) {
        ModelConfig c = model.config();
        ObjectNode node = new ObjectMapper().createObjectNode();
        node.put("name", c.name());
        node.put("version", c.version());
        node.put("architecture", c.architecture().key());
        node.put("checksum", model.checksum());
        node.put("max_length", c.maxLength());
        node.put("hidden", c.hidden());
        node.put("parameters", parameters(TensorShapes.of(c)));
        return node;
    }
}
