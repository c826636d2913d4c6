# Images of dien-stream, from what `./mvnw package` has built:
#   docker build --target job -t dien-stream:0.1.0-SNAPSHOT .
#   docker build --target operate -t dien:0.1.0-SNAPSHOT .
#   docker build --target train -t dien-train:0.1.0-SNAPSHOT .
# Nothing is fetched but the base images, so the same sources give the same layers.
ARG FLINK_IMAGE=flink:2.2.1-java17
ARG JRE_IMAGE=eclipse-temurin:17.0.20.1_1-jre-noble

# The job on Flink's own image: one jar, a guard before the REST server, the S3 file system and the Prometheus reporter where Flink looks for them.
FROM ${FLINK_IMAGE} AS job
RUN mkdir -p /opt/flink/usrlib /opt/flink/plugins/s3-fs-hadoop \
 && mv /opt/flink/opt/flink-s3-fs-hadoop-*.jar /opt/flink/plugins/s3-fs-hadoop/
COPY --chown=9999:9999 flink-job/target/flink-job-*-rest-guard.jar /opt/flink/lib/dien-stream-rest-guard.jar
COPY --chown=9999:9999 job-jar/target/dien-stream-job.jar /opt/flink/usrlib/dien-stream-job.jar
USER 9999:9999

# What an operator runs beside the job: topics, simulated traffic, dead letters, savepoints, models. No PyTorch, no benchmarks.
FROM ${JRE_IMAGE} AS operate
COPY operate/target/lib /opt/dien/lib
COPY operate/target/operate-0.1.0-SNAPSHOT.jar /opt/dien/lib/
USER 9999:9999
WORKDIR /tmp
ENTRYPOINT ["java", "--add-modules=jdk.incubator.vector", "-XX:MaxRAMPercentage=60", "-cp", "/opt/dien/lib/*", "io.dienstream.cli.Dien"]

# Data sets, training and evaluation, with PyTorch for this platform.
FROM ${JRE_IMAGE} AS train
COPY trainer/target/lib /opt/dien/lib
COPY trainer/target/trainer-0.1.0-SNAPSHOT.jar /opt/dien/lib/
USER 9999:9999
WORKDIR /tmp
ENV OMP_WAIT_POLICY=passive DJL_CACHE_DIR=/tmp/djl OPT_OUT_TRACKING=true
ENTRYPOINT ["java", "--add-modules=jdk.incubator.vector", "-XX:MaxRAMPercentage=60", "-Dai.djl.offline=true", "-cp", "/opt/dien/lib/*", "io.dienstream.cli.Dien"]
