package io.dienstream.datasets.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TitlesTest {
    private static Map<String, String> fields(int item) {
        return new Catalog(1, Simulator.CATEGORIES, Simulator.ITEMS_PER_CATEGORY).fields(item);
    }

    @Test
    void everyItemHasATitleOfItsOwnAndEveryCategoryAName() {
        Set<String> titles = new HashSet<>();
        Set<String> categories = new HashSet<>();
        int items = Simulator.CATEGORIES * Simulator.ITEMS_PER_CATEGORY;
        for (int item = 0; item < items; item++) {
            assertThat(Titles.knows(fields(item))).as("i%d", item).isTrue();
            assertThat(Titles.of(fields(item))).as("i%d", item).matches("[A-Z0-9][^,:]{2,40}");
            titles.add(Titles.category(fields(item)) + "/" + Titles.of(fields(item)));
            categories.add(Titles.category(fields(item)));
        }
        assertThat(titles).hasSize(items);
        assertThat(categories).hasSize(Simulator.CATEGORIES);
    }

    @Test
    void theMostPopularOfAKindIsThePlainOne() {
        int coffee = 13 * Simulator.ITEMS_PER_CATEGORY;
        assertThat(Titles.category(fields(coffee))).isEqualTo("Coffee");
        assertThat(Titles.of(fields(coffee))).isEqualTo("Espresso machine");
        assertThat(Titles.of(fields(coffee + 8))).isEqualTo("Compact espresso machine");
    }

    @Test
    void itemsOfOthersAreNotNamed() {
        assertThat(Titles.knows(Map.of("item", "i2000", "category", "c50"))).isFalse();
        assertThat(Titles.knows(Map.of("item", "i0", "category", "c1"))).isFalse();
        assertThat(Titles.knows(Map.of("item", "i007", "category", "c0"))).isFalse();
        assertThat(Titles.knows(Map.of("item", "42", "category", "c0"))).isFalse();
        assertThat(Titles.knows(Map.of("article", "i0"))).isFalse();
        assertThat(Titles.knowsAll(List.of(fields(3), Map.of("item", "x")))).isFalse();
    }
}
