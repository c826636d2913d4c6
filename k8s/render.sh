#!/bin/sh
# Renders the overlays with kubectl's kustomize into k8s/rendered/, which tests read and reviewers see.
# Run it after every change below k8s/ or monitoring/; a test fails until it has been.
set -e
cd "$(dirname "$0")/.."
for overlay in local production production-s3 learning-local learning-production learning-production-s3; do
  kubectl kustomize "k8s/overlays/$overlay" > "k8s/rendered/$overlay.yaml"
done
# what the chart ships of other directories, because Helm reads nothing outside of a chart
cp monitoring/alerts.yml monitoring/dashboard.json k8s/chart/files/
# what they were rendered from
find k8s/base k8s/components k8s/kafka k8s/learning k8s/overlays monitoring -type f ! -name '*-test.yml' | LC_ALL=C sort | xargs sha256sum > k8s/rendered/sources.sha256
