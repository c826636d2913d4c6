package io.dienstream.console.touch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.datasets.simulate.Titles;
import java.util.Map;
import java.util.TreeMap;

/** What items are called on the page. */
public final class Labels {
    private static final String ITEM = "item";
    private static final String CATEGORY = "category";

    private Labels() {}

    /** A title: of the simulator's items their own, of others the item's id or all values. */
    public static String title(Map<String, String> fields) {
        if (Titles.knows(fields)) {
            return Titles.of(fields);
        }
        String item = fields.get(ITEM);
        return item != null ? item : String.join(" / ", new TreeMap<>(fields).values());
    }

    /** The category's name, or its id; empty without one. */
    public static String category(Map<String, String> fields) {
        return Titles.knows(fields) ? Titles.category(fields) : fields.getOrDefault(CATEGORY, "");
    }

    /** Adds title, category and fields of an item to {@code node}. */
    static ObjectNode put(Map<String, String> fields, ObjectNode node) {
        node.put("title", title(fields));
        node.put(CATEGORY, category(fields));
        ObjectNode values = node.putObject("fields");
        new TreeMap<>(fields).forEach(values::put);
        return node;
    }
}
