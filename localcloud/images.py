"""The images that the local cloud runs: which there are, which must be built, and building them."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import docker
import docker.errors
from docker.models.images import Image as DockerImage

from localcloud import debootstrap
from localcloud.debootstrap import Debootstrap, Report
from localcloud.errors import ImageBuildError, NoNetworkError, NoSpaceError
from localcloud.settings import REPOSITORY, Settings

# Importing and installing go on for minutes without a word from Docker.
BUILD_TIMEOUT_SECONDS = 900
# The five images take 1.2 GB, and building them as much again for a while.
SPACE_NEEDED = 4 * debootstrap.GIGABYTE
RECIPE_LABEL = "localcloud.recipe"
RECIPES = REPOSITORY / "docker" / "localcloud"


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image and what it is made of: debootstrap, or a folder of `docker/localcloud` on another image."""

    tag: str
    source: Debootstrap | Path
    parent: Image | None = None

    @property
    def recipe(self) -> str:
        """A hash of everything that the image is made from, the parent's recipe included."""
        digest = hashlib.sha256(self.parent.recipe.encode() if self.parent else b"")
        if isinstance(self.source, Debootstrap):
            digest.update(repr((self.source, debootstrap.LEFT_OUT)).encode())
        else:
            for file in sorted(self.source.rglob("*")):
                if file.is_file():
                    digest.update(file.relative_to(self.source).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
        return digest.hexdigest()[:16]


def pinned(image: Image) -> Image:
    """The image under a tag that holds its recipe: checkouts with other recipes have each their own beside it."""
    return replace(image, tag=f"{image.tag}-{image.recipe}")


# python3-venv and the certificates are for the application's image, which starts from the same base.
BOOKWORM = Image(
    tag="localcloud/debian:bookworm",
    source=Debootstrap(suite="bookworm", packages=("ca-certificates", "python3", "python3-venv")),
)
# Debian 12's debootstrap knows no trixie, and its own script for sid serves every later suite.
TRIXIE = Image(
    tag="localcloud/debian:trixie",
    source=Debootstrap(
        suite="trixie", packages=("ca-certificates",), script=Path("/usr/share/debootstrap/scripts/sid")
    ),
)
MACHINE = pinned(Image(tag="localcloud/machine:bookworm", source=RECIPES / "machine", parent=BOOKWORM))
POSTGRES = pinned(Image(tag="localcloud/postgres:17", source=RECIPES / "postgres", parent=TRIXIE))
BALANCER = pinned(Image(tag="localcloud/balancer:bookworm", source=RECIPES / "balancer", parent=BOOKWORM))
CHAINS = ((BOOKWORM, MACHINE, BALANCER), (TRIXIE, POSTGRES))
ALL = tuple(image for chain in CHAINS for image in chain)


def is_current(engine: docker.DockerClient, image: Image) -> bool:
    """Whether the image exists and was built from the recipe as it is now."""
    found = _find(engine, image)
    return found is not None and found.labels.get(RECIPE_LABEL) == image.recipe


def ensure(engine: docker.DockerClient, settings: Settings, report: Report) -> list[str]:
    """Build what is missing or out of date; return the tags built.

    Raises:
        NoNetworkError, NoSpaceError, ImageBuildError: see `debootstrap.import_debian`.
    """
    if all(is_current(engine, image) for image in ALL):
        return []
    _check_space(engine)
    with _one_builder(), ThreadPoolExecutor(len(CHAINS)) as pool:
        built = list(pool.map(lambda chain: _ensure_chain(engine, settings, chain, report), CHAINS))
    return [tag for tags in built for tag in tags]


def remove(engine: docker.DockerClient) -> list[str]:
    """Remove the images, children first, and those of former recipes. Return the tags removed.

    Raises:
        ImageBuildError: a container still uses one.
    """
    removed = []
    for tag in [tag for image in reversed(ALL) for tag in _tags(engine, image)]:
        try:
            engine.images.remove(tag)
        except docker.errors.ImageNotFound:
            continue
        except docker.errors.APIError as error:
            raise ImageBuildError(
                f"{tag} cannot be removed: {error.explanation}", "run `localcloud reset` for each local cloud first"
            ) from error
        removed.append(tag)
    return removed


def _tags(engine: docker.DockerClient, image: Image) -> list[str]:
    """The image's tags that there are, of whatever recipe."""
    stem = image.tag.removesuffix(f"-{image.recipe}")
    found = engine.images.list(name=stem.partition(":")[0])
    return sorted({tag for one in found for tag in one.tags if tag.startswith(stem)})


@contextmanager
def _one_builder() -> Iterator[None]:
    """Two local clouds that start at once build each image once."""
    path = Path(tempfile.gettempdir()) / f"localcloud-images-{os.getuid()}.lock"
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _ensure_chain(
    engine: docker.DockerClient, settings: Settings, chain: tuple[Image, ...], report: Report
) -> list[str]:
    built = []
    for image in chain:
        if is_current(engine, image):
            continue
        before = _find(engine, image)
        _build(engine, settings, image, report)
        _remove_replaced(engine, before)
        built.append(image.tag)
        report(f"{image.tag}: ready")
    return built


def _find(engine: docker.DockerClient, image: Image) -> DockerImage | None:
    try:
        return engine.images.get(image.tag)
    except docker.errors.ImageNotFound:
        return None


def _remove_replaced(engine: docker.DockerClient, before: DockerImage | None) -> None:
    # A machine made from the older image keeps it: Docker refuses to remove it then.
    if before is not None and before.id is not None:
        with suppress(docker.errors.APIError):
            engine.images.remove(before.id)


def _check_space(engine: docker.DockerClient) -> None:
    root = Path(engine.info()["DockerRootDir"])
    # An engine on another machine has its own disk, which only it can judge.
    if root.exists() and shutil.disk_usage(root).free < SPACE_NEEDED:
        raise NoSpaceError(
            f"less than {SPACE_NEEDED // debootstrap.GIGABYTE} GB are free in {root}", "free some: docker system prune"
        )


def _build(engine: docker.DockerClient, settings: Settings, image: Image, report: Report) -> None:
    if isinstance(image.source, Debootstrap):
        repository, tag = image.tag.split(":")
        debootstrap.import_debian(
            engine,
            image.source,
            mirror=settings.debian_mirror,
            repository=repository,
            tag=tag,
            recipe=image.recipe,
            report=report,
        )
        return
    report(f"{image.tag}: installing packages")
    try:
        engine.images.build(
            path=str(image.source),
            tag=image.tag,
            labels={RECIPE_LABEL: image.recipe},
            buildargs={"BASE_IMAGE": image.parent.tag} if image.parent else {},
            rm=True,
            forcerm=True,
        )
    except docker.errors.BuildError as error:
        raise _explain(image, [str(line.get("stream", "")) for line in error.build_log], str(error)) from error


def _explain(image: Image, log: list[str], last: str) -> ImageBuildError | NoNetworkError | NoSpaceError:
    text = "".join(log) + last
    if "No space left on device" in text or "no space left on device" in text:
        return NoSpaceError(f"the disk filled while building {image.tag}", "free some space and run this again")
    if "Failed to fetch" in text or "Temporary failure resolving" in text:
        return NoNetworkError(
            f"packages for {image.tag} could not be downloaded", "check the network and run this again"
        )
    reason = next((line.strip() for line in reversed(log) if line.strip().startswith("E:")), last)
    return ImageBuildError(f"building {image.tag} failed: {reason}", f"see docker build {image.source}")
