package io.dienstream.console.command;

import io.dienstream.cli.CommandProvider;
import io.dienstream.cli.Purpose;
import java.util.List;
import java.util.Map;

/** The console's command. */
public final class ConsoleCommands implements CommandProvider {
    @Override
    public Map<Purpose, List<Class<?>>> commands() {
        return Map.of(Purpose.OPERATE, List.of(ConsoleCommand.class));
    }
}
