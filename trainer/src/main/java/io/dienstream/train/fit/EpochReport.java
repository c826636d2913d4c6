package io.dienstream.train.fit;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What an epoch came to.
 *
 * @param epoch from 1
 * @param steps since the start
 * @param learningRate it had
 * @param loss mean of the epoch, auxiliary loss included
 * @param auxiliaryLoss mean of the epoch, unweighted; null where there is none
 * @param validationAuc null without validation examples
 * @param validationLogloss null without validation examples
 * @param examplesPerSecond trained on
 * @param best whether its weights took the place of those kept before; with early stopping: no
 *     earlier validation AUC is higher by more than a standard error of the difference
 */
public record EpochReport(
        int epoch,
        long steps,
        @JsonProperty("learning_rate") double learningRate,
        double loss,
        @JsonProperty("auxiliary_loss") Double auxiliaryLoss,
        @JsonProperty("validation_auc") Double validationAuc,
        @JsonProperty("validation_logloss") Double validationLogloss,
        @JsonProperty("examples_per_second") double examplesPerSecond,
        boolean best) {}
