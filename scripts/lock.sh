#!/usr/bin/env bash
# Pins every dependency: requirements/dev.txt (all extras), and from the same choice requirements/serve.txt (the image).
set -euo pipefail
cd "$(dirname "$0")/.."
compile() { .venv/bin/uv pip compile pyproject.toml --python-version 3.11 --generate-hashes --no-header --quiet "$@"; }
compile --all-extras requirements/torch.txt --no-emit-package torch --output-file requirements/dev.txt
compile --constraints requirements/dev.txt --output-file requirements/serve.txt
