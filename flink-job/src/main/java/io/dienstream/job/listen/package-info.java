/**
 * What Flink listens on, and whom its REST server answers. Nothing here runs in a task: the classes
 * are for JobManagers, those inside a process of the command line and, from a jar of its own in
 * Flink's {@code lib}, those of a cluster.
 */
package io.dienstream.job.listen;
