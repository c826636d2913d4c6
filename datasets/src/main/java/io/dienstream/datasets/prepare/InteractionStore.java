package io.dienstream.datasets.prepare;

import io.dienstream.cli.Scratch;
import io.dienstream.dien.file.NamedOutput;
import io.dienstream.dien.history.EventKey;
import io.dienstream.dien.history.EventOrder;
import io.dienstream.dien.history.RetainedBehaviors;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Interactions on disk, partitioned by user, so that a log larger than memory can be put in order:
 * only the ids and one partition are held at a time.
 */
final class InteractionStore implements AutoCloseable {
    private static final int PARTITIONS = 64;
    private static final int BUFFER = 1 << 16;
    private static final int ROW_BYTES = 2 * Integer.BYTES + 3 * Long.BYTES;

    private final Path directory;
    private final List<DataOutputStream> partitions = new ArrayList<>();
    private final Map<String, Integer> userNumbers = new HashMap<>();
    private final List<String> users = new ArrayList<>();
    private final Map<List<String>, Integer> adNumbers = new HashMap<>();
    private final List<List<String>> ads = new ArrayList<>();
    private final int maxLength;
    private long size;

    /**
     * One interaction by numbers.
     *
     * @param user index into {@link #user}
     * @param ad index into {@link #ad}
     * @param timestamp event time, ms
     * @param eventKey stands for the event
     */
    record Row(int user, int ad, long timestamp, EventKey eventKey) {
        /** The order in which a user's interactions count. */
        static final EventOrder<Row> ORDER = EventOrder.ofKeys(Row::timestamp, Row::eventKey);
    }

    /** What takes the interactions of one user, in event order, without repeats. */
    @FunctionalInterface
    interface UserConsumer {
        void accept(int user, List<Row> rows) throws IOException;
    }

    /**
     * @param maxLength L: what is a repeat depends on what a history still retains
     */
    InteractionStore(int maxLength) throws IOException {
        this.maxLength = maxLength;
        directory = Scratch.directory("prepare");
        for (int i = 0; i < PARTITIONS; i++) {
            partitions.add(
                    new DataOutputStream(NamedOutput.open(directory.resolve("p" + i), BUFFER)));
        }
    }

    void add(Interaction interaction) throws IOException {
        Integer user = userNumbers.get(interaction.user());
        if (user == null) {
            user = users.size();
            userNumbers.put(interaction.user(), user);
            users.add(interaction.user());
        }
        Integer ad = adNumbers.get(interaction.ad());
        if (ad == null) {
            ad = ads.size();
            adNumbers.put(interaction.ad(), ad);
            ads.add(interaction.ad());
        }
        DataOutputStream out = partitions.get(user % PARTITIONS);
        out.writeInt(user);
        out.writeInt(ad);
        out.writeLong(interaction.timestamp());
        out.writeLong(interaction.eventKey().high());
        out.writeLong(interaction.eventKey().low());
        size++;
    }

    /** Hands over every user's interactions; after the last {@link #add}. */
    void forEachUser(UserConsumer consumer) throws IOException {
        for (int i = 0; i < PARTITIONS; i++) {
            partitions.get(i).close();
            List<Row> rows = read(directory.resolve("p" + i));
            rows.sort(Comparator.comparingInt(Row::user));
            int from = 0;
            while (from < rows.size()) {
                int to = from;
                while (to < rows.size() && rows.get(to).user() == rows.get(from).user()) {
                    to++;
                }
                List<Row> log = rows.subList(from, to);
                consumer.accept(
                        rows.get(from).user(),
                        RetainedBehaviors.withoutRepeats(log, Row.ORDER, maxLength));
                from = to;
            }
        }
    }

    private static List<Row> read(Path file) throws IOException {
        long n = Files.size(file) / ROW_BYTES;
        List<Row> rows = new ArrayList<>((int) n);
        try (DataInputStream in =
                new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER))) {
            for (long i = 0; i < n; i++) {
                rows.add(row(in));
            }
        }
        return rows;
    }

    private static Row row(DataInputStream in) throws IOException {
        return new Row(
                in.readInt(),
                in.readInt(),
                in.readLong(),
                new EventKey(in.readLong(), in.readLong()));
    }

    String user(int number) {
        return users.get(number);
    }

    /** Number of a user, or null. */
    Integer userNumber(String id) {
        return userNumbers.get(id);
    }

    List<String> ad(int number) {
        return ads.get(number);
    }

    int ads() {
        return ads.size();
    }

    int users() {
        return users.size();
    }

    /** Interactions in all, repeats included. */
    long size() {
        return size;
    }

    @Override
    public void close() throws IOException {
        for (DataOutputStream out : partitions) {
            out.close();
        }
        Scratch.remove(directory);
    }
}
