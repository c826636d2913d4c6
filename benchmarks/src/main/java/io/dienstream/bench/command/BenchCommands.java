package io.dienstream.bench.command;

import io.dienstream.cli.CommandProvider;
import io.dienstream.cli.Purpose;
import java.util.List;
import java.util.Map;

/** What it costs. */
public final class BenchCommands implements CommandProvider {
    @Override
    public Map<Purpose, List<Class<?>>> commands() {
        return Map.of(Purpose.MEASURE, List.of(BenchCommand.class));
    }
}
