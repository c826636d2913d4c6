package io.dienstream.job;

import io.dienstream.job.record.SourceRecord;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;

/**
 * Time as valid records tell it. A refused one is no sign of life of its partition either: it
 * carries no time, so a partition of nothing but garbage would otherwise hold time where it is for
 * ever.
 */
final class ValidRecords<T extends SourceRecord> implements WatermarkGenerator<T> {
    private final WatermarkGenerator<T> generator;

    private ValidRecords(WatermarkGenerator<T> generator) {
        this.generator = generator;
    }

    /** {@code strategy}, idleness and all, which sees valid records only. */
    static <T extends SourceRecord> WatermarkStrategy<T> only(WatermarkStrategy<T> strategy) {
        return WatermarkStrategy.forGenerator(
                context -> new ValidRecords<>(strategy.createWatermarkGenerator(context)));
    }

    @Override
    public void onEvent(T record, long timestamp, WatermarkOutput output) {
        if (record.rejection() == null) {
            generator.onEvent(record, timestamp, output);
        }
    }

    @Override
    public void onPeriodicEmit(WatermarkOutput output) {
        generator.onPeriodicEmit(output);
    }
}
