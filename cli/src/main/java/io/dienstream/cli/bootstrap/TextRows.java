package io.dienstream.cli.bootstrap;

import io.dienstream.cli.log.BehaviorLog;
import io.dienstream.cli.log.LineException;
import io.dienstream.cli.log.LogFiles;
import io.dienstream.schema.Behavior;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;

/** Tab separated or JSON lines, gzipped or plain: {@link BehaviorLog}. */
final class TextRows implements BehaviorRows {
    private final BufferedReader reader;
    private String line;
    private long number;

    TextRows(Path file) throws IOException {
        reader = LogFiles.open(file);
    }

    @Override
    public boolean hasNext() throws IOException {
        if (line == null) {
            line = reader.readLine();
            number++;
        }
        return line != null;
    }

    @Override
    public Behavior next() throws LineException {
        String current = line;
        line = null;
        return BehaviorLog.parse(current, number);
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
