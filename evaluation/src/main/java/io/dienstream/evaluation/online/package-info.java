/**
 * What a model is worth while it serves: sums over examples that add up over windows, shards and
 * processes, and from which a late click can be taken back.
 */
package io.dienstream.evaluation.online;
