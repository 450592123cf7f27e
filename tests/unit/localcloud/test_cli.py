import pytest
from click.testing import CliRunner

from localcloud.cli import main


@pytest.fixture
def run(monkeypatch, tmp_path):
    monkeypatch.setenv("LOCALCLOUD_NAME", "unit")
    monkeypatch.setenv("LOCALCLOUD_STATE", str(tmp_path / "state"))
    return lambda *arguments: CliRunner().invoke(main, list(arguments))


def test_env_can_be_evaluated_by_a_shell(run, tmp_path):
    result = run("env")
    assert result.exit_code == 0
    lines = dict(line.removeprefix("export ").split("=", 1) for line in result.stdout.splitlines())
    assert lines["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"
    assert lines["LOCALCLOUD_CA"] == str(tmp_path / "state" / "ca.pem")


def test_an_error_is_one_line_with_its_remedy_and_its_own_exit_status(run, monkeypatch, tmp_path):
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    result = run("up")
    assert result.exit_code == 10
    [line] = result.stderr.splitlines()
    assert line.startswith("localcloud: Docker cannot be reached")
    assert "; start it" in line


def test_a_bad_setting_has_its_own_exit_status(run, monkeypatch):
    monkeypatch.setenv("LOCALCLOUD_PORT", "many")
    assert run("env").exit_code == 17


def test_help_lists_every_command_without_loading_other_rooms(run):
    result = run("--help")
    assert result.exit_code == 0
    for command in ("up", "down", "reset", "status", "env", "images", "corpus"):
        assert command in result.stdout
