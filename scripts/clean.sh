#!/usr/bin/env bash
# Removes every local cloud of this checkout, with its containers, networks, volumes and state, and the images.
set -euo pipefail
cd "$(dirname "$0")/.."
shopt -s nullglob
for state in .localcloud/*/; do
  LOCALCLOUD_NAME=$(basename "$state") .venv/bin/localcloud reset
done
.venv/bin/localcloud images --remove
docker images --quiet 'prime-time/app' | sort -u | xargs --no-run-if-empty docker rmi --force >/dev/null
docker image prune --force --filter label=prime-time.stage=build >/dev/null
