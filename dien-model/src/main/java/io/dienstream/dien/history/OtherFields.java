package io.dienstream.dien.history;

import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;

/**
 * Fields of a behavior that the model does not have: names and {@link FieldValues}, kept so that a
 * model that has them finds them. Behaviors of one user mostly have the same names, so these are
 * apart and may be shared. Neither array changes.
 *
 * @param names in their natural order, none twice
 * @param values {@link FieldValues} encoding of a value for each name
 */
public record OtherFields(String[] names, byte[] values) {
    /** No fields. */
    public static final OtherFields NONE = new OtherFields(new String[0], new byte[0]);

    /** Those of {@code fields}, whose values are not null. */
    static OtherFields of(SortedMap<String, String> fields) {
        return fields.isEmpty()
                ? NONE
                : new OtherFields(
                        fields.keySet().toArray(String[]::new),
                        FieldValues.encode(fields.values().toArray(String[]::new)));
    }

    /** The same with the array of {@code other}'s names, where these are the same. */
    OtherFields sharing(OtherFields other) {
        return names != other.names && Arrays.equals(names, other.names)
                ? new OtherFields(other.names, values)
                : this;
    }

    /** Adds the fields to {@code fields}. */
    void addTo(Map<String, String> fields) {
        String[] decoded = FieldValues.decode(values, 0, names.length);
        for (int f = 0; f < names.length; f++) {
            fields.put(names[f], decoded[f]);
        }
    }
}
