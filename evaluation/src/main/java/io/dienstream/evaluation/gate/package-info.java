/**
 * Whether a new version may answer: a judgement of windows of {@link
 * io.dienstream.evaluation.online.QualitySums} that stays right however often it is asked for, and
 * is never favorable for want of data.
 */
package io.dienstream.evaluation.gate;
