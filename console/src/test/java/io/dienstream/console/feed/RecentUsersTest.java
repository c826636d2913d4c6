package io.dienstream.console.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.schema.AdRequest;
import io.dienstream.schema.Behavior;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecentUsersTest {
    private static Behavior behavior(String user, long time, String id) {
        return new Behavior(id, user, time, Map.of("item", "i" + time));
    }

    @Test
    void anyNumberOfUsersTakesTheRoomOfAFew() {
        RecentUsers users = new RecentUsers(10, 4);
        for (int n = 0; n < 1000; n++) {
            users.add(behavior("u" + n, n, "e"));
        }
        assertThat(users.size()).isEqualTo(10);
        assertThat(users.list("", 3))
                .extracting(RecentUsers.Entry::id)
                .containsExactly("u999", "u998", "u997");
        assertThat(users.history("u1")).isEmpty();
    }

    @Test
    void theNewestBehaviorsStayInTheirOrderHoweverTheyCome() {
        RecentUsers users = new RecentUsers(10, 3);
        for (long time : new long[] {5, 1, 4, 2, 3}) {
            users.add(behavior("u", time, "e" + time));
        }
        users.add(behavior("u", 5, "e5")); // again
        assertThat(users.history("u")).extracting(Seen::timestamp).containsExactly(3L, 4L, 5L);
        assertThat(users.list("u", 9)).extracting(RecentUsers.Entry::behaviors).contains(5L);
    }

    @Test
    void aUsersFieldsAreThoseOfTheNewestRequest() {
        RecentUsers users = new RecentUsers(10, 3);
        users.add(new AdRequest("r", "u", 1L, Map.of("age", "30"), Map.of("page", "a"), List.of()));
        assertThat(users.profile("u"))
                .isEqualTo(new RecentUsers.Profile(Map.of("age", "30"), Map.of("page", "a")));
        assertThat(users.profile("v").user()).isEmpty();
        assertThat(users.list("", 9)).as("has done nothing yet").isEmpty();
    }
}
