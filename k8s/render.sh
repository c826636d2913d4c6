#!/bin/sh
# Renders the overlays with kubectl's kustomize into k8s/rendered/, which tests read and reviewers see.
# Run it after every change below k8s/ or monitoring/; a test fails until it has been.
set -e
cd "$(dirname "$0")/.."
for overlay in local production; do
  kubectl kustomize "k8s/overlays/$overlay" > "k8s/rendered/$overlay.yaml"
done
# what they were rendered from
find k8s/base k8s/kafka k8s/overlays monitoring -type f ! -name '*-test.yml' | LC_ALL=C sort | xargs sha256sum > k8s/rendered/sources.sha256
