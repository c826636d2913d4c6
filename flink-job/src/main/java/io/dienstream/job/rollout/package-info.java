/**
 * Which version of a model answers whom: a log of commands, folded by a pure function that the job,
 * the command line and whatever reads the log later share.
 */
package io.dienstream.job.rollout;
