package io.dienstream.cli.page;

import java.awt.Color;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler;

/** Colors of a chart's ground, text and axes; lines and points have theirs from {@link Plots}. */
enum Tones {
    LIGHT(Color.WHITE, new Color(0x222222), new Color(0xDDDDDD)),
    DARK(new Color(0x16181C), new Color(0xE4E4E4), new Color(0x3A3D42));

    private final Color ground;
    private final Color text;
    private final Color lines;

    Tones(Color ground, Color text, Color lines) {
        this.ground = ground;
        this.text = text;
        this.lines = lines;
    }

    void paint(Styler styler) {
        styler.setChartBackgroundColor(ground)
                .setPlotBackgroundColor(ground)
                .setPlotBorderColor(lines)
                .setChartFontColor(text)
                .setChartTitleBoxBackgroundColor(ground)
                .setChartTitleBoxBorderColor(ground)
                .setLegendBackgroundColor(ground)
                .setLegendBorderColor(ground)
                .setXAxisTitleColor(text)
                .setYAxisTitleColor(text)
                .setAnnotationTextFontColor(text);
        if (styler instanceof AxesChartStyler axes) {
            axes.setPlotGridLinesColor(lines)
                    .setAxisTickMarksColor(lines)
                    .setAxisTickLabelsColor(text)
                    .setErrorBarsColor(text);
        }
    }
}
