"""How much TLS a database's URL asks for."""

import os
from pathlib import Path

import pytest
from psycopg.conninfo import conninfo_to_dict

from primetime.database.connection import verified


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)


def test_another_machine_must_prove_its_name() -> None:
    parts = conninfo_to_dict(verified("postgresql://me:secret@db.example.org/prime"))
    assert (parts["sslmode"], parts["sslrootcert"], parts["password"]) == ("verify-full", "system", "secret")
    own = conninfo_to_dict(verified("postgresql://db.example.org/prime?sslrootcert=/ca.pem"))
    assert (own["sslmode"], own["sslrootcert"]) == ("verify-full", "/ca.pem")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql:///prime",
        "postgresql://localhost/prime",
        "postgresql://127.0.0.1:5432/prime",
        "postgresql://[::1]/prime",
        "postgresql:///prime?host=/run/postgresql",
        "postgresql:///prime?host=@postgresql",
        "postgresql://db.example.org/prime?hostaddr=127.0.0.1",  # a tunnel's end
        "postgresql://db.example.org/prime?sslmode=verify-full",
        "postgresql://db.example.org/prime?sslmode=require",  # said on purpose; it is warned of
        "this is no address",
    ],
)
def test_this_machine_and_what_is_said_on_purpose_stay(url: str) -> None:
    assert verified(url) == url


def test_one_host_elsewhere_is_enough() -> None:
    assert "verify-full" in verified("host=127.0.0.1,db.example.org dbname=prime")


def test_the_environment_may_say_it_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGSSLMODE", "disable")
    assert verified("postgresql://db.example.org/prime") == "postgresql://db.example.org/prime"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me@/prime?hostaddr=192.0.2.7",
        "postgresql://localhost/prime?hostaddr=192.0.2.7",
        "host=localhost,db.example.org hostaddr=127.0.0.1, dbname=prime",
        "service=prime",
    ],
)
def test_another_machine_is_one_however_it_is_named(url: str) -> None:
    assert conninfo_to_dict(verified(url))["sslmode"] == "verify-full"
    assert verified(f"{url}{'&' if '?' in url else ' '}sslmode=require").endswith("sslmode=require")


@pytest.mark.parametrize(("name", "value"), [("PGHOST", "db.example.org"), ("PGHOSTADDR", "192.0.2.7")])
def test_the_environment_may_name_another_machine(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    assert conninfo_to_dict(verified("postgresql://me@/prime"))["sslmode"] == "verify-full"
    if name == "PGHOST":
        assert verified("postgresql://127.0.0.1/prime") == "postgresql://127.0.0.1/prime"


def test_the_environment_may_name_a_service(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    services = tmp_path / "services"
    services.write_text("[prime]\nhost=db.example.org\n[here]\nhost=/run/postgresql\n[said]\nhost=a\nsslmode=require\n")
    monkeypatch.setenv("PGSERVICEFILE", str(services))
    found = {}
    for service in ("prime", "here", "said"):
        monkeypatch.setenv("PGSERVICE", service)
        found[service] = conninfo_to_dict(verified("dbname=prime")).get("sslmode")
    assert found == {"prime": "verify-full", "here": None, "said": None}
