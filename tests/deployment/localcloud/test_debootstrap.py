import os
import shutil
import tempfile
from dataclasses import replace

import pytest

from localcloud import debootstrap
from localcloud.errors import ImageBuildError, NoNetworkError, NoSpaceError
from localcloud.images import BOOKWORM


@pytest.fixture
def build(tmp_path, monkeypatch):
    """Ask for the base image from a mirror; no engine is there, since none of these comes so far."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    def run(mirror, wanted=BOOKWORM.source):
        debootstrap.import_debian(
            None, wanted, mirror=mirror, repository="none", tag="none", recipe="none", report=lambda _: None
        )

    return run


@pytest.mark.skipif(os.geteuid() != 0, reason="debootstrap needs root")
def test_an_unreachable_mirror_is_told_and_leaves_nothing_behind(build, tmp_path):
    with pytest.raises(NoNetworkError) as caught:
        build("http://127.0.0.1:9/debian")
    assert "http://127.0.0.1:9/debian" in caught.value.cause
    assert "LOCALCLOUD_DEBIAN_MIRROR" in caught.value.remedy
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_before_anything_is_downloaded(build, monkeypatch, tmp_path):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10**9, 10**9, 0))
    with pytest.raises(NoSpaceError, match="less than 2 GB"):
        build("http://127.0.0.1:9/debian")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="debootstrap needs root")
def test_another_failure_says_the_last_word_and_the_command(build):
    with pytest.raises(ImageBuildError, match="no-such-suite") as caught:
        build("http://127.0.0.1:9/debian", replace(BOOKWORM.source, suite="no-such-suite"))
    assert "debootstrap --variant=minbase" in caught.value.remedy
