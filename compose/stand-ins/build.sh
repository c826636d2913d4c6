#!/bin/bash
# Images under the names that docker-compose.yml and Dockerfile use, built from Debian packages and this build's jars, for
# machines that can pull nothing: Debian as root, docker, debootstrap; after ./mvnw -DskipTests package. Grafana is not among
# them. What they leave unverified: the official images themselves, their start scripts and users.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=${1:-/tmp/dien-stand-ins}
repository=${MAVEN_REPOSITORY:-https://repo.maven.apache.org/maven2}
export DOCKER_BUILDKIT=0
mkdir -p "$work"
if [ ! -d "$work/rootfs" ]; then
  debootstrap --variant=minbase --include=openjdk-17-jre-headless,wget,prometheus bookworm "$work/rootfs.part" http://deb.debian.org/debian
  rm -rf "$work"/rootfs.part/var/cache/apt/* "$work"/rootfs.part/var/lib/apt/lists/* "$work"/rootfs.part/usr/share/{doc,man,locale}
  mv "$work/rootfs.part" "$work/rootfs"
fi

image() { # name, directory with a Dockerfile
  docker build -q -t "$1" "$2"
}

# what the JRE, Kafka and Prometheus images are made of
mkdir -p "$work/base"
tar -C "$work/rootfs" -cf "$work/base/rootfs.tar" .
# the official image has this user; Hadoop's S3 client asks for its name
printf 'FROM scratch\nADD rootfs.tar /\nRUN useradd --uid 9999 --no-create-home flink\n' > "$work/base/Dockerfile"
image eclipse-temurin:17.0.20.1_1-jre-noble "$work/base"

# Kafka, with the environment of the official image as server.properties
rm -rf "$work/kafka" && mkdir -p "$work/kafka/lib"
cp "$root"/cli/target/lib/*.jar "$work/kafka/lib/"
cp "$root/compose/stand-ins/kafka.sh" "$work/kafka/"
cat > "$work/kafka/Dockerfile" <<'D'
FROM eclipse-temurin:17.0.20.1_1-jre-noble
COPY lib /opt/kafka/libs
COPY kafka.sh /opt/kafka/kafka.sh
RUN mkdir -p /var/lib/kafka/data && chown -R 1000:1000 /var/lib/kafka
CMD ["/opt/kafka/kafka.sh"]
D
image apache/kafka:4.2.2 "$work/kafka"

# Flink: the jars without those that come in the job's, the S3 file system, and start scripts that do what Flink's do
rm -rf "$work/flink" && mkdir -p "$work/flink/lib" "$work/flink/opt" "$work/flink/bin" "$work/flink/conf"
cp "$root"/cli/target/lib/*.jar "$work/flink/lib/"
(cd "$work/flink/lib" && rm -f schemas-* dien-model-* flink-job-* trainer-* benchmarks-* kafka* avro-* jackson-* hash4j-* flink-connector-kafka-* flink-state-processor-* snappy* zstd* lz4* *pytorch* onnx*)
s3=flink-s3-fs-hadoop-2.2.0.jar
[ -f "$work/$s3" ] || wget -q -O "$work/$s3" "$repository/org/apache/flink/flink-s3-fs-hadoop/2.2.0/$s3"
cp "$work/$s3" "$work/flink/opt/"
cp "$root"/compose/stand-ins/{standalone-job.sh,taskmanager.sh} "$work/flink/bin/"
cat > "$work/flink/Dockerfile" <<'D'
FROM eclipse-temurin:17.0.20.1_1-jre-noble
COPY . /opt/flink
RUN mkdir -p /opt/flink/plugins /opt/flink/log /rocksdb && chown -R 9999:9999 /opt/flink /rocksdb
D
image flink:2.2.1-java17 "$work/flink"

cat > "$work/base/prometheus.Dockerfile" <<'D'
FROM eclipse-temurin:17.0.20.1_1-jre-noble
RUN mkdir -p /prometheus && chown 65534:65534 /prometheus
ENTRYPOINT ["prometheus", "--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"]
D
docker build -q -t prom/prometheus:v3.7.3 -f "$work/base/prometheus.Dockerfile" "$work/base"

# our own, from our own Dockerfile, but for the object store, whose ADD --checksum needs BuildKit
cd "$root"
docker build -q --target job -t dien-stream:0.1.0-SNAPSHOT .
docker build -q --target operate -t dien:0.1.0-SNAPSHOT .
rm -rf "$work/store" && mkdir -p "$work/store"
url=$(sed -n 's/^ARG S3PROXY_URL=//p' compose/object-store.Dockerfile)
sum=$(sed -n 's/.*--checksum=sha256:\([0-9a-f]*\).*/\1/p' compose/object-store.Dockerfile)
[ -f "$work/s3proxy.jar" ] || wget -q -O "$work/s3proxy.jar" "${url/https:\/\/repo.maven.apache.org\/maven2/$repository}"
echo "$sum  $work/s3proxy.jar" | sha256sum -c -
cp "$work/s3proxy.jar" compose/s3proxy.properties "$work/store/"
cat > "$work/store/Dockerfile" <<'D'
FROM eclipse-temurin:17.0.20.1_1-jre-noble
COPY s3proxy.jar /opt/s3proxy.jar
COPY s3proxy.properties /etc/s3proxy.properties
RUN mkdir -p /data/dien-stream && chown -R 9999:9999 /data
USER 9999:9999
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=60", "-jar", "/opt/s3proxy.jar", "--properties", "/etc/s3proxy.properties"]
D
image dien-object-store:0.1.0-SNAPSHOT "$work/store"
