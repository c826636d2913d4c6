package io.dienstream.cli.completion;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Completions as fish reads them; picocli writes those of bash and zsh alone. */
final class FishCompletion {
    private final String name;
    private final StringBuilder script = new StringBuilder();

    private FishCompletion(String name) {
        this.name = name;
    }

    /** The script for {@code launcher} and everything below it. */
    static String of(CommandLine launcher) {
        FishCompletion fish = new FishCompletion(launcher.getCommandName());
        fish.script.append("complete -c ").append(fish.name).append(" -f\n");
        fish.add(launcher, List.of());
        return fish.script.toString();
    }

    private void add(CommandLine command, List<String> path) {
        Map<String, CommandLine> below = new LinkedHashMap<>(command.getSubcommands());
        String here = condition(path, below);
        below.forEach(
                (label, sub) ->
                        line(
                                here,
                                "-a " + label,
                                first(sub.getCommandSpec().usageMessage().description())));
        for (OptionSpec option : command.getCommandSpec().options()) {
            if (!option.hidden()) {
                line(condition(path, Map.of()), names(option), first(option.description()));
            }
        }
        below.forEach(
                (label, sub) -> {
                    List<String> deeper = new ArrayList<>(path);
                    deeper.add(label);
                    add(sub, deeper);
                });
    }

    /** Where all of {@code path} and nothing of {@code below} has been typed. */
    private static String condition(List<String> path, Map<String, CommandLine> below) {
        List<String> parts = new ArrayList<>();
        path.forEach(label -> parts.add("__fish_seen_subcommand_from " + label));
        if (path.isEmpty()) {
            parts.add("__fish_use_subcommand");
        } else if (!below.isEmpty()) {
            parts.add("not __fish_seen_subcommand_from " + String.join(" ", below.keySet()));
        }
        return String.join("; and ", parts);
    }

    /** As in {@code -s h -l help}; one that takes a value may complete files. */
    private static String names(OptionSpec option) {
        StringBuilder text = new StringBuilder();
        for (String label : option.names()) {
            text.append(text.isEmpty() ? "" : " ")
                    .append(label.startsWith("--") ? "-l " : "-s ")
                    .append(label.replaceFirst("^--?", ""));
        }
        return text + (option.arity().max() > 0 ? " -r -F" : "");
    }

    private void line(String condition, String what, String description) {
        script.append("complete -c ").append(name).append(" -n '").append(condition).append("' ");
        script.append(what).append(" -d '");
        script.append(description.replace("\\", "\\\\").replace("'", "\\'")).append("'\n");
    }

    /** The first sentence, without picocli's variables. */
    private static String first(String[] description) {
        String text =
                String.join(" ", description).replace("%%", "%").replaceAll("\\$\\{.*?}", "…");
        int end = text.indexOf(". ");
        return end < 0 ? text : text.substring(0, end + 1);
    }
}
