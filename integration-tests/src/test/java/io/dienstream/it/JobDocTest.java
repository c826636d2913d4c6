package io.dienstream.it;

import io.dienstream.job.learning.quality.QualityMetrics;
import io.dienstream.job.metric.JobMetrics;
import io.dienstream.job.metric.LearningMetrics;
import io.dienstream.job.metric.Metric;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.LearningOptions;
import io.dienstream.job.option.Option;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** docs/reference/options.md and docs/reference/metrics.md are made from the job. */
class JobDocTest {
    @Test
    void optionsTableIsCurrent() throws IOException {
        StringBuilder text = new StringBuilder();
        text.append("# Options of the jobs\n\n");
        text.append("Set by argument (`--key=value`), else environment variable, else the file of");
        text.append(" `--options-file` (Java properties), else the default.\n");
        text.append("`kafka.properties.*` is handed to the Kafka clients as it is; secrets are");
        text.append(" masked in logs.\n\n");
        text.append("## The scoring job\n\n");
        append(JobOptions.ALL, text);
        text.append("\n## The learning job\n\n");
        append(LearningOptions.ALL, text);
        Documents.assertCurrent("docs/reference/options.md", text.toString());
    }

    private static void append(List<Option<?>> table, StringBuilder text) {
        text.append("| option | default | allowed | what it does | environment |\n");
        text.append("|---|---|---|---|---|\n");
        for (Option<?> o : table) {
            text.append(
                    "| `%s` | %s | %s | %s | `%s` |%n"
                            .formatted(
                                    o.key(),
                                    o.defaultText() == null
                                            ? "required"
                                            : "`" + o.defaultText() + "`",
                                    o.allowed(),
                                    o.description(),
                                    o.environmentName()));
        }
    }

    @Test
    void metricsTableIsCurrent() throws IOException {
        StringBuilder text = new StringBuilder();
        text.append("# Metrics of the jobs\n\n");
        text.append("Below Flink's operator scope, in group `dien`; each subtask has its own.\n\n");
        text.append(
                "In Prometheus (`./dien demo --prometheus-port 9249`, or Flink's reporter on a");
        text.append(" cluster) a name is `flink_taskmanager_job_task_operator_dien_` and what");
        text.append(" stands here behind `dien.`, each `.` and `-` an `_`. Histograms are over");
        text.append(
                " the last 10,000 values, as quantiles. `dien.model.NAME.version.VERSION.info`");
        text.append(" is 1 and says which model scores:");
        text.append(" labels `model` and `version` in Prometheus; the reason of dead letters is a");
        text.append(" label too. Alerts on them: `monitoring/alerts.yml`, what to do:");
        text.append(" [runbook](../operate/runbook.md).\n\n");
        text.append("## The scoring job\n\n");
        metrics(JobMetrics.ALL, text);
        text.append("\n## The learning job\n\n");
        text.append("Dead letters are counted as in the scoring job. Of the join, at any time,");
        text.append(" `impressions` + `impressions-implied` = `final` + `impressions-waiting` +");
        text.append(" `impressions-refused` + `impressions-repeated`, and `final` = `written` +");
        text.append(" `sampled-out` + `oversize`.\n\n");
        metrics(LearningMetrics.ALL, text);
        text.append(
                "\nWhat each version's scores were worth: labels `model`, `version` and `arm`.\n\n");
        metrics(QualityMetrics.ALL, text);
        Documents.assertCurrent("docs/reference/metrics.md", text.toString());
    }

    private static void metrics(List<Metric> table, StringBuilder text) {
        text.append("| metric | type | meaning |\n|---|---|---|\n");
        for (Metric m : table) {
            text.append("| `dien.%s` | %s | %s |%n".formatted(m.name(), m.type(), m.meaning()));
        }
    }
}
