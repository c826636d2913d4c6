#!/bin/sh
# Copies what the job needs of Strimzi's secrets from Kafka's namespace into the job's: how it logs in, and the certificate of
# Kafka's authority. Nothing else of them, and nothing passes through a file or an argument. Run it after the first start of
# Kafka and whenever Strimzi renews one of the two; then restart the job (docs/operate/kubernetes.md).
#   k8s/copy-secrets.sh [FROM-NAMESPACE [TO-NAMESPACE [USER]]]     # USER: dien-learning for the learning job
set -eu
from=${1:-dien-kafka}
to=${2:-dien-stream}
user=${3:-dien-stream}
copy() { # secret, key
  value=$(kubectl -n "$from" get secret "$1" -o go-template="{{index .data \"$2\"}}")
  case $value in
    '' | '<no value>') echo "secret $1 in $from has no $2" >&2; exit 1 ;;
  esac
  kubectl -n "$to" apply --server-side --force-conflicts --field-manager=dien-copy-secrets -f - <<END
apiVersion: v1
kind: Secret
metadata:
  name: $1
  labels:
    app.kubernetes.io/part-of: dien-stream
data:
  $2: $value
END
}
copy "$user" sasl.jaas.config
copy dien-cluster-ca-cert ca.crt
