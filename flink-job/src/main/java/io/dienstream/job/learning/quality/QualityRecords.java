package io.dienstream.job.learning.quality;

import io.dienstream.evaluation.online.LogitSketch;
import io.dienstream.evaluation.online.QualitySums;
import io.dienstream.evaluation.online.SketchBytes;
import io.dienstream.evaluation.online.Totals;
import io.dienstream.schema.ModelQuality;
import java.io.IOException;
import java.nio.ByteBuffer;

/** {@link QualitySums} on the wire. */
public final class QualityRecords {
    private QualityRecords() {}

    /** A window as it is told. */
    static ModelQuality of(QualityPart window, long end, int revision) {
        QualitySums sums = window.sums();
        Totals t = sums.totals();
        double auc = sums.sketch().auc();
        double error = sums.sketch().aucError();
        return ModelQuality.newBuilder()
                .setModel(window.by().model())
                .setModelVersion(window.by().version())
                .setModelFingerprint(window.by().fingerprint())
                .setArm(window.by().arm())
                .setSegment(window.segment())
                .setWindowStart(window.start())
                .setWindowEnd(end)
                .setRevision(revision)
                .setImpressions(sums.impressions())
                .setClicks(sums.clicks())
                .setPredicted(t.predicted())
                .setLogLoss(t.logLoss())
                .setExamples(t.examples())
                .setSquaredWeights(t.squaredWeights())
                .setGaucSum(t.gaucSum())
                .setGaucWeight(t.gaucWeight())
                .setUsers(t.users())
                .setOneClassUsers(t.oneClassUsers())
                .setRevenueMicros(t.revenueMicros())
                .setExpectedMicros(t.expectedMicros())
                .setCurrency(Totals.SEVERAL.equals(t.currency()) ? null : t.currency())
                .setSketch(ByteBuffer.wrap(SketchBytes.write(sums.sketch())))
                .setAuc(Double.isNaN(auc) ? null : auc)
                .setAucError(Double.isNaN(error) ? null : error)
                .setClickCoverage(Double.isNaN(window.coverage()) ? null : window.coverage())
                .build();
    }

    /**
     * The sums of a window that was told. Money of several currencies is told without one.
     *
     * @throws IOException where its sketch is none
     */
    public static QualitySums sums(ModelQuality q) throws IOException {
        ByteBuffer buffer = q.getSketch().duplicate();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        LogitSketch sketch = SketchBytes.read(bytes);
        boolean mixed = q.getCurrency() == null && q.getExpectedMicros() != 0;
        return new QualitySums(
                sketch,
                new Totals(
                        q.getPredicted(),
                        q.getLogLoss(),
                        q.getExamples(),
                        q.getSquaredWeights(),
                        q.getGaucSum(),
                        q.getGaucWeight(),
                        q.getUsers(),
                        q.getOneClassUsers(),
                        q.getRevenueMicros(),
                        q.getExpectedMicros(),
                        mixed ? Totals.SEVERAL : q.getCurrency()));
    }
}
