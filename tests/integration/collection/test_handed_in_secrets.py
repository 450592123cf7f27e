"""Secrets from a vault and from the environment reach what they open, and stand in no file and no output."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import yaml

from localcloud.lightsail.store import ACCOUNT_FILE

if TYPE_CHECKING:
    from conftest import LocalCloud

# The Parameter Store outlives a test, so this one has an environment to itself.
ENVIRONMENT = "handed-in"
BIN = Path(sys.executable).parent
FROM_VAULT = {
    "database/password": "database-password-from-the-vault",
    "jwt/secret": "jwt-secret-from-the-vault-0123456789",
}
FROM_ENVIRONMENT = {
    "jwt/secret": "jwt-secret-from-the-environment-0123",
    "openalex/api-key": "openalex-key-from-the-environment",
}


def vault(path: Path, password_file: Path) -> None:
    """Write an encrypted file of variables, as the guide says."""
    path.write_text(yaml.safe_dump({"vault_secrets": FROM_VAULT}))
    command = [str(BIN / "ansible-vault"), "encrypt", "--vault-password-file", str(password_file), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    assert path.read_text().startswith("$ANSIBLE_VAULT;")


def test_what_the_vault_and_the_environment_hand_in_is_used_and_written_down_nowhere(
    local_cloud: "LocalCloud",
) -> None:
    inventory = local_cloud.state / "inventory"
    shutil.copytree(local_cloud.repository / "inventory" / "local", inventory)
    password_file = local_cloud.state / "vault-password"
    password_file.write_text("of-the-vault")
    vault(inventory / "group_vars" / "all" / "vault.yml", password_file)
    provision = [str(BIN / "ansible-playbook"), "playbooks/provision.yml", "-i", str(inventory), "--diff", "-vv"]
    provision += ["-e", f"environment_name={ENVIRONMENT}", "-e", f"domain={ENVIRONMENT}.test"]
    given = {
        "PRIME_TIME_JWT_SECRET": FROM_ENVIRONMENT["jwt/secret"],
        "PRIME_TIME_OPENALEX_API_KEY": FROM_ENVIRONMENT["openalex/api-key"],
    }

    def run(**environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            provision,
            env=local_cloud.environment | {"ANSIBLE_STDOUT_CALLBACK": "default"} | given | environment,
            cwd=local_cloud.repository,
            capture_output=True,
            text=True,
            timeout=550,
            check=False,
        )

    locked = run()
    assert locked.returncode != 0
    assert "no vault secrets found" in (locked.stdout + locked.stderr)
    assert not (local_cloud.state / "calls.jsonl").exists()  # the cloud was not even asked

    made = run(ANSIBLE_VAULT_PASSWORD_FILE=str(password_file))
    assert made.returncode == 0, made.stdout[-3000:] + made.stderr[-1000:]
    ssm = boto3.client(
        "ssm",
        endpoint_url=local_cloud.environment["AWS_ENDPOINT_URL"],
        region_name="eu-central-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    kept = {
        name: ssm.get_parameter(Name=f"/prime-time/{ENVIRONMENT}/{name}", WithDecryption=True)["Parameter"]
        for name in (*FROM_VAULT, *FROM_ENVIRONMENT, "origin/secret")
    }
    expected = FROM_VAULT | FROM_ENVIRONMENT
    assert {name: kept[name]["Value"] for name in expected} == expected
    assert {one["Type"] for one in kept.values()} == {"SecureString"}
    database = f"prime-time-{ENVIRONMENT}-database"
    assert local_cloud.cloud.servers.passwords == {database: FROM_VAULT["database/password"]}

    secrets = {*(one["Value"] for one in kept.values()), *FROM_VAULT.values()}
    assert [secret for secret in secrets if secret in made.stdout + made.stderr] == []
    # What the cloud itself keeps is the cloud's.
    files = [path for path in local_cloud.state.rglob("*") if path.is_file() and path.name != ACCOUNT_FILE]
    assert any(path.name == "server.pem" for path in files)
    texts = {path: path.read_text(errors="replace") for path in files}
    assert [path for path, text in texts.items() if any(secret in text for secret in secrets)] == []
