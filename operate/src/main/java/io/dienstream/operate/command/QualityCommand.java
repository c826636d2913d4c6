package io.dienstream.operate.command;

import io.dienstream.datasets.log.Spelling;
import io.dienstream.dien.file.OutputDirectory;
import io.dienstream.evaluation.online.QualitySums;
import io.dienstream.operate.quality.QualityLog;
import io.dienstream.operate.quality.QualityPlots;
import io.dienstream.operate.quality.QualityTable;
import io.dienstream.schema.ModelQuality;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dien quality}: what versions are worth while they serve. */
@Command(
        name = "quality",
        mixinStandardHelpOptions = true,
        description = {
            "Shows AUC, calibration, CTR, log loss and revenue by version and arm, as the learning",
            "job measures them; intervals are of 95 %."
        })
public final class QualityCommand implements Callable<Integer> {
    private static final List<String> FIELDS = List.of("pricing", "position", "history");

    @Spec private CommandSpec spec;
    @Mixin private KafkaMixin kafka;

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "Only artifacts of that name; default: all.")
    private String model;

    @Option(
            names = "--since",
            paramLabel = "AGE",
            description =
                    "Only windows that ended so long ago or less, as 90m, 1h, 7d; default: all.")
    private Duration since;

    @Option(
            names = "--by",
            paramLabel = "FIELD",
            description = "By pricing, position or history instead of all impressions together.")
    private String by;

    @Option(
            names = "--plots",
            paramLabel = "DIR",
            description = "Writes reliability and AUC over time there, as PNG and SVG.")
    private Path plots;

    @Option(names = "--json", description = "One line of JSON.")
    private boolean json;

    @Override
    public Integer call() throws IOException, InterruptedException {
        long from = since == null ? Long.MIN_VALUE : System.currentTimeMillis() - since.toMillis();
        requireField();
        if (plots != null) {
            OutputDirectory.make(plots);
        }
        Properties client = kafka.client(QualityLog.TOPIC);
        List<ModelQuality> windows =
                QualityLog.read(client)
                        .windows(
                                q ->
                                        q.getWindowEnd() >= from
                                                && (model == null || q.getModel().equals(model))
                                                && isWanted(q.getSegment()));
        Map<QualityLog.Line, QualitySums> lines = QualityLog.merged(windows);
        if (json) {
            spec.commandLine().getOut().println(QualityTable.json(lines));
        } else if (lines.isEmpty()) {
            spec.commandLine().getOut().println("no windows: does the learning job run?");
        } else {
            QualityTable.print(lines, spec.commandLine().getOut());
        }
        if (plots != null && !lines.isEmpty()) {
            QualityPlots.save(windows, lines, plots);
        }
        return 0;
    }

    private boolean isWanted(String segment) {
        return by == null ? segment.equals("all") : segment.startsWith(by + "=");
    }

    private void requireField() {
        if (by != null && !FIELDS.contains(by)) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "--by: no '%s'%s; there are %s"
                            .formatted(by, Spelling.hint(by, FIELDS), FIELDS));
        }
    }
}
