"""A Debian root file system from the package mirror, handed to Docker as an image: no image registry is needed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import docker

from localcloud.errors import ImageBuildError, NoNetworkError, NoSpaceError

Report = Callable[[str], None]

# Caches and manuals that no machine reads: a third of the tree.
LEFT_OUT = ("./var/cache/apt/*", "./var/lib/apt/lists/*", "./var/log/*.log", "./usr/share/doc/*", "./usr/share/man/*")
NO_NETWORK_SIGNS = ("Failed getting release file", "Couldn't download", "Temporary failure", "Unable to connect")
NO_SPACE_SIGNS = ("No space left on device",)
GIGABYTE = 1024**3


@dataclass(frozen=True, kw_only=True)
class Debootstrap:
    """What debootstrap is asked for."""

    suite: str
    packages: tuple[str, ...]
    script: Path | None = None  # for suites newer than the machine's own debootstrap


def import_debian(
    engine: docker.DockerClient,
    wanted: Debootstrap,
    *,
    mirror: str,
    repository: str,
    tag: str,
    recipe: str,
    report: Report,
) -> None:
    """Run debootstrap in a temporary directory and stream the tree to Docker as `repository:tag`.

    Raises:
        NoNetworkError: the mirror cannot be reached.
        NoSpaceError: less than 2 GB are free, or the disk filled.
        ImageBuildError: debootstrap is missing or failed otherwise.
    """
    if shutil.which("debootstrap") is None and not Path("/usr/sbin/debootstrap").exists():
        raise ImageBuildError("debootstrap is not installed", "apt-get install debootstrap")
    scratch = Path(tempfile.gettempdir())
    if shutil.disk_usage(scratch).free < 2 * GIGABYTE:
        raise NoSpaceError(f"less than 2 GB are free in {scratch}", "free some, or set TMPDIR to another directory")
    root = Path(tempfile.mkdtemp(prefix="localcloud-debootstrap-", dir=scratch))
    try:
        report(f"{repository}:{tag}: debootstrap {wanted.suite} from {mirror}")
        _debootstrap(wanted, root, mirror)
        _sources(root, wanted.suite, mirror)
        report(f"{repository}:{tag}: importing into Docker")
        _stream(engine, root, repository, tag, recipe)
    finally:
        _as_root(["rm", "-rf", str(root)])


def _as_root(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    # debootstrap makes files of other owners and changes its root, which only root may.
    prefix = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    return subprocess.run([*prefix, *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)


def _debootstrap(wanted: Debootstrap, root: Path, mirror: str) -> None:
    command = ["/usr/sbin/debootstrap", "--variant=minbase", f"--include={','.join(wanted.packages)}"]
    command += [wanted.suite, str(root), mirror]
    if wanted.script is not None:
        command.append(str(wanted.script))
    run = _as_root(command)
    if run.returncode == 0:
        return
    log = root / "debootstrap/debootstrap.log"
    output = run.stdout + (log.read_text(errors="replace") if log.exists() else "")
    last = next((line for line in reversed(run.stdout.splitlines()) if line.strip()), f"exit status {run.returncode}")
    if any(sign in output for sign in NO_SPACE_SIGNS):
        raise NoSpaceError(
            f"the disk filled during debootstrap of {wanted.suite}", "free some space and run this again"
        )
    if any(sign in output for sign in NO_NETWORK_SIGNS):
        raise NoNetworkError(
            f"debootstrap of {wanted.suite} could not download from {mirror}: {last}",
            "check the network, or name another mirror: LOCALCLOUD_DEBIAN_MIRROR=http://…/debian",
        )
    raise ImageBuildError(
        f"debootstrap of {wanted.suite} failed: {last}", "run it by hand to see more: " + " ".join(command)
    )


def _sources(root: Path, suite: str, mirror: str) -> None:
    security = mirror.rstrip("/") + "-security"
    lines = [
        f"deb {mirror} {suite} main",
        f"deb {mirror} {suite}-updates main",
        f"deb {security} {suite}-security main",
    ]
    (root / "etc/apt/sources.list").write_text("\n".join(lines) + "\n")


def _stream(engine: docker.DockerClient, root: Path, repository: str, tag: str, recipe: str) -> None:
    command = ["tar", "--create", "--numeric-owner", "--one-file-system", f"--directory={root}"]
    command += [f"--exclude={pattern}" for pattern in LEFT_OUT] + ["."]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as tar:
        answer = engine.api.import_image_from_stream(
            tar.stdout,
            repository=repository,
            tag=tag,
            changes=[f"LABEL localcloud.recipe={recipe}", 'CMD ["/bin/bash"]'],
        )
    if tar.returncode != 0 or '"error"' in str(answer):
        if "no space left" in str(answer).lower():
            raise NoSpaceError(
                f"Docker's disk filled while importing {repository}:{tag}", "free some space and run this again"
            )
        raise ImageBuildError(
            f"importing {repository}:{tag} failed: {answer}", "look at Docker's log and run this again"
        )
