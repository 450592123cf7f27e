import os
import socket

import pytest

from localcloud import processes
from localcloud.errors import PortInUseError, ProcessStartError
from localcloud.processes import Process


def process(directory, port, *arguments):
    return Process(
        name="endpoint",
        arguments=arguments or ("http.server", str(port), "--bind", "127.0.0.1"),
        port=port,
        port_variable="LOCALCLOUD_PORT",
        health_path="/",
        state_directory=directory,
    )


@pytest.fixture
def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_port_in_use_names_the_port_and_how_to_choose_another(tmp_path):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(PortInUseError) as caught:
            process(tmp_path, port).check_port_free()
    assert str(port) in caught.value.cause
    assert "LOCALCLOUD_PORT=" in caught.value.remedy


def test_a_started_process_is_found_by_another_caller_and_stopped(tmp_path, free_port):
    process(tmp_path, free_port).start({})
    found = process(tmp_path, free_port)
    assert found.is_healthy()
    pid = found.pid()
    assert found.stop()
    assert not processes._alive(pid)
    assert found.pid() is None
    assert not found.stop()


def test_a_pid_file_of_another_program_is_not_believed(tmp_path, free_port):
    (tmp_path / "endpoint.pid").write_text(str(os.getpid()))
    found = process(tmp_path, free_port, "localcloud.endpoint")
    assert found.pid() is None
    assert not found.stop()


def test_another_local_clouds_process_is_not_taken_for_ours(tmp_path, free_port):
    theirs = process(tmp_path / "theirs", free_port)
    theirs.start({})
    (tmp_path / "ours").mkdir()
    (tmp_path / "ours" / "endpoint.pid").write_text(str(theirs.pid()))
    try:
        assert process(tmp_path / "ours", free_port).pid() is None
    finally:
        assert theirs.stop()


def test_a_process_that_ends_at_once_is_reported_with_its_last_words(tmp_path, free_port):
    with pytest.raises(ProcessStartError, match="No module named"):
        process(tmp_path, free_port, "localcloud_has_no_such_module").start({})
    assert not (tmp_path / "endpoint.pid").exists()
