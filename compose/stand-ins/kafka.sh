#!/bin/bash
# As the official image: KAFKA_SOME_KEY becomes some.key of server.properties; an empty log directory is formatted.
set -euo pipefail
properties=/tmp/server.properties
env | grep '^KAFKA_' | grep -v '^KAFKA_HEAP_OPTS' | while IFS='=' read -r key value; do
  key=${key#KAFKA_}
  printf '%s=%s\n' "$(echo "${key,,}" | tr _ .)" "$value"
done > "$properties"
run() { java ${KAFKA_HEAP_OPTS:-} -cp '/opt/kafka/libs/*' "$@"; }
run kafka.tools.StorageTool format --ignore-formatted --cluster-id MkU3OEVBNTcwNTJENDM2Qg --config "$properties"
exec java ${KAFKA_HEAP_OPTS:-} -cp '/opt/kafka/libs/*' kafka.Kafka "$properties"
