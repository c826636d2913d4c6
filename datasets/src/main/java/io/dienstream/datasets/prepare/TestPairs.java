package io.dienstream.datasets.prepare;

import io.dienstream.dien.file.TextReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * A fixed test: which users, which of their behaviors is the click, and against which ad. Lines of
 * {@code user TAB position TAB positive TAB negative} below a header, positions counted from 0.
 *
 * @param file it was read from
 * @param byUser the test users
 */
record TestPairs(Path file, Map<String, Pair> byUser) {
    private static final String HEADER = "user\tposition\tpositive\tnegative";

    /**
     * @param position of the click among the user's behaviors in event order
     * @param positive its item
     * @param negative item of the ad it competes with
     */
    record Pair(int position, String positive, String negative) {}

    static TestPairs read(Path file) throws IOException {
        Map<String, Pair> pairs = new HashMap<>();
        try (TextReader reader = TextReader.open(file)) {
            String header = reader.readLine();
            if (!HEADER.equals(header)) {
                throw new IOException(
                        file + ": the first line is not user, position, positive, negative");
            }
            int number = 1;
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                String[] c = line.split("\t", -1);
                if (c.length != 4 || !c[1].matches("[0-9]{1,9}")) {
                    throw new IOException(
                            file + ":" + number + ": is not user, position, positive, negative");
                }
                pairs.put(c[0], new Pair(Integer.parseInt(c[1]), c[2], c[3]));
            }
        }
        if (pairs.isEmpty()) {
            throw new IOException(file + ": holds no pairs");
        }
        return new TestPairs(file, pairs);
    }
}
