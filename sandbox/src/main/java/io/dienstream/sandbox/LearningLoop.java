package io.dienstream.sandbox;

import io.dienstream.cli.Dien;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.rollout.RolloutLog;
import io.dienstream.job.rollout.RolloutPlan;
import io.dienstream.operate.rollout.RolloutClient;
import io.dienstream.schema.ModelCommandKind;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import picocli.CommandLine;

/**
 * What a person or a clock would do beside the jobs, by the commands that they would use: learn
 * where no version is under way, else ask the gate to take the next step.
 */
final class LearningLoop implements Runnable {
    private static final String ROLLOUT = JobOptions.ROLLOUT_MODEL.defaultText();

    /** As every command begins the line that says what went wrong. */
    private static final Pattern PROBLEM = Pattern.compile("dien( \\w+)*: ");

    private static final String GATE = "the gate: ";

    /** How the news begins that a version is live. */
    static final String PROMOTED = GATE + ModelCommandKind.PROMOTE + " ";

    private static final long GATE_EVERY_MS = 3_000;
    private static final long LEARN_EVERY_MS = 2_000;

    private final String bootstrapServers;
    private final RolloutClient client;
    private final Path examples;
    private final Path versions;
    private final Path first;
    private final Path rules;
    private final ConcurrentLinkedQueue<String> news = new ConcurrentLinkedQueue<>();
    private volatile boolean over;
    private String problem;

    /**
     * @param examples directory of the learning job
     * @param versions where artifacts are left
     * @param first the job's own model
     */
    LearningLoop(Properties kafka, Path examples, Path versions, Path first) throws IOException {
        bootstrapServers = kafka.getProperty("bootstrap.servers");
        client = new RolloutClient(kafka, ROLLOUT);
        this.examples = examples;
        this.versions = versions;
        this.first = first;
        rules = Files.writeString(versions.resolveSibling("gate.properties"), DemoGate.RULES);
    }

    @Override
    public void run() {
        try {
            while (!over) {
                step();
            }
        } catch (IOException | RuntimeException e) {
            news.add("the loop ended: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void step() throws IOException, InterruptedException {
        RolloutPlan plan = client.log().plan();
        String underWay = underWay(plan);
        if (underWay == null) {
            say(execute(learn()));
            Thread.sleep(LEARN_EVERY_MS);
            return;
        }
        List<String> judged =
                execute(
                        "model",
                        "gate",
                        "--bootstrap-servers",
                        bootstrapServers,
                        "--candidate",
                        underWay,
                        "--rules",
                        rules.toString(),
                        "--steps",
                        "50",
                        "--auto");
        say(judged.stream().filter(line -> PROBLEM.matcher(line).lookingAt()).toList());
        RolloutPlan after = client.log().plan();
        if (after.revision() != plan.revision()) {
            List<RolloutLog.Entry> entries = entries();
            say(
                    List.of(
                            (GATE + "%s %s")
                                    .formatted(
                                            entries.get(entries.size() - 1).command().getKind(),
                                            underWay)));
        }
        Thread.sleep(GATE_EVERY_MS);
    }

    private String[] learn() {
        List<String> command = new ArrayList<>(List.of("learn"));
        command.addAll(List.of("--bootstrap-servers", bootstrapServers));
        command.addAll(List.of("--data", examples.toString()));
        command.addAll(List.of("--artifacts", versions.toString(), "--live", first.toString()));
        // a season's ids are new to every version
        command.addAll(List.of("--learning-rate", "1e-3", "--embedding-rate", "10"));
        command.addAll(List.of("--least-requests", "500"));
        command.addAll(DemoGate.MARGINS);
        return command.toArray(String[]::new);
    }

    private static String underWay(RolloutPlan plan) {
        if (!plan.shadows().isEmpty()) {
            return plan.shadows().get(0).name();
        }
        return plan.candidates().isEmpty() ? null : plan.candidates().get(0).version().name();
    }

    /** Lines that the command printed. */
    private static List<String> execute(String... command) {
        StringWriter printed = new StringWriter();
        CommandLine commands = Dien.commandLine();
        commands.setOut(new PrintWriter(printed));
        commands.setErr(new PrintWriter(printed));
        commands.execute(command);
        return printed.toString().lines().toList();
    }

    /** Only what changes something, or says why it does not; the same problem once. */
    private void say(List<String> lines) {
        for (String line : lines) {
            boolean isNews = line.startsWith("published") || line.startsWith("not published");
            boolean isComparison = line.contains("(parent ");
            boolean isProblem = PROBLEM.matcher(line).lookingAt() && !line.equals(problem);
            problem = isProblem ? line : problem;
            if (isNews || isComparison || isProblem || line.startsWith(GATE)) {
                news.add(line);
            }
        }
    }

    /** Begins no further step. */
    void stop() {
        over = true;
    }

    /** What has happened since this was last asked, a line or null. */
    String news() {
        return news.poll();
    }

    /** Commands on the model so far. */
    List<RolloutLog.Entry> entries() throws IOException {
        return client.log().entries();
    }

    /** How many versions became live. */
    long promotions() throws IOException {
        return entries().stream()
                .filter(
                        e ->
                                e.refusal() == null
                                        && e.command() != null
                                        && e.command().getKind() == ModelCommandKind.PROMOTE)
                .count();
    }
}
