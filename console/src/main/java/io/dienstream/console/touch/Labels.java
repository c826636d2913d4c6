package io.dienstream.console.touch;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.datasets.title.ItemTitles;
import java.util.Map;
import java.util.TreeMap;

/** What items are called on the page. */
public final class Labels {
    private static final String ITEM = "item";
    private static final String CATEGORY = "category";

    private final ItemTitles titles;

    public Labels(ItemTitles titles) {
        this.titles = titles;
    }

    /** A title; of an item that has none its id, and without an id all values. */
    public String title(Map<String, String> fields) {
        String title = titles.title(fields, ITEM);
        if (title != null) {
            return title;
        }
        String item = fields.get(ITEM);
        return item != null ? item : String.join(" / ", new TreeMap<>(fields).values());
    }

    /** The category's name, or its id; empty without one. */
    public String category(Map<String, String> fields) {
        String name = titles.category(fields);
        return name != null ? name : fields.getOrDefault(CATEGORY, "");
    }

    /** Adds title, category and fields of an item to {@code node}. */
    ObjectNode put(Map<String, String> fields, ObjectNode node) {
        node.put("title", title(fields));
        node.put(CATEGORY, category(fields));
        ObjectNode values = node.putObject("fields");
        new TreeMap<>(fields).forEach(values::put);
        return node;
    }
}
