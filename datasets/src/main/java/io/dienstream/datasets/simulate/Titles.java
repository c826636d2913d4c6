package io.dienstream.datasets.simulate;

import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What the simulator's items and categories are called, so that people can see what a model looks
 * at. Ids stay what they are: a title is for eyes, never for a model.
 */
public final class Titles {
    private static final String FILE = "titles.txt";
    private static final Pattern ITEM = Pattern.compile("i(0|[1-9]\\d{0,3})");

    /** Of the items of one kind, by popularity; the plain one comes first. */
    private static final List<String> KINDS =
            List.of("", "compact", "classic", "deluxe", "vintage");

    private static final Titles KNOWN = read();

    private final List<String> categories = new ArrayList<>();
    private final List<List<String>> things = new ArrayList<>();

    private Titles() {}

    private static Titles read() {
        Titles titles = new Titles();
        try (InputStream in = Titles.class.getResourceAsStream(FILE)) {
            if (in == null) {
                throw new FileNotFoundException("this build has no " + FILE);
            }
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .forEach(titles::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return titles;
    }

    private void add(String line) {
        int colon = line.indexOf(':');
        categories.add(line.substring(0, colon));
        things.add(List.of(line.substring(colon + 1).strip().split(", ")));
    }

    /**
     * Whether {@code fields} are those of one of the simulator's items: an item in the category in
     * which the simulator has it.
     */
    public static boolean knows(Map<String, String> fields) {
        int item = item(fields);
        return item >= 0
                && ("c" + item / Simulator.ITEMS_PER_CATEGORY).equals(fields.get("category"));
    }

    /** Whether all are; a log whose ids merely look alike has one that is not before long. */
    public static boolean knowsAll(Iterable<Map<String, String>> items) {
        for (Map<String, String> fields : items) {
            if (!knows(fields)) {
                return false;
            }
        }
        return true;
    }

    private static int item(Map<String, String> fields) {
        String id = fields.getOrDefault("item", "");
        if (!ITEM.matcher(id).matches()) {
            return -1;
        }
        int item = Integer.parseInt(id.substring(1));
        return item < Simulator.CATEGORIES * Simulator.ITEMS_PER_CATEGORY ? item : -1;
    }

    /** Title of one of the simulator's items, for instance "Compact espresso machine". */
    public static String of(Map<String, String> fields) {
        int item = item(fields);
        int rank = item % Simulator.ITEMS_PER_CATEGORY;
        List<String> kinds = KNOWN.things.get(item / Simulator.ITEMS_PER_CATEGORY);
        String kind = KINDS.get(rank / kinds.size());
        String title = (kind + " " + kinds.get(rank % kinds.size())).strip();
        return title.substring(0, 1).toUpperCase(Locale.ROOT) + title.substring(1);
    }

    /** Name of its category, for instance "Coffee". */
    public static String category(Map<String, String> fields) {
        return KNOWN.categories.get(item(fields) / Simulator.ITEMS_PER_CATEGORY);
    }
}
