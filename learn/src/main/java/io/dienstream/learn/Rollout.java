package io.dienstream.learn;

import java.io.IOException;
import java.nio.file.Path;

/** The rollout of the model that a learner goes on from. */
interface Rollout {
    /**
     * What answers now.
     *
     * @param artifact its directory
     * @param published as what; null where it was not, but is the job's own
     * @param version its name in the plan
     * @param revision of the plan
     * @param underWay a version that was published and is neither live nor gone; null for none
     * @param paused whether a version that is published now would be refused
     */
    record Live(
            Path artifact,
            Published published,
            String version,
            long revision,
            String underWay,
            boolean paused) {}

    /**
     * What the plan says of an artifact.
     *
     * @param uri where it was published
     * @param sha256 of all its files
     */
    record Published(String uri, String sha256) {}

    /**
     * Reads the plan.
     *
     * @throws IOException where it cannot be read, or the live artifact is not on this machine
     */
    Live live() throws IOException;

    /**
     * Makes {@code artifact} known.
     *
     * @param revision of the plan that the decision was made on
     * @throws IOException with the reason where the command was refused, because the plan has moved
     *     on for one
     */
    void publish(Path artifact, String version, String sha256, long revision, String reason)
            throws IOException, InterruptedException;
}
