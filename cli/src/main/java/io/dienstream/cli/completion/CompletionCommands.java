package io.dienstream.cli.completion;

import io.dienstream.cli.CommandProvider;
import io.dienstream.cli.Purpose;
import java.util.List;
import java.util.Map;

/** What the launcher itself offers. */
public final class CompletionCommands implements CommandProvider {
    @Override
    public Map<Purpose, List<Class<?>>> commands() {
        return Map.of(Purpose.OPERATE, List.of(CompletionCommand.class));
    }
}
