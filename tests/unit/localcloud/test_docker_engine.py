import pytest

from localcloud import docker_engine
from localcloud.errors import DockerUnreachableError, SubnetInUseError
from localcloud.settings import Settings

HEADER = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
DEFAULT_ROUTE = "eth0\t00000000\t010200C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"


def test_no_engine_is_told_with_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    with pytest.raises(DockerUnreachableError) as caught:
        docker_engine.connect()
    assert "start it" in caught.value.remedy
    assert caught.value.exit_status == 10


def test_a_route_of_this_machine_is_not_taken_over(tmp_path):
    # 10.201.5.0/24, least significant byte first, as the kernel writes it
    table = tmp_path / "route"
    table.write_text(HEADER + DEFAULT_ROUTE + "vpn0\t0005C90A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n")
    with pytest.raises(SubnetInUseError, match=r"10\.201\.5\.0/24 by vpn0"):
        docker_engine._check_routes(Settings.from_environment({}), table)


def test_the_default_route_and_other_ranges_are_no_obstacle(tmp_path):
    table = tmp_path / "route"
    table.write_text(HEADER + DEFAULT_ROUTE + "eth0\t0000A8C0\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n")
    docker_engine._check_routes(Settings.from_environment({}), table)
