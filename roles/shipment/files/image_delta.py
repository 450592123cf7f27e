"""Packs a Docker image without the layers that the other side already has.

    image_delta.py --saved image.tar --present '[["sha256:…", …], …]' --output delta.tar.gz

`docker save` writes every layer, and `docker load` skips reading a layer whose chain (it and all below it) is stored
already; so those layers' files can be left out. Both archive forms are read: a folder a layer (Docker up to 24) and
content-addressed blobs (Docker 25 and later).
"""

from __future__ import annotations

import argparse
import gzip
import json
import posixpath
import sys
import tarfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any


class UnusableArchiveError(Exception):
    """The archive is not what `docker save` writes for one image."""


def stored_layers(layers: Sequence[str], present: Iterable[Sequence[str]]) -> int:
    """How many of `layers`, from the bottom, some image of `present` has in the same order."""
    longest = 0
    for other in present:
        common = 0
        for ours, theirs in zip(layers, other, strict=False):
            if ours != theirs:
                break
            common += 1
        longest = max(longest, common)
    return longest


def members_to_leave_out(archive: tarfile.TarFile, present: Iterable[Sequence[str]]) -> set[str]:
    """Names of the layer files that need not travel.

    Raises:
        UnusableArchiveError: the manifest is missing or names more than one image.
    """
    manifest = _json(archive, "manifest.json")
    if len(manifest) != 1:
        raise UnusableArchiveError(f"the archive holds {len(manifest)} images instead of one")
    files: list[str] = manifest[0]["Layers"]
    layers: list[str] = _json(archive, manifest[0]["Config"])["rootfs"]["diff_ids"]
    stored = stored_layers(layers, present)
    # A layer that occurs twice is saved once, with a link to it: what travels may link to what would not.
    travelling = {_target(archive.getmember(name)) for name in files[stored:]}
    return {name for name in files[:stored] if name not in travelling}


def pack(saved: Path, present: Iterable[Sequence[str]], output: Path) -> tuple[int, int]:
    """Write `output` (gzip); returns how many layers there are and how many were left out."""
    with tarfile.open(saved, "r:") as archive, gzip.open(output, "wb", compresslevel=1) as compressed:
        left_out = members_to_leave_out(archive, present)
        with tarfile.open(fileobj=compressed, mode="w|") as delta:
            for member in archive:
                if member.name not in left_out:
                    delta.addfile(member, archive.extractfile(member) if member.isfile() else None)
        return len(_json(archive, "manifest.json")[0]["Layers"]), len(left_out)


def _json(archive: tarfile.TarFile, name: str) -> Any:
    try:
        content = archive.extractfile(name)
    except KeyError:
        content = None
    if content is None:
        raise UnusableArchiveError(f"the archive has no {name}")
    return json.load(content)


def _target(member: tarfile.TarInfo) -> str:
    if member.issym():
        return posixpath.normpath(posixpath.join(posixpath.dirname(member.name), member.linkname))
    return member.name


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Pack a Docker image without the layers the other side has.")
    parser.add_argument("--saved", type=Path, required=True, help="what docker save wrote")
    parser.add_argument("--present", required=True, help="JSON: the layers of each image on the other side")
    parser.add_argument("--output", type=Path, required=True)
    options = parser.parse_args(arguments)
    try:
        layers, left_out = pack(options.saved, json.loads(options.present), options.output)
    except (UnusableArchiveError, tarfile.TarError, OSError, ValueError) as error:
        options.output.unlink(missing_ok=True)
        sys.stderr.write(f"image_delta: {options.saved} cannot be packed: {error}; build and save the image again\n")
        return 3
    report = {"layers": layers, "left_out": left_out, "bytes": options.output.stat().st_size}
    sys.stdout.write(json.dumps(report) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
