package io.dienstream.sandbox;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dienstream.cli.page.Plots;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * What learning was worth in a demo.
 *
 * @param auc by window of {@link #WINDOW_SECONDS}
 * @param unanswered requests
 * @param promotions versions that became live
 */
record LearningOutcome(
        OnlineAuc auc, Duration duration, long requests, int unanswered, long promotions) {
    static final double WINDOW_SECONDS = 15;
    private static final double LAST_SHARE = 0.2;
    private static final double LEAST_GAIN = 0.02;

    private int lastWindows() {
        return (int) Math.max(1, LAST_SHARE * duration.toSeconds() / WINDOW_SECONDS);
    }

    /**
     * Says it.
     *
     * @param plot directory for learning.png, or null
     * @return whether the model that learned ends above the one that did not
     */
    boolean print(Path plot, boolean json, PrintWriter out) throws IOException {
        double[] last = auc.last(lastWindows());
        boolean ok = unanswered == 0 && promotions > 0 && last[0] - last[1] >= LEAST_GAIN;
        out.printf(
                "%,d requests, %,d without an answer; %d versions promoted%n",
                requests, unanswered, promotions);
        out.printf(
                "online AUC of the last %.0f s: %.4f; of the model that did not learn: %.4f%n",
                lastWindows() * WINDOW_SECONDS, last[0], last[1]);
        if (plot != null) {
            Plots.save(chart(), plot, "learning");
            out.printf("plot: %s%n", plot.resolve("learning.png"));
        }
        if (json) {
            ObjectNode line = new ObjectMapper().createObjectNode();
            line.put("auc_learned", last[0]);
            line.put("auc_frozen", last[1]);
            line.put("promotions", promotions);
            line.put("ok", ok);
            out.println(line);
        }
        out.flush();
        return ok;
    }

    private XYChart chart() {
        XYChart chart = Plots.xy("Online AUC while the catalog changes", "seconds", "AUC of 15 s");
        double[] seconds = auc.seconds();
        chart.addSeries("learned", seconds, auc.learned()).setMarker(SeriesMarkers.NONE);
        chart.addSeries("first model", seconds, auc.frozen()).setMarker(SeriesMarkers.NONE);
        return chart;
    }
}
