# An S3 of one process for docker-compose.yml. One jar is fetched, by its checksum; BuildKit.
ARG JRE_IMAGE=eclipse-temurin:17.0.20.1_1-jre-noble
FROM ${JRE_IMAGE}
ARG S3PROXY_URL=https://repo.maven.apache.org/maven2/org/gaul/s3proxy/4.1.0/s3proxy-4.1.0-jar-with-dependencies.jar
ADD --chmod=0644 --checksum=sha256:a4d025969aaf796616ed4b1e2491d87d455ce84bb28cb9db086b2e6aaa68b48d ${S3PROXY_URL} /opt/s3proxy.jar
COPY compose/s3proxy.properties /etc/s3proxy.properties
RUN mkdir -p /data/dien-stream && chown -R 9999:9999 /data
USER 9999:9999
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=60", "-jar", "/opt/s3proxy.jar", "--properties", "/etc/s3proxy.properties"]
