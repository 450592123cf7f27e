"""How much TLS a database's URL asks for."""

import pytest
from psycopg.conninfo import conninfo_to_dict

from primetime.database.connection import verified


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGSSLMODE", "PGSSLROOTCERT"):
        monkeypatch.delenv(name, raising=False)


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
