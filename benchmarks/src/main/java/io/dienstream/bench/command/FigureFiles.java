package io.dienstream.bench.command;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.dienstream.cli.page.Plots;
import io.dienstream.dien.file.CompleteFile;
import io.dienstream.dien.file.OutputDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import org.knowm.xchart.internal.chartpart.Chart;

/**
 * The directory that a benchmark leaves its figures in: NAME.json, NAME.md and plots. It is asked
 * for before the minutes that they take, and written to once they were printed.
 */
final class FigureFiles {
    private final Path directory;

    /**
     * @param directory made where it is not there; null for no files
     * @throws IOException naming what is in the way
     */
    FigureFiles(Path directory) throws IOException {
        this.directory = directory;
        if (directory != null) {
            OutputDirectory.make(directory);
        }
    }

    /** A benchmark's figures on standard output: as JSON, or their table. */
    static void print(PrintWriter out, boolean json, Object figures, String markdown)
            throws IOException {
        out.println(json ? json(figures) : markdown);
    }

    private static String json(Object figures) throws IOException {
        return new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(figures);
    }

    /** Prints them and then leaves them here, so that a disk that is full loses no figure. */
    void report(
            PrintWriter out,
            boolean json,
            String name,
            Object figures,
            String markdown,
            Map<String, Chart<?, ?>> plots)
            throws IOException {
        print(out, json, figures, markdown);
        out.flush();
        write(name, json(figures), markdown, plots);
    }

    /**
     * @param plots by name
     */
    void write(String name, String json, String markdown, Map<String, Chart<?, ?>> plots)
            throws IOException {
        if (directory == null) {
            return;
        }
        CompleteFile.write(directory.resolve(name + ".json"), json + "\n");
        CompleteFile.write(directory.resolve(name + ".md"), markdown);
        for (Map.Entry<String, Chart<?, ?>> plot : plots.entrySet()) {
            Plots.save(plot.getValue(), directory, plot.getKey());
        }
    }
}
