"""Another secret reaches everything that uses it, and is shown nowhere."""

import json
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import boto3

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


def test_rotated_secrets_are_in_use_everywhere_and_shown_nowhere(platform: "Platform") -> None:
    held, shown = [kept(platform)], ""
    for secret, former_session in (("jwt/secret", 401), ("database/password", 200)):
        cookie = sign_in(platform)
        assert session_status(platform, cookie) == 200

        rotated = platform.run("fab", "rotate", secret)
        assert rotated.returncode == 0, rotated.stdout[-3000:]
        shown += rotated.stdout + rotated.stderr
        before, after = held[-1], kept(platform)
        assert after == before | {secret: after[secret]}
        assert after[secret] != before[secret]
        held.append(after)

        assert session_status(platform, cookie) == former_session
        assert session_status(platform, sign_in(platform)) == 200

    again = platform.run("ansible-playbook", "playbooks/provision.yml", "-i", "inventory/local", "--diff", "-v")
    assert "changed=0" in again.stdout, again.stdout[-3000:]
    assert kept(platform) == held[-1]
    shown += again.stdout + again.stderr
    for value in {value for secrets in held for value in secrets.values()}:
        assert value not in shown


def test_what_this_verb_does_not_rotate_is_refused_before_anything_is_done(platform: "Platform") -> None:
    before = kept(platform)
    for secret, reason in (("origin/secret", "CloudFront takes minutes"), ("passwort", "there is no secret")):
        refused = platform.run("fab", "rotate", secret)
        assert refused.returncode != 0
        assert reason in refused.stdout
    assert kept(platform) == before
