package io.dienstream.datasets.prepare;

import io.dienstream.datasets.log.BehaviorLog;
import io.dienstream.datasets.log.LineException;
import io.dienstream.datasets.log.LineIds;
import io.dienstream.datasets.title.ItemTitles;
import io.dienstream.dien.history.EventKey;
import io.dienstream.schema.Behavior;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Our own log of behaviors with item and category, see {@link BehaviorLog}. */
public final class InteractionTable implements InteractionSource {
    private final Path file;
    private final Path titles;
    private Map<String, String> titleById = Map.of();

    /**
     * @param titles a file of {@link ItemTitles}, or null
     */
    public InteractionTable(Path file, Path titles) {
        this.file = file;
        this.titles = titles;
    }

    @Override
    public List<Path> files() {
        return titles == null ? List.of(file) : List.of(file, titles);
    }

    @Override
    public Map<String, String> titles() {
        return titleById;
    }

    @Override
    public void read(LineBudget bad, Consumer consumer) throws IOException {
        if (titles != null) {
            titleById = ItemTitles.read(titles).byId();
        }
        LineIds ids = LineIds.of(file);
        InteractionSource.lines(
                file,
                bad,
                (line, number) -> {
                    Behavior b = BehaviorLog.parse(line, ids.of(number));
                    String item = b.getFields().getOrDefault("item", "");
                    if (item.isEmpty()) {
                        throw new LineException("the item is empty");
                    }
                    String category = b.getFields().getOrDefault("category", "");
                    consumer.accept(
                            new Interaction(
                                    b.getUserId(),
                                    List.of(item, category),
                                    b.getTimestamp(),
                                    EventKey.of(b.getEventId())));
                });
    }
}
