"""Names the variants of an encoder in a folder by their hashes, once they are verified.

    encoder_variants.py FOLDER    → {"none": "…", "static-int8-smoothquant": "…"}

FOLDER is what `primetime model build --keep` leaves: an artifact for each variant that passed the quality gate.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from primetime.encoder.artifact import MANIFEST_FILE, verify
from primetime.errors import ModelProblem


def variants(folder: Path) -> dict[str, str]:
    """The hash of each variant. Raises ModelProblem when one is damaged, or one that passed the gate is not there."""
    manifests = {path.parent.name: verify(path.parent) for path in sorted(folder.glob(f"*/{MANIFEST_FILE}"))}
    if not manifests:
        remedy = "remove it, and deploy again" if folder.exists() else "check mode makes none: deploy first"
        raise ModelProblem(f"there is no encoder in {folder}", remedy=remedy)
    for manifest in manifests.values():
        lacking = {name for name, variant in manifest.variants.items() if variant.offered} - set(manifests)
        if lacking:
            raise ModelProblem(f"{folder} lacks {', '.join(sorted(lacking))}", remedy="remove it, and deploy again")
    return {name: manifest.hash for name, manifest in manifests.items()}


def main(arguments: list[str]) -> int:
    try:
        found = variants(Path(arguments[0]))
    except ModelProblem as error:
        sys.stderr.write(f"encoder_variants: {error.one_line}\n")
        return error.exit_status
    sys.stdout.write(json.dumps(found) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
