package io.dienstream.job.learning.quality;

import io.dienstream.job.record.OutboundRecord;
import io.dienstream.job.record.RecordType;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;

/** The operators of online quality. */
public final class QualityWindows {
    /** uid and name of {@link UserWindowFunction}. */
    public static final String USERS = "quality-users";

    /** uid and name of {@link PartMerger}. */
    public static final String PARTS = "quality-parts";

    /** uid and name of {@link QualityWindowFunction}. */
    public static final String WINDOWS = "quality-windows";

    private QualityWindows() {}

    /**
     * Attaches them.
     *
     * @param scored impressions of any version and arm, and corrections, each after what it
     *     corrects; watermarks must be behind the end of labels, as those of the label join are
     * @return encoded {@code ModelQuality} with its topic's key
     */
    public static SingleOutputStreamOperator<OutboundRecord> attach(
            DataStream<ScoredImpression> scored, QualitySettings settings) {
        return scored.keyBy(s -> UserWindowFunction.key(s, settings), Types.STRING)
                .process(new UserWindowFunction(settings), QualityPartSerializer.TYPE)
                .uid(USERS)
                .name(USERS)
                .transform(PARTS, QualityPartSerializer.TYPE, new PartMerger())
                .uid(PARTS)
                .name(PARTS)
                .keyBy(QualityPart::key, Types.STRING)
                .process(new QualityWindowFunction(settings), RecordType.OUTBOUND)
                .uid(WINDOWS)
                .name(WINDOWS);
    }
}
