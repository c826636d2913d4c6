package io.dienstream.job.rollout;

import io.dienstream.dien.Scorer;
import io.dienstream.job.record.ModelStamp;

/** A version that can answer in a task, how often it did, and how it did last. */
final class AnsweringVersion {
    private final PlannedVersion version;
    private final Scorer scorer;
    private long requests;
    private VersionRouter.Route last;

    AnsweringVersion(PlannedVersion version, Scorer scorer) {
        this.version = version;
        this.scorer = scorer;
    }

    PlannedVersion version() {
        return version;
    }

    Scorer scorer() {
        return scorer;
    }

    /** Requests given to it. */
    long requests() {
        return requests;
    }

    /** Of one more request, by the plan of {@code revision}. */
    VersionRouter.Route route(boolean candidate, long revision) {
        requests++;
        if (last == null
                || last.stamp().candidate() != candidate
                || last.stamp().revision() != revision) {
            long fingerprint = scorer.model().fingerprint();
            last =
                    new VersionRouter.Route(
                            scorer,
                            new ModelStamp(
                                    fingerprint,
                                    version.uri(),
                                    version.sha256(),
                                    version.publishedIn(),
                                    candidate,
                                    revision));
        }
        return last;
    }
}
