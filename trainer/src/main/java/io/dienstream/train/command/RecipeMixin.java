package io.dienstream.train.command;

import io.dienstream.datasets.format.Manifest;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.dien.model.ModelConfig;
import io.dienstream.train.fit.FirstValues;
import io.dienstream.train.fit.ModelConfigs;
import io.dienstream.train.fit.Recipe;
import io.dienstream.train.fit.WarmStart;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What is trained and how: the options of {@code dien train}. */
public final class RecipeMixin {
    private static final int WARM_EPOCHS = 1;
    private static final double WARM_LEARNING_RATE = 3e-4;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--architecture",
            defaultValue = "dien",
            description = "${COMPLETION-CANDIDATES}. Default: ${DEFAULT-VALUE}.")
    private Architecture architecture;

    @Option(
            names = "--attention",
            defaultValue = "bilinear",
            description = "bilinear or mlp; din always has mlp. Default: ${DEFAULT-VALUE}.")
    private AttentionType attention;

    @Option(
            names = "--gate",
            defaultValue = "paper",
            description = "AUGRU's update gate, paper or official. Default: ${DEFAULT-VALUE}.")
    private GateForm gate;

    @Option(names = "--seed", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
    private long seed;

    @Option(names = "--epochs", defaultValue = "2", description = "Default: ${DEFAULT-VALUE}.")
    private int epochs;

    @Option(names = "--batch-size", defaultValue = "128", description = "${DEFAULT-VALUE}")
    private int batchSize;

    @Option(names = "--learning-rate", defaultValue = "1e-3", description = "${DEFAULT-VALUE}")
    private double learningRate;

    @Mixin private EmbeddingRateMixin embeddings;

    @Option(
            names = "--learning-rate-decay",
            defaultValue = "0.5",
            description = "Factor after each epoch. Default: ${DEFAULT-VALUE}.")
    private double decay;

    @Option(
            names = "--schedule",
            defaultValue = "step",
            description = {
                "Of the learning rate: step, by the decay after each epoch; linear, to 0 at the end.",
                "Default: ${DEFAULT-VALUE}."
            })
    private Recipe.Schedule schedule;

    @Option(names = "--weight-decay", defaultValue = "0", description = "${DEFAULT-VALUE}")
    private double weightDecay;

    @Option(
            names = "--clip-norm",
            defaultValue = "10",
            description =
                    "Largest norm of all gradients together, 0 for none. Default: ${DEFAULT-VALUE}.")
    private double clipNorm;

    @Option(
            names = "--auxiliary-weight",
            defaultValue = "1",
            description = "Of dien's auxiliary loss. Default: ${DEFAULT-VALUE}.")
    private double auxiliaryWeight;

    @Option(
            names = "--auxiliary-network",
            description = "Its 100-50-2 network in place of the inner product.")
    private boolean auxiliaryNetwork;

    @Option(
            names = "--fresh-negatives",
            negatable = true,
            defaultValue = "false",
            fallbackValue = "true",
            description = "Draws sampled candidates anew in each epoch.")
    private boolean freshNegatives;

    @Option(
            names = "--fresh-embeddings",
            description = "Starts the embeddings anew in each epoch after the first.")
    private boolean freshEmbeddings;

    @Option(names = "--uniform-negatives", description = "Draws regardless of popularity.")
    private boolean uniformNegatives;

    @Option(
            names = "--unknown-rate",
            defaultValue = "0",
            description = "Share of ids shown as unknown in training. Default: ${DEFAULT-VALUE}.")
    private double unknownRate;

    @Option(
            names = "--averaging",
            defaultValue = "0",
            description = "Decay of a running average of the weights, 0 for none.")
    private double averaging;

    @Option(
            names = "--whole-requests",
            description = {
                "Keeps the candidates of a request in one batch, so that their history is computed once:",
                "faster on impressions with many candidates."
            })
    private boolean wholeRequests;

    @Option(
            names = "--patience",
            defaultValue = "0",
            description = {
                "Early stopping: after so many epochs with a worse validation AUC, keeping the last that",
                "was not worse. Default 0: all epochs, the last one's weights."
            })
    private int patience;

    @Option(names = "--embedding-width", defaultValue = "18", description = "${DEFAULT-VALUE}")
    private int embeddingWidth;

    @Option(
            names = "--mlp",
            split = ",",
            defaultValue = "200,80",
            description = "Hidden widths. Default: ${DEFAULT-VALUE}.")
    private List<Integer> mlp;

    @Option(
            names = "--hash",
            paramLabel = "EMBEDDING=ROWS",
            description = "Hashes an embedding's ids instead of keeping a vocabulary.")
    private Map<String, Integer> hash = Map.of();

    @Option(names = "--name", description = "Of the model. Default: the output's name.")
    private String name;

    @Option(names = "--model-version", defaultValue = "1", description = "${DEFAULT-VALUE}")
    private String version;

    @Option(
            names = "--threads",
            defaultValue = "0",
            description = "Inside one operation; 0 for the engine's default.")
    private int threads;

    /** For the engine. */
    public int threads() {
        if (threads < 0) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "--threads must not be negative");
        }
        return threads;
    }

    /** The network for a data set. */
    public ModelConfig config(Manifest data, Path output) {
        return config(data, output, architecture, gate);
    }

    /** How the network is sized. */
    public ModelConfigs network(Path output) {
        return network(output, architecture, gate);
    }

    /**
     * The parent's network for a data set.
     *
     * @throws CommandLine.ParameterException where an option asks for another one
     */
    public ModelConfig config(WarmStart parent, Manifest data, FirstValues first, Path output) {
        for (String option :
                List.of(
                        "--architecture",
                        "--attention",
                        "--gate",
                        "--embedding-width",
                        "--mlp",
                        "--hash",
                        "--fresh-embeddings")) {
            if (isGiven(option)) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(),
                        option + ": not with --warm-start, the network is the parent's");
            }
        }
        String file = output.toAbsolutePath().getFileName().toString();
        try {
            return parent.config(
                    data,
                    name == null ? parent.parent().name() : name,
                    isGiven("--model-version") ? version : file,
                    first.vocabularies());
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    /** How a training goes on from a parent: shorter, in smaller steps, unless options say else. */
    public Recipe warmRecipe() {
        epochs = isGiven("--epochs") ? epochs : WARM_EPOCHS;
        learningRate = isGiven("--learning-rate") ? learningRate : WARM_LEARNING_RATE;
        return recipe();
    }

    private boolean isGiven(String option) {
        return spec.commandLine().getParseResult().hasMatchedOption(option);
    }

    /** The same with another architecture and gate. */
    public ModelConfig config(
            Manifest data, Path output, Architecture architecture, GateForm gate) {
        try {
            return network(output, architecture, gate).of(data);
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private ModelConfigs network(Path output, Architecture architecture, GateForm gate) {
        return new ModelConfigs(
                name == null ? output.toAbsolutePath().getFileName().toString() : name,
                version,
                architecture,
                attention,
                gate,
                embeddingWidth,
                hash,
                mlp);
    }

    /** How it is trained. */
    public Recipe recipe() {
        return recipe(seed);
    }

    /** The same with another seed. */
    public Recipe recipe(long seed) {
        try {
            return Recipe.of(seed, epochs, batchSize, learningRate)
                    .learningRateDecay(decay)
                    .schedule(schedule)
                    .weightDecay(weightDecay)
                    .clipNorm(clipNorm)
                    .auxiliaryWeight(auxiliaryWeight)
                    .auxiliaryNetwork(auxiliaryNetwork)
                    .freshNegatives(freshNegatives)
                    .freshEmbeddings(freshEmbeddings)
                    .uniformNegatives(uniformNegatives)
                    .unknownRate(unknownRate)
                    .averaging(averaging)
                    .wholeRequests(wholeRequests)
                    .patience(patience)
                    .embeddingRate(embeddings.rate())
                    .build();
        } catch (IllegalArgumentException e) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(), "impossible " + e.getMessage(), e);
        }
    }
}
