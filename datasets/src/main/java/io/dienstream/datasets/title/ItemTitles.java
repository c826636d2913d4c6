package io.dienstream.datasets.title;

import io.dienstream.datasets.log.LineException;
import io.dienstream.datasets.log.TextLines;
import io.dienstream.datasets.simulate.Titles;
import io.dienstream.dien.file.NamedOutput;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What items and categories are called: those of a file of titles, else the simulator's own. A
 * title is for eyes, never for a model.
 */
public final class ItemTitles {
    /** Titles that a data set brings, in its directory. */
    public static final String FILE = "titles.tsv";

    private static final ItemTitles SIMULATED = new ItemTitles(null);

    private final Map<String, String> titles;

    private ItemTitles(Map<String, String> titles) {
        this.titles = titles;
    }

    /** Of the simulator's items alone. */
    public static ItemTitles ofSimulator() {
        return SIMULATED;
    }

    /**
     * Of a text file, gzipped or not: a line is an id, a tab and the title. Where an id comes twice
     * the last title counts.
     *
     * @throws IOException naming file, line and what is wrong with it
     */
    public static ItemTitles read(Path file) throws IOException {
        Map<String, String> titles = new HashMap<>();
        TextLines.forEach(
                file,
                (line, number) -> {
                    int tab = line.indexOf('\t');
                    if (tab < 1 || line.substring(tab + 1).isBlank()) {
                        throw new LineException("expected an id, a tab and a title");
                    }
                    titles.put(line.substring(0, tab), line.substring(tab + 1).strip());
                });
        return new ItemTitles(titles);
    }

    /**
     * @param file or null
     * @return the titles of {@code file}, or of the simulator
     */
    public static ItemTitles of(Path file) throws IOException {
        return file == null ? SIMULATED : read(file);
    }

    /**
     * @param directory of a data set
     * @return the titles that came with it, or those of the simulator
     */
    public static ItemTitles ofDataset(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        return Files.isRegularFile(file) ? read(file) : SIMULATED;
    }

    /**
     * The title of an item.
     *
     * @param fields of a behavior or a candidate
     * @param idField the one that says which item it is
     * @return null where it has none
     */
    public String title(Map<String, String> fields, String idField) {
        if (titles != null) {
            return titles.get(fields.getOrDefault(idField, ""));
        }
        return Titles.knows(fields) ? Titles.of(fields) : null;
    }

    /** Titles by id; none of the simulator's. */
    public Map<String, String> byId() {
        return titles == null ? Map.of() : Map.copyOf(titles);
    }

    /** Writes titles as {@link #read} reads them, in the order of ids. */
    public static void write(Path file, Map<String, String> titles) throws IOException {
        try (Writer out = NamedOutput.writer(file)) {
            for (Map.Entry<String, String> e : new TreeMap<>(titles).entrySet()) {
                // a title that a publisher wrote over several lines is still one
                String title = e.getValue().replaceAll("\\s+", " ").strip();
                if (!title.isEmpty() && !e.getKey().matches("|(?s).*[\t\r\n].*")) {
                    out.write(e.getKey() + "\t" + title + "\n");
                }
            }
        }
    }

    /** Name of its category, or null where only its id is known. */
    public String category(Map<String, String> fields) {
        return titles == null && Titles.knows(fields) ? Titles.category(fields) : null;
    }

    /**
     * Whether these may be what the items are called: always of a file, of the simulator only where
     * it has every one, since the ids of another log may look like its own.
     */
    public boolean fit(Iterable<Map<String, String>> items) {
        return titles != null || Titles.knowsAll(items);
    }
}
