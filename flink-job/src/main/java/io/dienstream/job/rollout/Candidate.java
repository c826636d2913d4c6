package io.dienstream.job.rollout;

/**
 * A version that answers some users. Its range of buckets starts at one end of them and stays
 * there, so a larger share only adds users, and two candidates never take them from each other.
 *
 * @param end where the range starts
 * @param buckets how many it has, 0 to {@link Bucket#COUNT}
 */
public record Candidate(PlannedVersion version, End end, int buckets) {
    /** The ends of all buckets. */
    public enum End {
        LOW,
        HIGH
    }

    /** Whether it answers the users of {@code bucket}. */
    public boolean has(int bucket) {
        return end == End.LOW ? bucket < buckets : bucket >= Bucket.COUNT - buckets;
    }

    /** Share of users, %. */
    public double percent() {
        return 100.0 * buckets / Bucket.COUNT;
    }

    Candidate of(PlannedVersion other) {
        return new Candidate(other, end, buckets);
    }

    Candidate with(int other) {
        return new Candidate(version, end, other);
    }
}
