package io.dienstream.evaluation;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.stat.correlation.Covariance;

/**
 * The plane in which points vary most.
 *
 * @param mean [H]
 * @param axes [2][H], orthonormal, largest variance first
 * @param explained share of the variance in the plane, 0 to 1
 */
public record PrincipalComponents(double[] mean, double[][] axes, double explained) {

    /**
     * @param points at least two, of equal length of at least two
     */
    public static PrincipalComponents of(double[][] points) {
        RealMatrix covariance =
                new Covariance(MatrixUtils.createRealMatrix(points)).getCovarianceMatrix();
        EigenDecomposition eigen = new EigenDecomposition(covariance);
        double[] values = eigen.getRealEigenvalues();
        int[] order =
                IntStream.range(0, values.length)
                        .boxed()
                        .sorted(Comparator.comparingDouble(i -> -values[i]))
                        .mapToInt(Integer::intValue)
                        .toArray();
        double[] mean = new double[points[0].length];
        for (double[] point : points) {
            for (int d = 0; d < mean.length; d++) {
                mean[d] += point[d] / points.length;
            }
        }
        double total = Arrays.stream(values).sum();
        double[][] axes = {
            eigen.getEigenvector(order[0]).toArray(), eigen.getEigenvector(order[1]).toArray()
        };
        double inPlane = values[order[0]] + values[order[1]];
        return new PrincipalComponents(mean, axes, total > 0 ? inPlane / total : 1);
    }

    /** A point's place in the plane, [2]. */
    public double[] project(float[] point) {
        double[] place = new double[2];
        for (int axis = 0; axis < 2; axis++) {
            for (int d = 0; d < mean.length; d++) {
                place[axis] += (point[d] - mean[d]) * axes[axis][d];
            }
        }
        return place;
    }
}
