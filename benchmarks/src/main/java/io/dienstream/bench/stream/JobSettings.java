package io.dienstream.bench.stream;

import java.nio.file.Path;
import java.util.Map;

/**
 * What every case's job is given.
 *
 * @param model artifact with vocabularies
 * @param options of the job, on top of the case's
 * @param flink configuration of Flink, on top of the job's
 */
public record JobSettings(Path model, Map<String, String> options, Map<String, String> flink) {}
