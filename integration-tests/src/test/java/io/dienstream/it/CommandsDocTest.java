package io.dienstream.it;

import io.dienstream.cli.CommandProvider;
import io.dienstream.cli.Dien;
import io.dienstream.cli.Purpose;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** docs/reference/commands.md is made from the commands. */
class CommandsDocTest {
    @Test
    void everyCommandIsListedAsItIs() throws IOException {
        StringBuilder text = new StringBuilder();
        text.append("# Commands\n\n");
        text.append("What `./dien` can do. `./dien COMMAND --help` says the same.");
        text.append(" Exit code 0 is success, 1 a failure, 2 wrong usage.\n");
        CommandLine dien = Dien.commandLine();
        byPurpose(dien)
                .forEach(
                        (purpose, commands) -> {
                            text.append("\n## ").append(title(purpose)).append('\n');
                            commands.values().forEach(command -> append(command, text));
                        });
        Documents.assertCurrent("docs/reference/commands.md", text.toString());
    }

    private static Map<Purpose, Map<String, CommandLine>> byPurpose(CommandLine dien) {
        Map<Purpose, Map<String, CommandLine>> all = new EnumMap<>(Purpose.class);
        for (CommandProvider provider : ServiceLoader.load(CommandProvider.class)) {
            provider.commands()
                    .forEach(
                            (purpose, classes) -> {
                                for (Class<?> type : classes) {
                                    String name = new CommandLine(type).getCommandName();
                                    all.computeIfAbsent(purpose, p -> new TreeMap<>())
                                            .put(name, dien.getSubcommands().get(name));
                                }
                            });
        }
        return all;
    }

    private static String title(Purpose purpose) {
        return purpose.heading().replaceFirst(":$", "");
    }

    private static void append(CommandLine command, StringBuilder text) {
        CommandSpec spec = command.getCommandSpec();
        text.append("\n### ").append(spec.qualifiedName()).append("\n\n");
        text.append(sentence(spec.usageMessage().description())).append("\n\n");
        Help help = new Help(spec, Help.defaultColorScheme(Help.Ansi.OFF));
        text.append("```\n").append(help.synopsis(0).stripTrailing()).append("\n```\n");
        String rows =
                spec.positionalParameters().stream()
                                .filter(p -> !p.hidden())
                                .map(CommandsDocTest::row)
                                .collect(Collectors.joining())
                        + spec.options().stream()
                                .filter(o -> !o.hidden() && !o.usageHelp() && !o.versionHelp())
                                .map(CommandsDocTest::row)
                                .collect(Collectors.joining());
        if (!rows.isEmpty()) {
            text.append("\n| option | what it is |\n|---|---|\n").append(rows);
        }
        command.getSubcommands().values().stream()
                .distinct()
                .filter(sub -> !sub.getCommandName().equals("help"))
                .forEach(sub -> append(sub, text));
    }

    private static String row(ArgSpec argument) {
        String name =
                argument instanceof OptionSpec option
                        ? String.join(", ", option.names())
                                + (option.arity().max() == 0 ? "" : " " + option.paramLabel())
                        : ((PositionalParamSpec) argument).paramLabel();
        String description = sentence(argument.description());
        boolean bare = description.equals(argument.defaultValue());
        // of a group the synopsis says which go together and which exclude each other
        String required = argument.required() && argument.group() == null ? "Required. " : "";
        return "| `%s` | %s%s |%n"
                .formatted(
                        Documents.cell(name),
                        required,
                        bare ? "Default %s.".formatted(description) : Documents.cell(description));
    }

    /** Lines of a description as one, with documents as links. */
    private static String sentence(String[] description) {
        String text = String.join(" ", description).replace("%%", "%").replace("%n", " ");
        return Documents.linked(text);
    }
}
