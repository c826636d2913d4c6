#!/bin/sh
# Optional: shows the overlays to a real API server. It applies definitions and overlays server-side, and asks for each right
# that Flink's high availability and native mode use, and for those that nobody may have. It creates namespaces and cluster-wide
# definitions and leaves them there: point KUBECONFIG at a cluster that you throw away; nodes and controllers are not needed.
#   KUBECONFIG=... k8s/try-control-plane.sh DEFINITIONS...
# DEFINITIONS: flink-kubernetes-operator-api-*.jar (definitions are inside), and YAML files, as strimzi-crds-*.yaml of a release
# of Strimzi. A kind that no file defines gets a definition that takes everything, and the script says so.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
apply() { kubectl apply --server-side --force-conflicts --field-manager=dien-try -f "$1"; }
fail() { echo "FAILED: $*"; failed=$((failed + 1)); }
# kubectl's message, which may be of many lines, is shown as it is
try() { apply "$1" > "$work/said" 2>&1 || { cat "$work/said"; fail "$2"; return 0; }; sed 's/^/  /' "$work/said"; }

echo "# server: $(kubectl version 2>/dev/null | grep -i server | tail -1)"
echo "# definitions"
number=0
for given in "$@"; do
  number=$((number + 1))
  case $given in
    *.jar) unzip -q -o "$given" 'META-INF/fabric8/*-v1.yml' -d "$work/jar$number"; set -- "$work/jar$number"/META-INF/fabric8/*-v1.yml ;;
    *) set -- "$given" ;;
  esac
  for file in "$@"; do
    # released definitions may be of an operator before Flink 2.2
    if grep -q '^ *- v1_20$' "$file" && ! grep -q '^ *- v2_2$' "$file"; then
      echo "  (v2_2 added to the versions of Flink in $(basename "$file"))"
      awk '{ print } /^ *- v1_20$/ { sub(/v1_20/, "v2_2"); print }' "$file" > "$work/definition.yaml"
    else
      cp "$file" "$work/definition.yaml"
    fi
    try "$work/definition.yaml" "definition $file"
  done
done
open() { # group, version, kind, plural
  kubectl get crd "$4.$1" > /dev/null 2>&1 && return 0
  echo "  ($4.$1: no definition given, an open one is used)"
  cat > "$work/open.yaml" <<END
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: $4.$1}
spec:
  group: $1
  scope: Namespaced
  names: {kind: $3, plural: $4, singular: $(echo "$3" | tr '[:upper:]' '[:lower:]')}
  versions:
    - name: $2
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
END
  try "$work/open.yaml" "definition of $3"
}
open flink.apache.org v1beta1 FlinkDeployment flinkdeployments
open flink.apache.org v1beta1 FlinkStateSnapshot flinkstatesnapshots
open kafka.strimzi.io v1 Kafka kafkas
open kafka.strimzi.io v1 KafkaNodePool kafkanodepools
open kafka.strimzi.io v1 KafkaTopic kafkatopics
open kafka.strimzi.io v1 KafkaUser kafkausers
open monitoring.coreos.com v1 PodMonitor podmonitors
open monitoring.coreos.com v1 PrometheusRule prometheusrules
kubectl wait --for=condition=Established crd --all --timeout=60s > /dev/null || fail "definitions are not served"

policy=policy/v1
kubectl api-versions | grep -qx policy/v1 || { policy=policy/v1beta1; echo "  (no policy/v1 here: the budget is tried as $policy)"; }
for overlay in local production production-s3; do
  echo "# overlay $overlay"
  sed "s|^apiVersion: policy/v1\$|apiVersion: $policy|" "$here/rendered/$overlay.yaml" > "$work/$overlay.yaml"
  # namespaces first, by their own: what goes into them is refused until they are there
  kubectl create namespace dien-stream > /dev/null 2>&1 || true
  kubectl create namespace dien-kafka > /dev/null 2>&1 || true
  # a claim never changes its class, and the overlays differ in theirs
  kubectl -n dien-stream delete persistentvolumeclaim --all > /dev/null 2>&1 || true
  try "$work/$overlay.yaml" "overlay $overlay"
done
echo "# examples"
for example in savepoint models-loader simulator; do
  try "$here/examples/$example.yaml" "example $example"
done

asked=0
can() { # yes or no, service account, verb, resource, [namespace]
  # to can-i a slash is before a name
  case $4 in
    pods/exec | serviceaccounts/token) set -- "$1" "$2" "$3" "${4%/*}" "${5:-}" "--subresource=${4#*/}" ;;
    *) set -- "$1" "$2" "$3" "$4" "${5:-}" "" ;;
  esac
  said=$(kubectl auth can-i "$3" "$4" ${6:+"$6"} -n "${5:-dien-stream}" --as "system:serviceaccount:dien-stream:$2" 2>/dev/null || true)
  asked=$((asked + 1))
  [ "$said" = "$1" ] || fail "$2 may $3 $4 ${6#--subresource=} in ${5:-dien-stream}: $said, not $1"
}
jobs=dien-stream
tasks=dien-stream-taskmanager
echo "# rights that Flink uses"
for verb in get list watch create update patch delete; do can yes $jobs $verb configmaps; done   # leaders, checkpoints
for verb in get list watch create delete; do can yes $jobs $verb pods; done                      # TaskManagers
can yes $jobs get services                                                                       # the REST address
can yes $jobs get deployments.apps/dien-stream                                                   # the owner of TaskManagers
for verb in get list watch; do can yes $tasks $verb configmaps; done                             # who leads
echo "# rights that nobody may have"
for account in $jobs $tasks; do
  for verb in get list watch create update patch delete; do
    for resource in secrets serviceaccounts roles.rbac.authorization.k8s.io rolebindings.rbac.authorization.k8s.io \
      flinkdeployments.flink.apache.org networkpolicies.networking.k8s.io persistentvolumeclaims; do
      can no $account $verb $resource
    done
    can no $account $verb configmaps dien-kafka
    can no $account $verb secrets dien-kafka
    can no $account $verb kafkausers.kafka.strimzi.io dien-kafka
    can no $account $verb pods kube-system
  done
  can no $account create pods/exec
  can no $account create serviceaccounts/token
  can no $account create deployments.apps
  can no $account get deployments.apps/another
  can no $account list nodes
  can no $account impersonate users
  can no $account '*' '*'
done
for verb in create update patch delete; do can no $tasks $verb configmaps; done
for verb in get list watch create update patch delete; do can no $tasks $verb pods; done
can no $tasks get services
can no $tasks get deployments.apps/dien-stream
echo "$asked rights asked"
if [ $failed -gt 0 ]; then echo "$failed FAILED"; exit 1; fi
echo "all as they should be"
