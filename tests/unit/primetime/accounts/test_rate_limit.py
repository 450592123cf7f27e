"""The sign-in limit."""

from primetime.accounts.rate_limit import PER_ACCOUNT, SignInLimit


def test_one_account_is_held_after_its_attempts_and_others_are_not() -> None:
    limit = SignInLimit()
    waits = [limit.attempt(email="A@x.org", address="192.0.2.1") for _ in range(PER_ACCOUNT.amount + 1)]
    assert waits[:-1] == [0] * PER_ACCOUNT.amount
    assert 0 < waits[-1] <= 60
    assert limit.attempt(email="a@X.org ", address="192.0.2.2") > 0
    assert limit.attempt(email="b@x.org", address="192.0.2.1") == 0


def test_it_counts_in_memory_when_redis_is_gone() -> None:
    limit = SignInLimit("redis://127.0.0.1:1/0")
    waits = [limit.attempt(email="a@x.org", address="192.0.2.1") for _ in range(PER_ACCOUNT.amount + 1)]
    assert waits[0] == 0
    assert waits[-1] > 0
