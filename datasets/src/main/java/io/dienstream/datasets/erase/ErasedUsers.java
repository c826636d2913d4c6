package io.dienstream.datasets.erase;

import io.dienstream.datasets.log.LineOwner;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * Who is erased, and which requests were theirs: labels and answers name a request alone. Requests
 * are learned from the files that name both.
 */
public final class ErasedUsers {
    private final Set<String> users;
    private final Set<String> requests = new HashSet<>();
    private final Set<String> ofOthersToo = new HashSet<>();
    private boolean requestsKnown;

    public ErasedUsers(Set<String> users) {
        this.users = Set.copyOf(users);
    }

    boolean contains(String user) {
        return users.contains(user);
    }

    /** Learns the requests of a line. */
    void learn(LineOwner line) {
        if (line.request() != null && !line.users().isEmpty()) {
            requestsKnown = true;
            if (isTheirs(line)) {
                requests.add(line.request());
            }
        }
    }

    boolean hasRequests() {
        return !requests.isEmpty();
    }

    /** Learns, once all requests are known, which of them are also another user's. */
    void doubt(LineOwner line) {
        if (!line.users().isEmpty() && !isTheirs(line) && requests.contains(line.request())) {
            ofOthersToo.add(line.request());
        }
    }

    private boolean isTheirs(LineOwner line) {
        return line.users().stream().anyMatch(users::contains);
    }

    /**
     * Whether a line goes.
     *
     * @throws IOException where it names a request alone and nothing says whose that is
     */
    boolean covers(LineOwner line, Path file) throws IOException {
        if (!line.users().isEmpty()) {
            return isTheirs(line);
        }
        if (!requestsKnown) {
            throw new IOException(
                    file + " names requests, not users: give the log of these requests as well");
        }
        if (ofOthersToo.contains(line.request())) {
            throw new IOException(
                    file + " names a request that several users have: nothing says whose it is");
        }
        return requests.contains(line.request());
    }
}
