#!/bin/sh
# The main job beside what people would build instead, once with each attention: about 25 minutes on two quiet cores.
# A thousand users and one round, so that it takes no longer: ten thousand are two million clicks to write for each of
# three contenders, twice. With a warm-up of 2 s it is the compiler that is measured.
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
    --users 1000 --rounds 1 --seconds 6 --warm-up 15 --probes 60 --output "$out/$name" "$@"
}
date -u
measure bilinear "$shared/models/amazon-sports/model" "$shared/peers/amazon-sports-dien-bilinear.onnx" "$@"
date -u
measure mlp "$shared/peers/dien-mlp/model" "$shared/peers/dien-mlp.onnx" "$@"
date -u
