"""The interface's description, as the programs that make clients from it read it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from primetime.api.application import create_app
from primetime.api.description import describe
from primetime.settings import Settings

# Lists that take no limit, and what bounds them.
BOUNDED = {
    "/api/v1/account/tokens": "an account has at most 50",
    "/api/v1/analysis": "the newest 20",
    "/api/v1/exports": "the newest 100",
    "/api/v1/imports": "the newest 20",
    "/api/v1/opportunities": "the topics of one analysis",
    "/api/v1/saved-searches/{saved_id}/new": "the first 200",
    "/api/v1/screened": "what was asked for, at most 200",
    "/api/v1/searches/{search_id}/compare/{other_id}": "the first 100 of each kind",
    "/api/v1/topics": "those of one analysis",
}
METHODS = {"get", "put", "post", "delete", "patch"}


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    return describe(create_app(Settings(session_secret="x" * 40, public_url="https://prime.example.org")))


def operations(description: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, found in description["paths"].items():
        for method, operation in found.items():
            yield method, path, operation


def parts(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        node = list(node.values())
    if isinstance(node, list):
        for one in node:
            yield from parts(one)


def test_it_is_valid(description: dict[str, Any]) -> None:
    """Its references too, and that no operation has a parameter twice or lacks one of its path."""
    assert description["openapi"].startswith("3.1.")
    assert [str(error) for error in OpenAPIV31SpecValidator(description).iter_errors()] == []
    for part in parts(description):
        if "$ref" in part:
            kind, _, name = part["$ref"].removeprefix("#/components/").partition("/")
            assert name in description["components"][kind]
    for method, path, operation in operations(description):
        assert method in METHODS
        given = [(one["in"], one["name"]) for one in operation.get("parameters", [])]
        assert len(given) == len(set(given)), (method, path)
        assert {name for place, name in given if place == "path"} == set(re.findall(r"\{(\w+)\}", path)), (method, path)


def test_each_operation_has_a_name_of_its_own_made_of_its_method_and_path(description: dict[str, Any]) -> None:
    names = {(method, path): operation["operationId"] for method, path, operation in operations(description)}
    assert len(set(names.values())) == len(names)
    assert all(re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", name) for name in names.values())
    assert names["get", "/health"] == "get_health"
    assert names["get", "/api/v1/articles"] == "get_articles"
    assert names["get", "/api/v1/articles/{pmid}/similar"] == "get_articles_pmid_similar"
    assert names["post", "/api/v1/saved-searches/{saved_id}/run"] == "post_saved_searches_saved_id_run"
    assert names["get", "/api/articles"] == "get_prototype_articles"


def test_schemas_have_names_that_every_language_takes(description: dict[str, Any]) -> None:
    names = list(description["components"]["schemas"])
    assert [name for name in names if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*(_[A-Za-z0-9]+)*", name)] == []
    assert len({name.lower().replace("_", "") for name in names}) == len(names)


def test_every_answer_has_a_shape(description: dict[str, Any]) -> None:
    for method, path, operation in operations(description):
        for status, answer in operation["responses"].items():
            if status in ("204", "304"):
                assert "content" not in answer
                continue
            assert answer["content"], (method, path, status)
            for kind, body in answer["content"].items():
                assert body["schema"], (method, path, status, kind)


def test_it_has_nothing_that_generators_stumble_over(description: dict[str, Any]) -> None:
    assert description["servers"] == [{"url": "https://prime.example.org"}]
    for part in parts(description):
        assert "prefixItems" not in part, "tuples: few generators know them"
        if part.get("contentMediaType") == "application/octet-stream":
            assert part["format"] == "binary", "a file, or generators take it for a text"


def test_a_file_s_formats_are_told(description: dict[str, Any]) -> None:
    content = description["paths"]["/api/v1/export"]["get"]["responses"]["200"]["content"]
    assert {"text/csv", "application/x-bibtex", "application/nbib"} <= set(content)
    assert description["paths"]["/api/export/csv"]["get"]["responses"]["200"]["content"] == {
        "text/csv": {"schema": {"type": "string", "format": "binary"}}
    }


def test_no_list_is_without_a_bound(description: dict[str, Any]) -> None:
    def shape(node: dict[str, Any]) -> dict[str, Any]:
        while "$ref" in node:
            node = description["components"]["schemas"][node["$ref"].rpartition("/")[2]]
        return node

    lists: set[str] = set()
    without: set[str] = set()
    for method, path, operation in operations(description):
        body = operation["responses"].get("200", {}).get("content", {}).get("application/json")
        if method != "get" or body is None:
            continue
        found = shape(body["schema"])
        if found.get("type") != "array" and "items" not in found.get("properties", {}):
            continue
        lists.add(path)
        parameters = {one["name"]: one["schema"] for one in operation.get("parameters", [])}
        if not any(parameters.get(name, {}).get("maximum", 1001) <= 1000 for name in ("limit", "page_size")):
            without.add(path)
    assert len(lists) > 20
    assert without == set(BOUNDED)
