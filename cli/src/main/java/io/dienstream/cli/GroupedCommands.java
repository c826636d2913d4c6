package io.dienstream.cli;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.Column.Overflow;
import picocli.CommandLine.Help.TextTable;
import picocli.CommandLine.IHelpSectionRenderer;

/** The part of {@code dien --help} that lists the commands: by purpose, a line or two each. */
final class GroupedCommands implements IHelpSectionRenderer {
    private static final int INDENT = 2;
    private static final int GAP = 2;

    private final Map<Purpose, List<String>> names = new EnumMap<>(Purpose.class);

    /** Adds commands to the launcher, and remembers what they are for. */
    void add(CommandLine launcher, Map<Purpose, List<Class<?>>> commands) {
        commands.forEach(
                (purpose, classes) -> {
                    for (Class<?> type : classes) {
                        CommandLine command = new CommandLine(type);
                        launcher.addSubcommand(command);
                        names.computeIfAbsent(purpose, p -> new ArrayList<>())
                                .add(command.getCommandName());
                    }
                });
    }

    @Override
    public String render(Help help) {
        int width = help.commandSpec().usageMessage().width();
        int first =
                names.values().stream()
                        .flatMap(List::stream)
                        .mapToInt(String::length)
                        .max()
                        .orElse(0);
        StringBuilder text = new StringBuilder();
        names.forEach(
                (purpose, commands) -> {
                    text.append(System.lineSeparator())
                            .append(purpose.heading())
                            .append(System.lineSeparator());
                    TextTable table =
                            TextTable.forColumns(
                                    help.colorScheme(),
                                    new Column(first + INDENT + GAP, INDENT, Overflow.SPAN),
                                    new Column(width - first - INDENT - GAP, 0, Overflow.WRAP));
                    for (String name : commands) {
                        table.addRowValues(
                                Ansi.OFF.new Text(name),
                                Ansi.OFF.new Text(summary(help.subcommands().get(name))));
                    }
                    table.toString(text);
                });
        return text.toString();
    }

    /** The first sentence of a command's description. */
    private static String summary(Help command) {
        String text = String.join(" ", command.commandSpec().usageMessage().description());
        int end = text.indexOf(". ");
        return (end < 0 ? text : text.substring(0, end + 1)).replace("%%", "%");
    }
}
