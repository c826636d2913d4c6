# Images of dien-stream, from what `./mvnw package` has built:
#   docker build --target job -t dien-stream:0.1.0-SNAPSHOT .
#   docker build --target cli -t dien-cli:0.1.0-SNAPSHOT .
#   docker build --target object-store -t dien-object-store:0.1.0-SNAPSHOT .     (for docker-compose.yml only)
# Nothing is fetched but the base images and one jar with its checksum, so the same sources give the same layers.
ARG FLINK_IMAGE=flink:2.2.1-java17
ARG JRE_IMAGE=eclipse-temurin:17.0.15_6-jre

# The job on Flink's own image: one jar, the S3 file system and the Prometheus reporter where Flink looks for them.
FROM ${FLINK_IMAGE} AS job
RUN mkdir -p /opt/flink/usrlib /opt/flink/plugins/s3-fs-hadoop \
 && mv /opt/flink/opt/flink-s3-fs-hadoop-*.jar /opt/flink/plugins/s3-fs-hadoop/
COPY --chown=9999:9999 flink-job/target/dien-stream-job.jar /opt/flink/usrlib/dien-stream-job.jar
USER 9999:9999

# The command line: topics, simulated traffic, dead letters, models.
FROM ${JRE_IMAGE} AS cli
COPY cli/target/lib /opt/dien/lib
COPY cli/target/cli-0.1.0-SNAPSHOT.jar /opt/dien/lib/
USER 9999:9999
WORKDIR /tmp
ENTRYPOINT ["java", "--add-modules=jdk.incubator.vector", "-XX:MaxRAMPercentage=60", "-cp", "/opt/dien/lib/*", "io.dienstream.cli.Dien"]

# An S3 of one process for a laptop.
FROM ${JRE_IMAGE} AS object-store
ARG S3PROXY_URL=https://repo.maven.apache.org/maven2/org/gaul/s3proxy/4.1.0/s3proxy-4.1.0-jar-with-dependencies.jar
ADD --chmod=0644 --checksum=sha256:a4d025969aaf796616ed4b1e2491d87d455ce84bb28cb9db086b2e6aaa68b48d ${S3PROXY_URL} /opt/s3proxy.jar
COPY compose/s3proxy.properties /etc/s3proxy.properties
RUN mkdir -p /data/dien-stream && chown -R 9999:9999 /data
USER 9999:9999
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=60", "-jar", "/opt/s3proxy.jar", "--properties", "/etc/s3proxy.properties"]
