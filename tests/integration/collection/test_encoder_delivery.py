"""The encoder's way to the server: built once, kept in the bucket, chosen where it runs, and checked before traffic.

Ansible runs the roles' own tasks on this machine. In Docker's place stands a script that runs `primetime` with the same
arguments, and folders of the test in the place of a server's.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
import pytest
import yaml

from primetime.encoder.artifact import read_manifest, verify
from primetime.encoder.building import build
from primetime.encoder.processor import processor_name

if TYPE_CHECKING:
    from conftest import Endpoint

PROGRAMS = Path(sys.executable).parent

# `docker run … IMAGE model choose /candidates --print` and `docker run … IMAGE model verify`.
DOCKER = """#!/bin/sh
echo "$*" >> "$DOCKER_CALLS"
for word; do
    case "$word" in
    --volume=*:/candidates:ro) candidates=${word#--volume=}; candidates=${candidates%:/candidates:ro} ;;
    --env-file=*) set -a; . "${word#--env-file=}"; set +a ;;
    esac
done
case "$*" in
*" model choose /candidates --print") exec primetime model choose "$candidates" --print ;;
*" model verify") exec primetime model verify ;;
esac
echo "docker: what is $*?" >&2
exit 125
"""

# As `primetime model build`, without the building: two sealed variants.
BUILDER = """#!/bin/sh
echo "$*" >> "$BUILDER_CALLS"
while [ $# -gt 0 ]; do case "$1" in --output) chosen=$2 ;; --keep) variants=$2 ;; esac; shift; done
[ -n "$BUILDER_SOURCE" ] || { echo "a warning" >&2; echo "the model cannot be fetched from the hub" >&2; exit 5; }
cp -R "$BUILDER_SOURCE" "$variants"
cp -R "$BUILDER_SOURCE/none" "$chosen"
"""


@pytest.fixture(scope="session")
def kept(small_bert: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a build leaves for a server to choose from: fp32 and bfloat16 of a small BERT."""
    folder = tmp_path_factory.mktemp("kept")
    for variant in ("none", "bf16"):
        build(small_bert, folder / "chosen" / variant, quantisation=variant, keep=folder / f"kept-{variant}")
    variants = folder / "variants"
    (folder / "kept-bf16").rename(variants)
    (folder / "kept-none" / "none").rename(variants / "none")
    for variant in ("none", "bf16"):
        manifest = read_manifest(variants / variant)
        offered = {name: read_manifest(variants / name).variants[name] for name in ("none", "bf16")}
        manifest.model_copy(update={"variants": offered, "chosen_on": "the controller"}).write(variants / variant)
    return variants


def program(folder: Path, name: str, text: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    (folder / name).chmod(0o755)


class Controller:
    """The artifacts role's part for the encoder, with a build folder and a bucket of its own."""

    def __init__(self, endpoint: "Endpoint", folder: Path) -> None:
        self.endpoint = endpoint
        self.folder = folder / "build"
        self.calls = folder / "builder.log"
        self.bucket = f"models-{uuid4().hex[:8]}"
        program(folder / "programs", "primetime", BUILDER)
        self.programs = folder / "programs"
        self.s3().create_bucket(Bucket=self.bucket, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})

    def s3(self) -> Any:
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint.url,
            region_name="eu-central-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def objects(self) -> list[str]:
        return [one["Key"] for one in self.s3().list_objects_v2(Bucket=self.bucket).get("Contents", [])]

    def run(self, *steps: str, source: Path | None = None, **options: bool) -> list[dict[str, Any]]:
        variables = {
            "artifacts__build_directory": str(self.folder),
            "artifacts__base_image": "debian",
            "artifacts__models_bucket": self.bucket,
            "artifacts__model_source": "NeuML/pubmedbert-base-embeddings",
            "artifacts__named": {"stdout": json.dumps({"encoder": "0123456789ab"})},
            "artifacts__programs": str(self.programs),
        }
        tasks = [{"include_role": {"name": "artifacts", "tasks_from": step}, "vars": variables} for step in steps]
        results: list[dict[str, Any]] = self.endpoint.play(
            *tasks,
            **options,
            ANSIBLE_ROLES_PATH=str(self.endpoint.repository / "roles"),
            BUILDER_CALLS=str(self.calls),
            BUILDER_SOURCE=str(source or ""),
        )
        return results


@pytest.fixture
def controller(cloudfront: "Endpoint", tmp_path: Path) -> Controller:
    return Controller(cloudfront, tmp_path)


def test_an_encoder_is_built_once_kept_and_found_by_another_controller(controller: Controller, kept: Path) -> None:
    refused = controller.run("model", source=kept, check=True, fails=True)
    assert "check mode makes none" in refused[-1]["stderr"]
    assert not controller.folder.exists()

    built = controller.run("model", "keep", source=kept)
    names = {variant: read_manifest(kept / variant).hash for variant in ("none", "bf16")}
    assert [json.loads(one["stdout"]) for one in built if "encoder_variants.py" in str(one.get("cmd"))] == [names]
    assert "--source NeuML/pubmedbert-base-embeddings" in controller.calls.read_text()
    assert {key.rpartition("/")[0] for key in controller.objects()} == {"0123456789ab/bf16", "0123456789ab/none"}
    again = controller.run("model", "keep")
    assert not any(one.get("changed") for one in again)

    # Another controller, or this one with its folder lost, and no hub to build from.
    shutil.rmtree(controller.folder)
    controller.run("model")
    place = controller.folder / "model" / "0123456789ab"
    assert {variant: verify(place / variant).hash for variant in names} == names
    assert controller.calls.read_text().count("\n") == 1
    assert sorted(path.name for path in place.parent.iterdir()) == [place.name]


@pytest.mark.parametrize("damage", ["changed", "lost", "variant lost"])
def test_what_the_bucket_has_not_whole_is_refused(controller: Controller, kept: Path, damage: str) -> None:
    controller.run("model", "keep", source=kept)
    shutil.rmtree(controller.folder)
    if damage == "changed":
        controller.s3().put_object(Bucket=controller.bucket, Key="0123456789ab/none/model.onnx", Body=b"another")
    else:
        for key in controller.objects():
            if key.endswith("none/model.onnx") or (damage == "variant lost" and "/none/" in key):
                controller.s3().delete_object(Bucket=controller.bucket, Key=key)
    refused = controller.run("model", source=kept, fails=True)
    assert "is not whole" in refused[-1]["msg"]
    assert not (controller.folder / "model" / "0123456789ab").exists()


def test_a_build_that_fails_leaves_no_encoder(controller: Controller, kept: Path) -> None:
    failed = controller.run("model", fails=True)
    told = failed[-1]["msg"]
    assert "cannot be fetched from the hub" in told
    assert "NeuML/pubmedbert-base-embeddings could not be built" in told
    assert "model_source of the inventory" in told
    assert "\n" not in told
    controller.run("model", source=kept)
    assert (controller.folder / "model" / "0123456789ab" / "none" / "manifest.json").is_file()


class Server:
    """The shipment role's part for the encoder and the app role's check of it, on a server with folders of its own."""

    def __init__(self, endpoint: "Endpoint", folder: Path, kept: Path) -> None:
        self.endpoint = endpoint
        self.models = folder / "models"
        self.models.mkdir()
        self.release = Path(shutil.copytree(kept, folder / "release"))
        self.calls = folder / "docker.log"
        self.calls.touch()
        program(folder / "programs", "docker", DOCKER)
        self.path = os.pathsep.join([str(folder / "programs"), str(PROGRAMS), os.environ["PATH"]])

    def play(self, role: str, step: str, variables: dict[str, Any], **options: bool) -> list[dict[str, Any]]:
        results: list[dict[str, Any]] = self.endpoint.play(
            {"include_role": {"name": role, "tasks_from": step}, "vars": variables},
            **options,
            ANSIBLE_ROLES_PATH=str(self.endpoint.repository / "roles"),
            DOCKER_CALLS=str(self.calls),
            PATH=self.path,
        )
        return results

    def ship(self, **options: bool) -> list[dict[str, Any]]:
        names = {folder.name: read_manifest(folder).hash for folder in sorted(self.release.iterdir())}
        release = {
            "id": "r1",
            "image": "prime-time/app:r1",
            "model_set": "5e7",
            "model_variants": names,
            "model_directory": str(self.release),
        }
        return self.play(
            "shipment", "model", {"shipment__release": release, "shipment__models": str(self.models)}, **options
        )

    def verify(self, model: Path, **options: bool) -> list[dict[str, Any]]:
        settings = self.models.parent / "environment"
        settings.write_text(f"PRIMETIME_MODEL_DIR={model}\n")
        variables = {
            "app__release": {"id": "r1", "image": "prime-time/app:r1"},
            "app__settings_file": str(settings),
            "app__volumes": [f"{self.models}:{self.models}:ro"],
            "app__active": "blue",
        }
        return self.play("app", "golden", variables, **options)

    def asked(self) -> list[str]:
        """What Docker was asked since the last look."""
        lines = self.calls.read_text().splitlines()
        self.calls.write_text("")
        return lines

    def files(self) -> dict[str, bytes]:
        return {
            str(path.relative_to(self.models)): path.read_bytes() for path in self.models.rglob("*") if path.is_file()
        }


@pytest.fixture
def server(cloudfront: "Endpoint", tmp_path: Path, kept: Path) -> Server:
    return Server(cloudfront, tmp_path, kept)


def changed(results: list[dict[str, Any]]) -> bool:
    return any(one.get("changed") for one in results)


def test_the_server_chooses_once_for_its_processor(server: Server) -> None:
    predicted = server.ship(check=True)
    assert changed(predicted)
    assert server.files() == {}
    assert server.asked() == []

    assert changed(server.ship())
    (asked,) = server.asked()
    assert "--memory=640m" in asked
    assert "--network=none" in asked
    (chosen,) = (path for path in server.models.iterdir() if path.is_dir())
    manifest = verify(chosen)
    assert manifest.hash == chosen.name
    assert manifest.chosen_on.startswith(processor_name())
    assert all(name in manifest.choice for name in ("none", "bf16"))

    before = server.files()
    for check in (True, False):
        assert not changed(server.ship(check=check))
    assert server.files() == before
    assert server.asked() == []


def test_another_processor_is_another_choice(server: Server) -> None:
    server.ship()
    server.asked()
    (record,) = server.models.glob("*.json")
    written = json.loads(record.read_text())
    assert ("avx2" in written["processor"]) == ("avx2" in Path("/proc/cpuinfo").read_text())
    record.write_text(json.dumps(written | {"processor": "another"}))
    assert changed(server.ship())
    assert len(server.asked()) == 1
    assert json.loads(record.read_text())["processor"] == written["processor"]
    assert not changed(server.ship())


def test_a_chosen_model_that_went_is_chosen_again(server: Server) -> None:
    server.ship()
    (chosen,) = (path for path in server.models.iterdir() if path.is_dir())
    shutil.rmtree(chosen)
    assert changed(server.ship())
    assert not changed(server.ship())


def test_a_file_that_changed_on_the_server_is_sent_again_and_nothing_chosen(server: Server) -> None:
    server.ship()
    before = server.files()
    server.asked()
    (chosen,) = (path for path in server.models.iterdir() if path.is_dir())
    with (chosen / "model.onnx").open("ab") as file:
        file.write(b"x")
    assert changed(server.ship(check=True))
    assert server.files() != before
    assert changed(server.ship())
    assert server.files() == before
    assert server.asked() == []


def test_a_file_that_changed_on_the_controller_stops_the_release(server: Server) -> None:
    server.ship()
    for folder in server.release.iterdir():
        with (folder / "model.onnx").open("ab") as file:
            file.write(b"x")
    failed = server.ship(fails=True)
    assert "model.onnx" in json.dumps(failed[-1])


def other_golden_vectors(folder: Path) -> None:
    """As on a processor that computes something else: each golden vector turned round."""
    manifest = read_manifest(folder)
    turned = [golden.model_copy(update={"vector": [-value for value in golden.vector]}) for golden in manifest.golden]
    manifest.model_copy(update={"golden": turned}).write(folder)


def test_a_server_that_gives_other_vectors_gets_no_encoder(server: Server) -> None:
    for folder in server.release.iterdir():
        other_golden_vectors(folder)
    failed = server.ship(fails=True)
    told = next(one["msg"] for one in reversed(failed) if "could not choose" in str(one.get("msg")))
    assert "no variant reproduces its golden vectors" in told
    assert "what answered before still does" in told
    assert server.files() == {}


def test_one_variant_that_gives_other_vectors_is_passed_over(server: Server) -> None:
    other_golden_vectors(server.release / "bf16")
    server.ship()
    assert [path.name for path in server.models.iterdir() if path.is_dir()] == [
        read_manifest(server.release / "none").hash
    ]


def test_golden_vectors_are_recomputed_before_a_release_takes_traffic(server: Server) -> None:
    server.ship()
    server.asked()
    (chosen,) = (path for path in server.models.iterdir() if path.is_dir())
    assert not changed(server.verify(chosen))
    (asked,) = server.asked()
    assert asked.endswith("prime-time/app:r1 model verify")
    other_golden_vectors(chosen)
    failed = server.verify(chosen, fails=True)
    told = failed[-1]["msg"]
    assert "gives other vectors here than where it was built" in told
    assert "the blue one still answers" in told


def test_nothing_is_migrated_started_or_switched_before_that(repository: Path) -> None:
    tasks = yaml.safe_load((repository / "roles/app/tasks/main.yml").read_text())
    files = [
        str(next(value for key, value in task.items() if "_tasks" in key))
        for task in tasks
        if "name" in task and any("_tasks" in key for key in task)
    ]
    assert files.index("golden.yml") < min(
        files.index(later) for later in ("migrations.yml", "switch.yml", "record.yml")
    )
    plays = [
        play["name"] for play in yaml.safe_load((repository / "playbooks/release.yml").read_text()) if "name" in play
    ]
    assert plays.index("Build") < plays.index("Release") < plays.index("Publish")
    build = next(
        play for play in yaml.safe_load((repository / "playbooks/release.yml").read_text()) if play["name"] == "Build"
    )
    assert any(task.get("ansible.builtin.import_role", {}).get("tasks_from") == "keep" for task in build["tasks"])


def test_a_variant_is_tried_within_what_the_application_may_have(repository: Path) -> None:
    defaults = {
        role: yaml.safe_load((repository / "roles" / role / "defaults/main.yml").read_text())
        for role in ("app", "shipment")
    }
    assert defaults["shipment"]["shipment__memory"] == defaults["app"]["app__memory"]


def test_the_names_of_variants_are_said_in_one_line_or_refused(repository: Path, kept: Path, tmp_path: Path) -> None:
    script = repository / "roles/artifacts/files/encoder_variants.py"

    def run(folder: Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, str(script), str(folder)], capture_output=True, text=True, check=False)

    assert set(json.loads(run(kept).stdout)) == {"none", "bf16"}
    lacking = Path(shutil.copytree(kept, tmp_path / "lacking"))
    shutil.rmtree(lacking / "none")
    empty = tmp_path / "empty"
    empty.mkdir()
    for folder, cause in ((lacking, "lacks none"), (tmp_path / "nothing", "makes none"), (empty, "remove it")):
        refused = run(folder)
        assert (refused.returncode, refused.stdout, refused.stderr.count("\n")) == (5, "", 1)
        assert cause in refused.stderr
