"""What stands after site.yml: reached, traced, repeatable, and no larger than the server it is sold for."""

import json
import re
import urllib.error
import urllib.request
from email.message import Message
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from conftest import Platform


def get(url: str) -> tuple[int, Message, str]:
    try:
        with urllib.request.urlopen(url, timeout=20) as reply:
            return reply.status, reply.headers, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read().decode()


def get_json(url: str) -> Any:
    status, _, body = get(url)
    assert status == 200, body
    return json.loads(body)


def test_health_through_the_edge_names_the_release(platform: "Platform") -> None:
    health = get_json(f"{platform.url}/api/health")
    assert health["status"] == "ok"
    assert health["release_id"] == platform.summary["release_id"]
    assert re.fullmatch(r"[0-9a-f]{12}", health["release_id"])


def test_the_server_is_ready_with_tls_vectors_and_a_warm_encoder(platform: "Platform") -> None:
    ready = get_json(f"{platform.url}/api/ready")
    assert ready["database"]["tls"] is True
    assert ready["database"]["pgvector"]
    assert ready["migrations"]["pending"] == []
    assert ready["encoder"]["status"] == "warm"


@pytest.mark.parametrize("path", ["/", "/articles", "/articles/10024335", "/analysis"])
def test_every_page_address_gives_the_site(platform: "Platform", path: str) -> None:
    status, headers, body = get(f"{platform.url}{path}")
    assert status == 200
    assert headers["Content-Type"].startswith("text/html")
    assert "Prime Time" in body
    assert headers["Content-Security-Policy"] == "frame-ancestors 'none'"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Strict-Transport-Security"] == "max-age=31536000"


def test_an_unknown_api_path_is_refused_by_the_api_itself(platform: "Platform") -> None:
    status, headers, body = get(f"{platform.url}/api/v1/nothing")
    assert status == 401  # nobody is signed in
    assert headers["Content-Type"].startswith("application/problem+json")
    assert json.loads(body)["status"] == 401


def test_the_origin_refuses_who_does_not_come_through_the_edge(platform: "Platform") -> None:
    status, _, _ = get(f"http://{platform.summary['server_address']}/api/health")
    assert status == 403


def test_a_second_run_changes_nothing_at_aws_or_on_the_server(platform: "Platform") -> None:
    calls = platform.state / "calls.jsonl"
    before = len(calls.read_text().splitlines())
    run = platform.run("ansible-playbook", "playbooks/site.yml", "-i", "inventory/local")
    assert run.returncode == 0, run.stdout[-3000:] + run.stderr[-2000:]
    recap = run.stdout.rsplit("PLAY RECAP", 1)[1]
    assert re.findall(r"changed=(\d+)", recap) == ["0"] * recap.count("changed="), run.stdout[-6000:]
    since = [json.loads(line) for line in calls.read_text().splitlines()[before:]]
    assert since, "the second run must at least have looked"
    assert [call["operation"] for call in since if call["mutating"]] == []
