"""CloudFront's wildcards, by its documentation's examples and by their meaning."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localcloud.edge.path_patterns import behaviour_for, invalidates, matches

PATHS = st.text(st.sampled_from("abc/.*?_%[]+"), max_size=12).map(lambda text: f"/{text}")
PATTERNS = st.text(st.sampled_from("ab/.*?"), max_size=8).map(lambda text: f"/{text}")


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("/images/*.jpg", "/images/a.jpg", True),
        ("images/*.jpg", "/images/deep/down/a.jpg", True),
        ("/images/*.jpg", "/images/a.JPG", False),
        ("/a*.jpg", "/apple.jpg", True),
        ("/a??.jpg", "/ant.jpg", True),
        ("/a??.jpg", "/an.jpg", False),
        ("*.doc?", "/some/where.docx", True),
        ("*.doc?", "/some/where.doc", False),
        ("/api/*", "/api/", True),
        ("/api/*", "/api", False),
        ("/a.b", "/axb", False),
        ("*", "/", True),
        ("/a+b", "/a+b", True),
        ("/line*end", "/line\nend", True),
    ],
)
def test_patterns(pattern: str, path: str, expected: bool) -> None:
    assert matches(pattern, path) is expected


def naive(pattern: str, path: str) -> bool:
    """The meaning of the wildcards, by cases."""
    if not pattern:
        return not path
    if pattern[0] == "*":
        return any(naive(pattern[1:], path[start:]) for start in range(len(path) + 1))
    return bool(path) and pattern[0] in ("?", path[0]) and naive(pattern[1:], path[1:])


@given(PATTERNS, PATHS)
def test_a_pattern_means_what_its_characters_mean(pattern: str, path: str) -> None:
    assert matches(pattern, path) is naive(pattern, path)


@given(PATHS)
def test_a_path_without_wildcards_matches_itself_only(path: str) -> None:
    literal = path.replace("*", "x").replace("?", "y")
    assert matches(literal, literal)
    assert not matches(literal, literal + "z")
    if not literal.startswith("//"):
        assert matches(literal[1:] or "/", literal)


def test_the_first_behaviour_that_fits_is_taken() -> None:
    config: dict[str, Any] = {
        "DefaultCacheBehavior": {"TargetOriginId": "default"},
        "CacheBehaviors": {
            "Items": [
                {"PathPattern": "/api/public/*", "TargetOriginId": "first"},
                {"PathPattern": "/api/*", "TargetOriginId": "second"},
                {"PathPattern": "*", "TargetOriginId": "third"},
            ]
        },
    }
    chosen = [behaviour_for(config, path)["TargetOriginId"] for path in ("/api/public/x", "/api/x", "/x")]
    assert chosen == ["first", "second", "third"]
    config["CacheBehaviors"] = {"Quantity": 0}
    assert behaviour_for(config, "/api/x")["TargetOriginId"] == "default"


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("/*", "/anything/at/all", True),
        ("/a/*", "/a/b", True),
        ("/a/*", "/b/a/", False),
        ("/a", "/a", True),
        ("a", "/a", True),
        ("/a", "/ab", False),
        ("/a*b", "/axb", False),
        ("/a?", "/ab", False),
    ],
)
def test_an_invalidation_has_a_wildcard_only_at_its_end(pattern: str, path: str, expected: bool) -> None:
    assert invalidates(pattern, path) is expected
