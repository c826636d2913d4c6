package io.dienstream.operate.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.dien.file.PropertiesFile;
import io.dienstream.evaluation.gate.Finding;
import io.dienstream.evaluation.gate.GateRules;
import io.dienstream.evaluation.gate.Judgement;
import io.dienstream.evaluation.gate.Verdict;
import io.dienstream.job.rollout.RolloutLog;
import io.dienstream.operate.quality.GateCase;
import io.dienstream.operate.quality.QualityLog;
import io.dienstream.operate.rollout.RolloutClient;
import io.dienstream.operate.rollout.TaskStates;
import io.dienstream.schema.ModelCommand;
import io.dienstream.schema.ModelCommandKind;
import io.dienstream.schema.ModelStage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code dien model gate}: judges a shadow or a candidate by what was measured. */
@Command(
        name = "gate",
        mixinStandardHelpOptions = true,
        description = {
            "Judges a shadow or a candidate against the live version by the windows of",
            "model-quality, and says what to do; --auto does it.",
            "Exit code 0: PASS, 1: FAIL, 3: INCONCLUSIVE, or the plan moved on meanwhile."
        })
final class ModelGateCommand implements Callable<Integer> {
    private static final int INCONCLUSIVE = 3;

    @Spec private CommandSpec spec;
    @Mixin private RolloutMixin rollout;

    @Option(
            names = "--candidate",
            required = true,
            paramLabel = "VERSION",
            description = "The shadow or candidate of the plan.")
    private String candidate = "";

    @Option(
            names = "--rules",
            paramLabel = "FILE",
            description = "Properties; what it leaves out has a safe default.")
    private Path rules;

    @Option(
            names = "--trained-until",
            paramLabel = "TIME",
            description = {
                "Newest impression that the version was trained on, as 2026-01-31T12:00:00Z:",
                "only later ones count. Default: those after it was published."
            })
    private Instant trainedUntil;

    @Option(
            names = "--auto",
            description = {
                "Writes the step that the verdict asks for: the next share of users or a"
                        + " promotion,",
                "a retirement or a rollback."
            })
    private boolean auto;

    @Option(
            names = "--steps",
            split = ",",
            defaultValue = "5,20,50",
            paramLabel = "PERCENT",
            description = "Shares of users before a promotion; default ${DEFAULT-VALUE}.")
    private List<Double> steps = List.of();

    @Option(names = "--actor", defaultValue = "gate", description = "Default ${DEFAULT-VALUE}.")
    private String actor = "";

    @Override
    public Integer call() throws Exception {
        GateRules read = rules == null ? GateRules.DEFAULT : rules();
        RolloutClient client = auto ? rollout.watching() : rollout.client();
        RolloutLog log = client.log();
        GateCase judged = new GateCase(log, candidate);
        QualityLog quality = QualityLog.read(rollout.properties(QualityLog.TOPIC));
        Judgement judgement =
                judged.judge(
                        quality,
                        read,
                        trainedUntil == null ? null : trainedUntil.toEpochMilli(),
                        System.currentTimeMillis());
        GateCase.Step step = judged.step(judgement.verdict(), steps);
        if (auto && step != null && step.kind() == ModelCommandKind.PROMOTE) {
            requireReady(client, log);
        }
        RolloutLog.Entry done =
                auto && step != null ? client.send(command(judged, step, judgement)) : null;
        print(judgement, step, done);
        if (done != null && done.refusal() != null) {
            return INCONCLUSIVE;
        }
        return switch (judgement.verdict()) {
            case PASS -> 0;
            case FAIL -> 1;
            case INCONCLUSIVE -> INCONCLUSIVE;
        };
    }

    /** As {@code dien model promote}: no version becomes live that a task cannot answer by. */
    private void requireReady(RolloutClient client, RolloutLog log) throws IOException {
        TaskStates states = client.states();
        long ready = states.ready(candidate, log.plan().version(candidate).publishedIn());
        if (ready == 0 || ready < states.tasks()) {
            throw new IOException(
                    "it passes, but version %s is ready in %d of %d tasks: ./dien model status"
                            .formatted(candidate, ready, states.tasks()));
        }
    }

    private ModelCommand command(GateCase judged, GateCase.Step step, Judgement judgement) {
        return new ModelCommand(
                UUID.randomUUID().toString(),
                rollout.model(),
                step.kind(),
                candidate,
                "",
                "",
                ModelStage.CANDIDATE,
                step.percent(),
                rules == null ? "default" : rules.getFileName().toString(),
                judged.revision(),
                null,
                actor,
                reason(judgement),
                false);
    }

    private static String reason(Judgement j) {
        StringBuilder text = new StringBuilder(j.verdict().name());
        for (Finding finding : j.findings()) {
            text.append("; ").append(finding.describe());
        }
        return text.append("; %d blocks, %.0f clicks".formatted(j.blocks(), j.clicks())).toString();
    }

    private void print(Judgement j, GateCase.Step step, RolloutLog.Entry done) {
        PrintWriter out = spec.commandLine().getOut();
        String refused =
                done == null || done.refusal() == null
                        ? null
                        : done.refusal().code().code() + ": " + done.refusal().message();
        if (rollout.json()) {
            out.println(json(j, step, done, refused));
            return;
        }
        j.findings().forEach(f -> out.println(f.describe()));
        out.printf(
                "%s: %s (%d blocks, %.0f clicks)%n",
                j.verdict(), j.reason(), j.blocks(), j.clicks());
        if (refused != null) {
            out.println("refused, the plan has moved on: " + refused);
        } else if (done != null) {
            out.printf("revision %d: %s %s%n", done.plan().revision(), step.kind(), candidate);
        } else if (step != null && j.verdict() != Verdict.INCONCLUSIVE) {
            out.println("next: ./dien model " + advice(step));
        }
    }

    private String advice(GateCase.Step step) {
        String verb = step.kind().name().toLowerCase(Locale.ROOT);
        String share = step.percent() > 0 ? " --percent " + step.percent() : "";
        return verb + " " + candidate + share;
    }

    private ObjectNode json(
            Judgement j, GateCase.Step step, RolloutLog.Entry done, String refused) {
        ObjectNode root = new ObjectMapper().createObjectNode();
        root.put("candidate", candidate);
        root.put("verdict", j.verdict().name());
        root.put("reason", j.reason());
        root.put("blocks", j.blocks());
        root.put("clicks", j.clicks());
        ArrayNode findings = root.putArray("findings");
        for (Finding f : j.findings()) {
            ObjectNode node = findings.addObject();
            node.put("measure", f.measure().name());
            if (f.interval().isKnown()) {
                node.put("estimate", f.interval().estimate());
                node.put("low", f.interval().low());
                node.put("high", f.interval().high());
            }
            node.put("verdict", f.verdict().name());
        }
        root.put("step", step == null ? null : step.kind().name());
        if (done != null && refused == null) {
            root.put("revision", done.plan().revision());
        }
        root.put("refused", refused);
        return root;
    }

    /**
     * @throws IOException naming the file
     */
    private GateRules rules() throws IOException {
        try {
            return GateRules.of(PropertiesFile.read(rules));
        } catch (IllegalArgumentException e) {
            throw new IOException(rules + ": " + e.getMessage(), e);
        }
    }
}
