/**
 * Online quality: scored impressions become, by user first, sums of windows of event time, told
 * when a window's labels are final and again when a late click has moved them.
 */
package io.dienstream.job.learning.quality;
