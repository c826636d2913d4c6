package io.dienstream.datasets.prepare;

import io.dienstream.datasets.log.LineException;
import io.dienstream.datasets.log.TextLines;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A public log of what users did, in the form its publisher ships. */
public interface InteractionSource {
    /** What takes the interactions, one after the other. */
    @FunctionalInterface
    interface Consumer {
        /**
         * @throws LineException where no data set can hold it
         */
        void accept(Interaction interaction) throws LineException, IOException;
    }

    /** All files that are read, for the manifest. */
    List<Path> files();

    /** Names of the ad fields, which are the behavior fields too. */
    default List<String> adFields() {
        return List.of("item", "category");
    }

    /** Names of the user fields. */
    default List<String> userFields() {
        return List.of();
    }

    /** User fields by name; only after {@link #read}. */
    default Map<String, String> user(String id) {
        return Map.of();
    }

    /** What items are called, by the first ad field; only after {@link #read}. */
    default Map<String, String> titles() {
        return Map.of();
    }

    /** Hands over every good line; bad ones go to {@code bad}. */
    void read(LineBudget bad, Consumer consumer) throws IOException;

    /**
     * Reads one text file line by line under a budget of bad lines.
     *
     * @throws IOException where more are bad than may be
     */
    static void lines(Path file, LineBudget budget, LineParser parser) throws IOException {
        budget.begin(file);
        TextLines.forEach(
                file,
                (f, number, reason) -> {
                    budget.line();
                    budget.refuse(number, reason);
                },
                (line, number) -> {
                    parser.parse(line, number);
                    budget.line();
                });
        budget.check();
    }

    /** Takes a line apart. */
    @FunctionalInterface
    interface LineParser {
        void parse(String line, long number) throws LineException, IOException;
    }
}
