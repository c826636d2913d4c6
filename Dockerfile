# Images of dien-stream, from what `./mvnw package` has built:
#   docker build --target job -t dien-stream:0.1.0-SNAPSHOT .
#   docker build --target cli -t dien-cli:0.1.0-SNAPSHOT .
# Nothing is fetched but the base images, so the same sources give the same layers.
ARG FLINK_IMAGE=flink:2.2.1-java17
ARG JRE_IMAGE=eclipse-temurin:17.0.15_6-jre

# The job on Flink's own image: one jar, a guard before the REST server, the S3 file system and the Prometheus reporter where Flink looks for them.
FROM ${FLINK_IMAGE} AS job
RUN mkdir -p /opt/flink/usrlib /opt/flink/plugins/s3-fs-hadoop \
 && mv /opt/flink/opt/flink-s3-fs-hadoop-*.jar /opt/flink/plugins/s3-fs-hadoop/
COPY --chown=9999:9999 flink-job/target/flink-job-*-rest-guard.jar /opt/flink/lib/dien-stream-rest-guard.jar
COPY --chown=9999:9999 flink-job/target/dien-stream-job.jar /opt/flink/usrlib/dien-stream-job.jar
USER 9999:9999

# The command line: topics, simulated traffic, dead letters, models.
FROM ${JRE_IMAGE} AS cli
COPY cli/target/lib /opt/dien/lib
COPY cli/target/cli-0.1.0-SNAPSHOT.jar /opt/dien/lib/
USER 9999:9999
WORKDIR /tmp
ENTRYPOINT ["java", "--add-modules=jdk.incubator.vector", "-XX:MaxRAMPercentage=60", "-cp", "/opt/dien/lib/*", "io.dienstream.cli.Dien"]
