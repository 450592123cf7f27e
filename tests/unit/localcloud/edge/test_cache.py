"""The cache: what it keeps, what it gives up, and what an invalidation does to a response under way."""

import time

from localcloud.edge.cache import Cache, Entry
from localcloud.edge.control_plane import Distribution, View
from localcloud.edge.messages import Headers, Response


def entry(body: bytes) -> Entry:
    now = time.monotonic()
    return Entry(status=200, headers=Headers(), body=body, stored_at=now, fresh_until=now + 60)


def view(*invalidations: tuple[str, tuple[str, ...]]) -> View:
    distribution = Distribution(id="E1", arn="", domain_name="", config={}, invalidations=invalidations)
    return View(revision=1, distributions=(distribution,))


def test_the_least_used_goes_first() -> None:
    cache = Cache(capacity=25)
    for name in ("a", "b"):
        cache.put(("E1", name), entry(b"x" * 10), cache.generation)
    assert cache.get(("E1", "a")) is not None
    cache.put(("E1", "c"), entry(b"x" * 10), cache.generation)
    assert cache.get(("E1", "b")) is None
    assert cache.get(("E1", "a")) is not None
    assert cache.get(("E1", "c")) is not None


def test_an_invalidation_counts_once_and_for_its_own_distribution() -> None:
    cache = Cache()
    cache.put(("E1", "/a"), entry(b""), cache.generation)
    cache.put(("E2", "/a"), entry(b""), cache.generation)
    cache.apply_invalidations(view(("I1", ("/*",))))
    assert cache.get(("E1", "/a")) is None
    assert cache.get(("E2", "/a")) is not None
    cache.put(("E1", "/a"), entry(b""), cache.generation)
    cache.apply_invalidations(view(("I1", ("/*",))))
    assert cache.get(("E1", "/a")) is not None


def test_what_was_asked_for_before_an_invalidation_is_not_kept_after_it() -> None:
    cache = Cache()
    response = Response(status=200, headers=Headers(), body=[b"old"])
    passing = cache.keeping(("E1", "/a"), response, 60, cache.generation)
    cache.apply_invalidations(view(("I1", ("/a",))))
    assert b"".join(passing) == b"old"
    assert cache.get(("E1", "/a")) is None


def test_a_body_that_breaks_off_is_not_kept() -> None:
    cache = Cache()
    response = Response(status=200, headers=Headers([("Content-Length", "10")]), body=[b"short"])
    assert b"".join(cache.keeping(("E1", "/a"), response, 60, cache.generation)) == b"short"
    assert cache.get(("E1", "/a")) is None


def test_a_whole_body_is_kept_with_its_headers() -> None:
    cache = Cache()
    response = Response(status=200, headers=Headers([("ETag", '"1"'), ("Content-Length", "6")]), body=[b"one", b"two"])
    assert b"".join(cache.keeping(("E1", "/a"), response, 60, cache.generation)) == b"onetwo"
    kept = cache.get(("E1", "/a"))
    assert kept is not None
    assert kept.is_fresh
    assert (kept.body, kept.headers.get("etag")) == (b"onetwo", '"1"')
