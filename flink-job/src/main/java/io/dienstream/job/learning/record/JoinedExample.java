package io.dienstream.job.learning.record;

import io.dienstream.schema.TrainingExample;

/**
 * Candidates of one request whose labels became final at one time, before any is sampled out.
 *
 * @param served the request as it was scored
 * @param example its impressed candidates with their labels
 */
public record JoinedExample(LearningRecord served, TrainingExample example) {}
