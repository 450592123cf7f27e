"""An image packed without the layers that the other side has still loads there: nothing it needs is missing."""

import hashlib
import io
import json
import subprocess
import sys
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st


@pytest.fixture(scope="module")
def delta(role_module: Callable[[str], ModuleType]) -> ModuleType:
    return role_module("shipment/files/image_delta.py")


def digest(content: str) -> str:
    return f"sha256:{hashlib.sha256(content.encode()).hexdigest()}"


def save(path: Path, layers: Sequence[str], *, blobs: bool = False, linked: dict[int, int] | None = None) -> Path:
    """What `docker save` writes: LAYERS bottom first; LINKED names layers that are a link to another one."""
    members: dict[str, bytes] = {}
    links: dict[str, str] = {}
    files = []
    for number, content in enumerate(layers):
        name = f"blobs/sha256/{digest(content)[7:]}" if blobs else f"{number:064d}/layer.tar"
        files.append(name)
        if linked and number in linked:
            links[name] = f"../{linked[number]:064d}/layer.tar"
        else:
            members[name] = content.encode()
        if not blobs:
            members[f"{number:064d}/VERSION"] = b"1.0"
    config = {"rootfs": {"type": "layers", "diff_ids": [digest(content) for content in layers]}}
    members["config.json"] = json.dumps(config).encode()
    manifest = [{"Config": "config.json", "RepoTags": ["prime-time/app:1"], "Layers": files}]
    members["manifest.json"] = json.dumps(manifest).encode()
    with tarfile.open(path, "w") as archive:
        for name, content_bytes in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content_bytes)
            archive.addfile(info, io.BytesIO(content_bytes))
        for name, target in links.items():
            info = tarfile.TarInfo(name)
            info.type, info.linkname = tarfile.SYMTYPE, target
            archive.addfile(info)
    return path


def layers_in(path: Path) -> list[str]:
    with tarfile.open(path) as archive:
        files = [member for member in archive if member.isfile()]
        contents = [archive.extractfile(member) for member in files]
        return [
            content.read().decode()
            for member, content in zip(files, contents, strict=True)
            if content is not None and (member.name.endswith("layer.tar") or member.name.startswith("blobs/"))
        ]


@pytest.mark.parametrize("blobs", [False, True], ids=["a folder a layer", "blobs"])
def test_only_what_the_other_side_lacks_travels(delta: ModuleType, tmp_path: Path, blobs: bool) -> None:
    saved = save(tmp_path / "image.tar", ["base", "packages", "code 2"], blobs=blobs)
    theirs = [[digest("base"), digest("packages"), digest("code 1")]]
    assert delta.pack(saved, theirs, tmp_path / "delta.tar.gz") == (3, 2)
    assert layers_in(tmp_path / "delta.tar.gz") == ["code 2"]


def test_an_empty_server_gets_everything(delta: ModuleType, tmp_path: Path) -> None:
    saved = save(tmp_path / "image.tar", ["base", "packages", "code"])
    assert delta.pack(saved, [], tmp_path / "delta.tar.gz") == (3, 0)
    assert layers_in(tmp_path / "delta.tar.gz") == ["base", "packages", "code"]


def test_a_layer_on_another_ground_is_another_layer(delta: ModuleType, tmp_path: Path) -> None:
    saved = save(tmp_path / "image.tar", ["base 2", "packages"])
    theirs = [[digest("base 1"), digest("packages")]]
    assert delta.pack(saved, theirs, tmp_path / "delta.tar.gz") == (2, 0)


def test_what_a_travelling_layer_links_to_travels(delta: ModuleType, tmp_path: Path) -> None:
    saved = save(tmp_path / "image.tar", ["empty", "packages", "empty"], linked={2: 0})
    theirs = [[digest("empty"), digest("packages")]]
    delta.pack(saved, theirs, tmp_path / "delta.tar.gz")
    assert layers_in(tmp_path / "delta.tar.gz") == ["empty"]


@given(
    ours=st.lists(st.sampled_from("abc"), min_size=1, max_size=5),
    theirs=st.lists(st.lists(st.sampled_from("abc"), max_size=5), max_size=4),
)
def test_what_is_left_out_and_what_travels_make_the_whole(
    delta: ModuleType, ours: list[str], theirs: list[list[str]]
) -> None:
    stored = delta.stored_layers(ours, theirs)
    assert stored == 0 or any(other[:stored] == ours[:stored] for other in theirs)
    assert not any(len(other) > stored and other[: stored + 1] == ours[: stored + 1] for other in theirs) or (
        stored == len(ours)
    )


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: path.write_bytes(path.read_bytes()[:700]),
        lambda path: path.write_bytes(b"no archive at all"),
        lambda path: tarfile.open(path, "w").close(),
        lambda path: path.unlink(),
    ],
    ids=["cut short", "no archive", "empty", "missing"],
)
def test_an_archive_that_is_none_is_said_and_nothing_is_left(
    repository: Path, tmp_path: Path, spoil: Callable[[Path], object]
) -> None:
    saved = save(tmp_path / "image.tar", ["base", "code"])
    spoil(saved)
    output = tmp_path / "delta.tar.gz"
    script = repository / "roles/shipment/files/image_delta.py"
    run = subprocess.run(
        [sys.executable, str(script), f"--saved={saved}", "--present=[]", f"--output={output}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 3, run.stderr
    assert run.stderr.count("\n") == 1
    assert "cannot be packed" in run.stderr
    assert not output.exists()
