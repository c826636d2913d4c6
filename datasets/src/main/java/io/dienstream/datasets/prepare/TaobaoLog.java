package io.dienstream.datasets.prepare;

import io.dienstream.datasets.log.LineException;
import io.dienstream.datasets.log.LogTimes;
import io.dienstream.datasets.log.Spelling;
import io.dienstream.dien.history.EventKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Taobao's UserBehavior.csv: user, item, category, type (pv, cart, fav, buy), unix seconds, no
 * header.
 */
public final class TaobaoLog implements InteractionSource {
    private static final List<String> KNOWN = List.of("pv", "cart", "fav", "buy");

    private final Path file;
    private final Set<String> types;

    /**
     * @param types of behaviors that are taken
     * @throws IllegalArgumentException where there is no such type
     */
    public TaobaoLog(Path file, Set<String> types) {
        for (String type : types) {
            if (!KNOWN.contains(type)) {
                throw new IllegalArgumentException(
                        "no type '%s'%s; there are %s"
                                .formatted(type, Spelling.hint(type, KNOWN), KNOWN));
            }
        }
        this.file = file;
        this.types = types;
    }

    @Override
    public List<Path> files() {
        return List.of(file);
    }

    @Override
    public void read(LineBudget bad, Consumer consumer) throws IOException {
        InteractionSource.lines(
                file,
                bad,
                (line, number) -> {
                    String[] c = line.split(",", -1);
                    if (c.length != 5 || !KNOWN.contains(c[3])) {
                        throw new LineException(
                                "is not user,item,category,type,seconds with a type of " + KNOWN);
                    }
                    if (c[0].isEmpty() || c[1].isEmpty()) {
                        throw new LineException("the user or the item is empty");
                    }
                    long seconds;
                    try {
                        seconds = Long.parseLong(c[4]);
                    } catch (NumberFormatException e) {
                        throw new LineException("'" + c[4] + "' is no unix time in seconds");
                    }
                    if (types.contains(c[3])) {
                        List<String> ad = List.of(c[1], c[2]);
                        consumer.accept(
                                new Interaction(
                                        c[0],
                                        ad,
                                        LogTimes.ofSeconds(seconds),
                                        EventKey.ofNumber(number)));
                    }
                });
    }
}
