#!/bin/sh
# Pins the images of docker-compose.yml and of the Dockerfiles that others publish: NAME:TAG becomes
# NAME:TAG@sha256:..., the digest that the registry has for that tag now. Needs the network and one of crane, docker with
# buildx, or skopeo. Nothing is changed unless every digest was found. Run it again to follow a tag that has moved, and
# look at the difference before you commit it.
set -eu
cd "${1:-$(dirname "$0")/..}"
files="docker-compose.yml Dockerfile compose/object-store.Dockerfile"

digest() {
  if command -v crane >/dev/null 2>&1; then
    crane digest "$1"
  elif docker buildx version >/dev/null 2>&1; then
    docker buildx imagetools inspect --format '{{.Manifest.Digest}}' "$1"
  elif command -v skopeo >/dev/null 2>&1; then
    skopeo inspect --no-tags --format '{{.Digest}}' "docker://$1"
  else
    echo "pin-images: needs crane, docker with buildx, or skopeo" >&2
    return 1
  fi
}

# ours (dien, dien-...) are built from these files and have no digest before they are pushed
images=$(sed -n -e 's/^ *image: *//p' -e 's/^ARG [A-Z0-9_]*IMAGE=//p' $files | sed 's/@.*//' | grep -v '^dien[-:]' | sort -u)
script=$(mktemp)
trap 'rm -f "$script"' EXIT
for image in $images; do
  found=$(digest "$image")
  case $found in
    sha256:????????????????????????????????????????????????????????????????) ;;
    *) echo "pin-images: no digest of $image: '$found'" >&2; exit 1 ;;
  esac
  printf 's|\\([ =]%s\\)\\(@sha256:[0-9a-f]*\\)\\{0,1\\}$|\\1@%s|\n' "$(printf '%s' "$image" | sed 's/[.]/\\./g')" "$found" >> "$script"
  echo "$image@$found"
done
for file in $files; do
  sed -f "$script" "$file" > "$file.pinned"
  cat "$file.pinned" > "$file" # keeps its rights
  rm "$file.pinned"
done
