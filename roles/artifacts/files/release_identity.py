"""Names what a release is made of by its content, so that the same tree gives the same names on any machine.

    release_identity.py keys     --repository .            → {"encoder": …, "image": …, "site": …, "wheels": …}
    release_identity.py release  --repository . --base-image I --model-hash H   → {"release_id": …}

Standard library alone: it runs before anything of the repository is built.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

DIGITS = 12
# What a build leaves beside its sources; hashing it would give every machine names of its own.
MADE_BY_BUILDS = {"__pycache__", "node_modules", "build", ".svelte-kit", ".mypy_cache", ".ruff_cache", "test-results"}

WHEELS = ("requirements/serve.txt",)
IMAGE = ("app/primetime", "docker/app", "pyproject.toml", *WHEELS)
SITE = ("app/web",)
# The artifact depends on the code that builds it and on the pinned packages that code calls.
ENCODER = ("app/primetime/encoder", "requirements/dev.txt", "requirements/torch.txt")


class MissingSourceError(Exception):
    """A file or folder that the release is made of is not there."""


def content_hash(repository: Path, sources: Iterable[str]) -> str:
    """Hash of names and contents below `sources`, independent of order, times, owners and build products."""
    digest = hashlib.sha256()
    for path in sorted({path for source in sources for path in _files(repository / source)}):
        name = path.relative_to(repository).as_posix()
        digest.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()[:DIGITS]


def combined_hash(parts: Mapping[str, str]) -> str:
    """One name over several, independent of their order."""
    lines = "".join(f"{name}={value}\n" for name, value in sorted(parts.items()))
    return hashlib.sha256(lines.encode()).hexdigest()[:DIGITS]


def keys(repository: Path, *, model_source: str = "") -> dict[str, str]:
    """Names of the things that are built apart from each other and can be kept apart."""
    return {
        "wheels": content_hash(repository, WHEELS),
        "image": content_hash(repository, IMAGE),
        "site": content_hash(repository, SITE),
        "encoder": combined_hash({"code": content_hash(repository, ENCODER), "source": model_source}),
    }


def release_id(repository: Path, *, base_image: str, model_hash: str) -> str:
    """The one name under which image, site and model are deployed and rolled back."""
    return combined_hash(
        {
            "image": content_hash(repository, IMAGE),
            "site": content_hash(repository, SITE),
            "base": base_image,
            "model": model_hash,
        }
    )


def _files(source: Path) -> Iterator[Path]:
    if source.is_file():
        yield source
        return
    if not source.is_dir():
        raise MissingSourceError(f"{source} is part of every release and is not there")
    for path in source.rglob("*"):
        inside = path.relative_to(source).parts
        if path.is_file() and not MADE_BY_BUILDS.intersection(inside) and path.suffix != ".pyc":
            yield path


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Name what a release is made of by its content.")
    commands = parser.add_subparsers(dest="command", required=True)
    of_parts = commands.add_parser("keys")
    of_parts.add_argument("--model-source", default="")
    of_release = commands.add_parser("release")
    of_release.add_argument("--base-image", required=True)
    of_release.add_argument("--model-hash", required=True)
    for command in (of_parts, of_release):
        command.add_argument("--repository", type=Path, required=True)
    options = parser.parse_args(arguments)
    try:
        if options.command == "keys":
            answer = keys(options.repository, model_source=options.model_source)
        else:
            answer = {
                "release_id": release_id(
                    options.repository, base_image=options.base_image, model_hash=options.model_hash
                )
            }
    except MissingSourceError as error:
        sys.stderr.write(f"release_identity: {error}; check the repository out whole\n")
        return 3
    sys.stdout.write(json.dumps(answer) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
