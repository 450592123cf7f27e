import shutil
from dataclasses import replace

from localcloud import images
from localcloud.errors import ImageBuildError, NoNetworkError, NoSpaceError


def test_recipe_changes_with_a_file_and_with_the_parent(tmp_path):
    shutil.copytree(images.MACHINE.source, tmp_path / "machine")
    copy = replace(images.MACHINE, source=tmp_path / "machine")
    assert copy.recipe == images.MACHINE.recipe
    (tmp_path / "machine" / "sshd.conf").write_text("PermitRootLogin yes\n")
    assert copy.recipe != images.MACHINE.recipe
    older_parent = replace(images.BOOKWORM, source=replace(images.BOOKWORM.source, packages=("python3",)))
    assert replace(images.MACHINE, parent=older_parent).recipe != images.MACHINE.recipe


def test_recipes_of_different_images_differ():
    assert len({image.recipe for image in images.ALL}) == len(images.ALL)


def test_a_failed_build_is_told_by_its_cause():
    explain = images._explain
    assert isinstance(explain(images.MACHINE, ["E: Failed to fetch http://deb/x\n"], "exit 100"), NoNetworkError)
    assert isinstance(explain(images.MACHINE, ["cp: No space left on device\n"], "exit 1"), NoSpaceError)
    other = explain(images.MACHINE, ["E: Unable to locate package nonsense\n"], "exit 100")
    assert isinstance(other, ImageBuildError)
    assert "nonsense" in other.cause


def test_two_recipes_of_an_image_have_two_tags(tmp_path):
    shutil.copytree(images.POSTGRES.source, tmp_path / "postgres")
    same = images.Image(tag="localcloud/postgres:17", source=tmp_path / "postgres", parent=images.TRIXIE)
    assert images.pinned(same).tag == images.POSTGRES.tag
    (tmp_path / "postgres" / "pg_hba.conf").write_text("local all all trust\n")
    assert images.pinned(same).tag != images.POSTGRES.tag
