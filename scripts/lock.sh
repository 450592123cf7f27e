#!/usr/bin/env bash
# Pins every dependency: requirements/dev.txt (all extras but the benches' peers), and from the same choice
# requirements/serve.txt (the image) and requirements/bench.txt (what the benches measure against, installed by hand).
set -euo pipefail
cd "$(dirname "$0")/.."
compile() { .venv/bin/uv pip compile pyproject.toml --python-version 3.11 --generate-hashes --no-header --quiet "$@"; }
ours=(--extra embedded --extra model --extra deploy --extra dev)
compile "${ours[@]}" requirements/torch.txt --no-emit-package torch --output-file requirements/dev.txt
compile --constraints requirements/dev.txt --output-file requirements/serve.txt
compile "${ours[@]}" --extra bench --constraints requirements/dev.txt requirements/torch.txt --no-emit-package torch \
  --output-file requirements/bench.txt
