package io.dienstream.train.fit;

import io.dienstream.datasets.format.CatalogEntry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Which rows of an embedding belong to ads that share a value with the ads of an id. */
final class Neighbors {
    /** Rows by another field's name and value. */
    private final Map<Value, Set<Integer>> rows = new HashMap<>();

    /** What the ads of an id without a row have in other fields. */
    private final Map<String, Set<Value>> values = new HashMap<>();

    private record Value(String field, String value) implements Comparable<Value> {
        @Override
        public int compareTo(Value o) {
            int byField = field.compareTo(o.field);
            return byField != 0 ? byField : value.compareTo(o.value);
        }
    }

    /**
     * @param fields that are looked up in the embedding
     * @param rowOf rows of the ids that have one
     */
    Neighbors(Set<String> fields, Map<String, Integer> rowOf, List<CatalogEntry> catalog) {
        for (CatalogEntry ad : catalog) {
            for (String field : fields) {
                String id = ad.fields().get(field);
                if (id != null && !id.isEmpty()) {
                    add(id, rowOf.get(id), fields, ad.fields());
                }
            }
        }
    }

    private void add(String id, Integer row, Set<String> fields, Map<String, String> ad) {
        ad.forEach(
                (other, text) -> {
                    if (fields.contains(other) || text.isEmpty()) {
                        return;
                    }
                    Value value = new Value(other, text);
                    if (row == null) {
                        values.computeIfAbsent(id, i -> new TreeSet<>()).add(value);
                    } else {
                        rows.computeIfAbsent(value, v -> new TreeSet<>()).add(row);
                    }
                });
    }

    /** The rows of the value that the fewest share, in a fixed order; empty where nobody does. */
    Set<Integer> of(String id) {
        Set<Integer> fewest = Set.of();
        for (Value value : values.getOrDefault(id, Set.of())) {
            Set<Integer> same = rows.getOrDefault(value, Set.of());
            if (!same.isEmpty() && (fewest.isEmpty() || same.size() < fewest.size())) {
                fewest = same;
            }
        }
        return fewest;
    }
}
