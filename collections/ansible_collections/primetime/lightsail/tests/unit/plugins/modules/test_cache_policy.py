"""The configuration that the module cache_policy wants."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError
from ansible_collections.primetime.lightsail.plugins.module_utils.policies import CACHE, policy_plan
from ansible_collections.primetime.lightsail.plugins.modules.cache_policy import config_of, lifetimes

DAY, YEAR = 86_400, 31_536_000


def wanted(**options: Any) -> dict[str, Any]:
    return {"name": "lists", **options}


@pytest.mark.parametrize(
    ("options", "times"),
    [
        ({}, (1, DAY, YEAR)),
        ({"max_ttl": 0}, (0, 0, 0)),
        ({"max_ttl": 60}, (1, 60, 60)),
        ({"min_ttl": 2 * DAY}, (2 * DAY, 2 * DAY, YEAR)),
        ({"default_ttl": 2 * YEAR}, (1, 2 * YEAR, 2 * YEAR)),
    ],
)
def test_lifetimes_that_are_not_given_fit_those_that_are(options: dict[str, int], times: tuple[int, ...]) -> None:
    assert tuple(lifetimes(wanted(**options), None).values()) == times


@pytest.mark.parametrize("options", [{"min_ttl": -1}, {"min_ttl": 10, "default_ttl": 5}, {"min_ttl": 9, "max_ttl": 3}])
def test_lifetimes_that_contradict_each_other_are_refused(options: dict[str, int]) -> None:
    with pytest.raises(RefusedError, match="none is below the one before it"):
        lifetimes(wanted(**options), None)


def test_a_new_policy_that_does_not_cache_has_no_compressed_answers() -> None:
    key = config_of(wanted(max_ttl=0), None)["ParametersInCacheKeyAndForwardedToOrigin"]
    assert (key["EnableAcceptEncodingGzip"], key["EnableAcceptEncodingBrotli"]) == (False, False)


def test_what_is_not_given_stays_and_the_order_of_names_means_nothing() -> None:
    first = config_of(wanted(comment="kept", headers=["B", "A"], max_ttl=60), None)
    described = {"CachePolicy": {"Id": "p1", "CachePolicyConfig": first}, "ETag": "T1"}
    assert policy_plan(CACHE, described, partial(config_of, wanted(headers=["A", "B"]))).steps == ()
    (update,) = policy_plan(CACHE, described, partial(config_of, wanted(headers=[]))).steps
    assert callable(update.arguments)
    arguments = update.arguments({**described, "ETag": "T2"})
    assert (update.operation, arguments["Id"], arguments["IfMatch"]) == ("update_cache_policy", "p1", "T2")
    config = arguments["CachePolicyConfig"]
    assert config["ParametersInCacheKeyAndForwardedToOrigin"]["HeadersConfig"] == {"HeaderBehavior": "none"}
    assert (config["Comment"], config["MaxTTL"]) == ("kept", 60)


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ({"behavior": "whitelist", "names": []}, "needs names"),
        ({"behavior": "all", "names": ["page"]}, "takes no names"),
    ],
)
def test_names_fit_the_behavior(part: dict[str, Any], words: str) -> None:
    with pytest.raises(RefusedError, match=words):
        config_of(wanted(query_strings=part), None)


def test_delete() -> None:
    described = {"CachePolicy": {"Id": "p1", "CachePolicyConfig": config_of(wanted(), None)}, "ETag": "T1"}
    (delete,) = policy_plan(CACHE, described, None).steps
    assert callable(delete.arguments)
    assert (delete.operation, delete.arguments(described)) == ("delete_cache_policy", {"Id": "p1", "IfMatch": "T1"})
    assert policy_plan(CACHE, None, None).steps == ()
