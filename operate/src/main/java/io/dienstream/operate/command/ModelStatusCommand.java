package io.dienstream.operate.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.job.rollout.PlannedVersion;
import io.dienstream.job.rollout.RolloutPlan;
import io.dienstream.operate.rollout.RolloutClient;
import io.dienstream.operate.rollout.TaskStates;
import io.dienstream.schema.ModelState;
import io.dienstream.schema.ModelStatus;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code dien model status}: the plan, and where each task is with it. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = {
            "Shows which version answers whom by plan, and what the tasks do with each.",
            "Exit code 1 where a task cannot answer by a version of the plan."
        })
final class ModelStatusCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private RolloutMixin rollout;

    @Override
    public Integer call() throws Exception {
        RolloutClient client = rollout.client();
        RolloutPlan plan = client.log().plan();
        TaskStates states = client.states();
        PrintWriter out = spec.commandLine().getOut();
        if (rollout.json()) {
            out.println(json(plan, states));
        } else {
            print(plan, states, out);
        }
        boolean isBehind =
                plan.loaded().stream().anyMatch(v -> states.ready(v.name(), 0) < states.tasks());
        return isBehind ? 1 : 0;
    }

    private static String role(RolloutPlan plan, PlannedVersion version) {
        if (version.equals(plan.live())) {
            return "live";
        }
        return version.equals(plan.previousGood()) ? "previous" : "candidate";
    }

    private static Map<ModelState, Long> counts(TaskStates states, String version) {
        return states.of(version).stream()
                .collect(
                        Collectors.groupingBy(
                                ModelStatus::getState, TreeMap::new, Collectors.counting()));
    }

    private static long requests(TaskStates states, String version) {
        return states.of(version).stream().mapToLong(ModelStatus::getRequests).sum();
    }

    private static void print(RolloutPlan plan, TaskStates states, PrintWriter out) {
        out.printf(
                "revision %d%s, %d tasks%n",
                plan.revision(), plan.paused() ? ", PAUSED" : "", states.tasks());
        out.printf("%-20s %-10s %8s %12s  %s%n", "version", "role", "users", "requests", "tasks");
        List<String> reasons = new ArrayList<>();
        for (PlannedVersion version : plan.loaded()) {
            String name = version.name();
            out.printf(
                    "%-20s %-10s %7.2f%% %,12d  %s%n",
                    name,
                    role(plan, version),
                    plan.percent(version),
                    requests(states, name),
                    counts(states, name).entrySet().stream()
                            .map(e -> e.getValue() + " " + e.getKey())
                            .collect(Collectors.joining(", ")));
            ModelStatus refused = states.refused(name, 0);
            if (refused != null) {
                reasons.add(
                        "%s, task %d: %s".formatted(name, refused.getTask(), refused.getReason()));
            }
        }
        plan.shadows().forEach(s -> out.printf("%-20s %-10s%n", s.name(), "shadow"));
        reasons.forEach(reason -> out.println("REFUSED " + reason));
    }

    private static ObjectNode json(RolloutPlan plan, TaskStates states) {
        ObjectNode root = new ObjectMapper().createObjectNode();
        root.put("revision", plan.revision());
        root.put("paused", plan.paused());
        root.put("tasks", states.tasks());
        ArrayNode versions = root.putArray("versions");
        for (PlannedVersion version : plan.loaded()) {
            ObjectNode node = versions.addObject();
            node.put("version", version.name());
            node.put("role", role(plan, version));
            node.put("uri", version.uri());
            node.put("sha256", version.sha256());
            node.put("percent", plan.percent(version));
            node.put("requests", requests(states, version.name()));
            ObjectNode counts = node.putObject("tasks");
            counts(states, version.name()).forEach((s, n) -> counts.put(s.name(), n));
            ModelStatus refused = states.refused(version.name(), 0);
            if (refused != null) {
                node.put("refused", refused.getReason());
            }
        }
        return root;
    }
}
