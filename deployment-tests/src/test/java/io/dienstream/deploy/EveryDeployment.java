package io.dienstream.deploy;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A test of each overlay, and of the Helm chart with each of its files of values, of both jobs; its
 * parameter is for {@link Manifests#rendered}.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest
@ValueSource(
        strings = {
            "local",
            "production",
            "production-s3",
            "learning-local",
            "learning-production",
            "learning-production-s3",
            "chart/local",
            "chart/production",
            "chart/production-s3",
            "chart/learning-local",
            "chart/learning-production",
            "chart/learning-production-s3"
        })
@interface EveryDeployment {}
