package io.dienstream.learn;

import io.dienstream.cli.CommandProvider;
import io.dienstream.cli.Purpose;
import java.util.List;
import java.util.Map;

/** What needs both the trainer and a running job. */
public final class LearnCommands implements CommandProvider {
    @Override
    public Map<Purpose, List<Class<?>>> commands() {
        return Map.of(Purpose.OPERATE, List.of(LearnCommand.class));
    }
}
