import pytest

from localcloud import lifecycle
from localcloud.errors import SettingError
from localcloud.settings import Settings


def settings(directory, name="unit"):
    return Settings.from_environment({"LOCALCLOUD_NAME": name, "LOCALCLOUD_STATE": str(directory)})


def test_a_new_directory_is_claimed_and_claimed_again(tmp_path):
    lifecycle._claim_state_directory(settings(tmp_path / "state"))
    lifecycle._claim_state_directory(settings(tmp_path / "state"))
    assert (tmp_path / "state" / "localcloud.name").read_text() == "unit\n"


def test_somebody_elses_files_are_never_claimed(tmp_path):
    (tmp_path / "thesis.txt").write_text("all my work")
    with pytest.raises(SettingError, match="holds other files"):
        lifecycle._claim_state_directory(settings(tmp_path))
    assert (tmp_path / "thesis.txt").exists()


def test_another_local_clouds_state_is_not_taken(tmp_path):
    lifecycle._claim_state_directory(settings(tmp_path / "state"))
    with pytest.raises(SettingError, match="belongs to the local cloud unit"):
        lifecycle._claim_state_directory(settings(tmp_path / "state", "other"))


def test_status_names_every_kind_with_its_state_and_its_address():
    def stands(name, **members):
        return {"name": name, "state": "active", "address": "10.0.0.1", "runs": True} | members

    found = {
        "name": "unit",
        "running": True,
        "processes": {"endpoint": 7},
        "instances": [stands("web", address=None)],
        "databases": [stands("db", runs=False)],
        "load_balancers": [stands("lb")],
        "faults": [],
    }
    assert lifecycle.as_lines(found) == [
        "localcloud unit: up",
        "  endpoint: process 7",
        "  instance web: active, no address",
        "  database db: active, its container is stopped, 10.0.0.1",
        "  load balancer lb: active, 10.0.0.1",
    ]
