"""Another secret reaches everything that uses it, and is shown nowhere."""

import json
import subprocess
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import boto3
import pytest

if TYPE_CHECKING:
    from conftest import Platform


def kept(platform: "Platform") -> dict[str, str]:
    """The secrets in the Parameter Store, by name."""
    ssm = boto3.client(
        "ssm",
        endpoint_url=f"http://127.0.0.1:{platform.environment['LOCALCLOUD_PORT']}",
        region_name="eu-central-1",
        aws_access_key_id="localcloud",
        aws_secret_access_key="localcloud",
    )
    prefix = "/prime-time/local/"
    found = ssm.get_parameters_by_path(Path=prefix, Recursive=True, WithDecryption=True)["Parameters"]
    return {parameter["Name"].removeprefix(prefix): parameter["Value"] for parameter in found}


def sign_in(platform: "Platform") -> str:
    """The cookie of a new session."""
    request = urllib.request.Request(
        f"{platform.url}/api/v1/session",
        data=json.dumps(
            {
                "email": platform.summary["administrator_email"],
                "password": platform.summary["administrator_password"],
            }
        ).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=20) as reply:
        return str(reply.headers["Set-Cookie"]).partition(";")[0]


def session_status(platform: "Platform", cookie: str) -> int:
    request = urllib.request.Request(f"{platform.url}/api/v1/session", headers={"Cookie": cookie})
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:
            return int(reply.status)
    except urllib.error.HTTPError as error:
        return error.code


def provision(platform: "Platform") -> subprocess.CompletedProcess[str]:
    return platform.run("ansible-playbook", "playbooks/provision.yml", "-i", "inventory/local", "--diff", "-v")


@pytest.mark.parametrize("secret", ["jwt/secret", "database/password"])
def test_a_rotated_secret_is_in_use_everywhere_and_shown_nowhere(platform: "Platform", secret: str) -> None:
    before, cookie = kept(platform), sign_in(platform)
    assert session_status(platform, cookie) == 200

    rotated = platform.run("fab", "rotate", secret)
    assert rotated.returncode == 0, rotated.stdout[-3000:]
    after = kept(platform)
    assert after == before | {secret: after[secret]}
    assert after[secret] != before[secret]

    assert session_status(platform, cookie) == (401 if secret == "jwt/secret" else 200)
    assert session_status(platform, sign_in(platform)) == 200
    again = provision(platform)
    assert "changed=0" in again.stdout, again.stdout[-3000:]
    for value in {*before.values(), *after.values()}:
        assert value not in rotated.stdout + rotated.stderr + again.stdout + again.stderr


def test_what_this_verb_does_not_rotate_is_refused_before_anything_is_done(platform: "Platform") -> None:
    before = kept(platform)
    for secret, reason in (("origin/secret", "CloudFront takes minutes"), ("passwort", "there is no secret")):
        refused = platform.run("fab", "rotate", secret)
        assert refused.returncode != 0
        assert reason in refused.stdout
    assert kept(platform) == before
