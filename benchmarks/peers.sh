#!/bin/sh
# The main job beside what people would build instead, once with each attention: about 20 minutes on two quiet cores.
# Needs redis-server, and a folder with models/amazon-sports/model, peers/dien-mlp/model and both graphs in peers/.
set -e
if [ $# -lt 2 ]; then
  echo "usage: benchmarks/peers.sh SHARED OUT [option of bench stream ...]" >&2
  exit 2
fi
home=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd -P)
shared=$1
out=$2
shift 2
measure() { # name, artifact, graph, more options
  name=$1 model=$2 graph=$3
  shift 3
  "$home/dien" bench stream --model "$model" --peer "onnx=$graph" --peer "server=$graph" \
    --users 1000 --seconds 7 --warm-up 3 --output "$out/$name" "$@"
}
date -u
measure bilinear "$shared/models/amazon-sports/model" "$shared/peers/amazon-sports-dien-bilinear.onnx" "$@"
date -u
measure mlp "$shared/peers/dien-mlp/model" "$shared/peers/dien-mlp.onnx" "$@"
date -u
