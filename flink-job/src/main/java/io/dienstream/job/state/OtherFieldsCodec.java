package io.dienstream.job.state;

import io.dienstream.dien.history.InterestHistory;
import io.dienstream.dien.history.OtherFields;
import io.dienstream.job.record.Bytes;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The fields of a history's behaviors that its model does not have, as bytes. Most behaviors of a
 * user have the same names, so each such list of names stands once, v = unsigned LEB128:
 *
 * <pre>
 * v S | S lists: v number of names, each v length + 1 and UTF-8
 *     | for each behavior v s, where s > 0 also v length + 1 and raw field values
 * </pre>
 *
 * A behavior has the names of list s, counted from 1, or none where s = 0. Where nobody has any, S
 * = 0 is all there is: one byte.
 */
final class OtherFieldsCodec {
    private static final String[] NO_NAMES = OtherFields.NONE.names();

    /** Those of all behaviors that {@code h} keeps. */
    void write(InterestHistory h, DataOutput out) throws IOException {
        List<String[]> lists = new ArrayList<>(0);
        int[] numbers = number(h, lists);
        Bytes.writeVarLong(lists.size(), out);
        for (String[] names : lists) {
            Bytes.writeVarLong(names.length, out);
            for (String name : names) {
                Bytes.write(name.getBytes(StandardCharsets.UTF_8), out);
            }
        }
        for (int i = 0; !lists.isEmpty() && i < numbers.length; i++) {
            Bytes.writeVarLong(numbers[i], out);
            if (numbers[i] > 0) {
                Bytes.write(h.others(i - h.older()).values(), out);
            }
        }
    }

    /** For each behavior which of {@code lists}, counted from 1, its names are; 0 for none. */
    private static int[] number(InterestHistory h, List<String[]> lists) {
        int[] numbers = new int[h.older() + h.size()];
        Map<List<String>, Integer> known = new HashMap<>();
        String[] last = NO_NAMES;
        int lastNumber = 0;
        for (int i = 0; i < numbers.length; i++) {
            String[] names = h.others(i - h.older()).names();
            if (names != last) {
                last = names;
                Integer number = known.get(Arrays.asList(names));
                if (number == null && names.length > 0) {
                    lists.add(names);
                    number = lists.size();
                    known.put(Arrays.asList(names), number);
                }
                lastNumber = number == null ? 0 : number;
            }
            numbers[i] = lastNumber;
        }
        return numbers;
    }

    /** Those of {@code size} behaviors. */
    OtherFields[] read(int size, DataInput in) throws IOException {
        String[][] lists = new String[Bytes.readVarInt(in)][];
        for (int s = 0; s < lists.length; s++) {
            lists[s] = new String[Bytes.readVarInt(in)];
            for (int f = 0; f < lists[s].length; f++) {
                lists[s][f] = new String(Bytes.read(in), StandardCharsets.UTF_8);
            }
        }
        OtherFields[] others = new OtherFields[size];
        for (int t = 0; t < size; t++) {
            int number = lists.length == 0 ? 0 : Bytes.readVarInt(in);
            others[t] =
                    number == 0
                            ? OtherFields.NONE
                            : new OtherFields(lists[number - 1], Bytes.read(in));
        }
        return others;
    }
}
