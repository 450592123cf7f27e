"""CloudFront Functions in V8: the event that they get, and what becomes of what they return."""

import subprocess
import sys
from typing import Any

import pytest

from localcloud.edge.error_pages import EdgeError
from localcloud.edge.messages import Headers, Request, buffered
from localcloud.edge.viewer_function import (
    FunctionRuntime,
    apply_to_request,
    apply_to_response,
    viewer_request_event,
    viewer_response_event,
)


def request(query: str = "a=1&a=2&b", **headers: str) -> Request:
    named = {"Host": "site.test"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(
        method="GET",
        host="site.test",
        path="/p",
        query=query,
        headers=Headers(named.items()),
        viewer_address="192.0.2.1",
    )


def run(code: str, asked: Request) -> dict[str, Any]:
    return FunctionRuntime().run("arn", "1", code, viewer_request_event(asked, "E1", "d.cloudfront.net"))


def test_v8_starts_with_the_runtime_and_not_in_the_thread_of_the_first_request() -> None:
    """Else, on a processor with protection keys, the second function's context ended the edge by SIGSEGV."""
    program = """
from localcloud.edge.viewer_function import FunctionRuntime
from py_mini_racer import LibAlreadyInitializedError, init_mini_racer
FunctionRuntime()
try:
    init_mini_racer()
except LibAlreadyInitializedError:
    print("started")
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, timeout=60)
    assert ran.stdout == "started\n", ran.stderr


def test_a_request_that_is_returned_as_it_came_stays_as_it_was() -> None:
    asked = request(Cookie="x=1; y=2", X_Own="v")
    assert apply_to_request(asked, run("function handler(event) { return event.request; }", asked)) is None
    assert (asked.path, asked.query) == ("/p", "a=1&a=2&b")
    assert asked.headers.get("cookie") == "x=1; y=2"
    assert (asked.headers.get("x-own"), asked.headers.get("host")) == ("v", "site.test")


def test_the_event_has_the_documented_shape() -> None:
    event = viewer_request_event(request(Cookie="x=1"), "E1", "d.cloudfront.net")
    assert event["version"] == "1.0"
    assert event["context"]["distributionId"] == "E1"
    assert event["context"]["eventType"] == "viewer-request"
    assert event["viewer"] == {"ip": "192.0.2.1"}
    asked = event["request"]
    assert asked["querystring"]["a"] == {"value": "2", "multiValue": [{"value": "1"}, {"value": "2"}]}
    assert asked["querystring"]["b"] == {"value": ""}
    assert asked["cookies"] == {"x": {"value": "1"}}
    assert asked["headers"] == {"host": {"value": "site.test"}}


def test_a_rewritten_request() -> None:
    code = """function handler(event) {
      const r = event.request;
      r.uri = '/index.html'; r.querystring = { q: { value: 'z' } };
      r.headers['x-new'] = { value: 'n' }; delete r.headers['x-own']; r.cookies = { c: { value: '3' } };
      return r;
    }"""
    asked = request(X_Own="v")
    assert apply_to_request(asked, run(code, asked)) is None
    assert (asked.path, asked.query) == ("/index.html", "q=z")
    assert (asked.headers.get("x-new"), asked.headers.get("x-own")) == ("n", None)
    assert asked.headers.get("cookie") == "c=3"


def test_a_response_of_its_own() -> None:
    code = "async function handler() { return { statusCode: 403, body: { encoding: 'text', data: 'no' } }; }"
    response = apply_to_request(request(), run(code, request()))
    assert response is not None
    assert (response.status, list(response.body)) == (403, [b"no"])


def test_a_changed_response() -> None:
    response = buffered(200, [("Content-Type", "text/html")], b"body")
    event = viewer_response_event(request(), response, "E1", "d.cloudfront.net")
    code = "function handler(event) { event.response.headers['x-frame'] = { value: 'no' }; return event.response; }"
    apply_to_response(response, FunctionRuntime().run("arn", "1", code, event))
    assert response.headers.get("x-frame") == "no"
    assert response.headers.get("content-length") == "4"


@pytest.mark.parametrize(
    "code",
    [
        "function handler(event) { throw new Error('no'); }",
        "async function handler(event) { throw new Error('no'); }",
        "function handler(event) { return 7; }",
        "function handler(event) { }",
        "function other(event) { return event.request; }",
        "this is not JavaScript",
        "function handler(event) { while (true) { } }",
        "function handler(event) { setTimeout(() => 1, 1); return event.request; }",
        "function handler(event) { return eval('event.request'); }",
    ],
)
def test_a_function_that_cannot_run_is_503(code: str) -> None:
    with pytest.raises(EdgeError) as caught:
        run(code, request())
    assert caught.value.status == 503
    assert "could not run" in caught.value.cause


def test_the_host_cannot_be_changed() -> None:
    code = "function handler(event) { event.request.headers.host = { value: 'other' }; return event.request; }"
    asked = request()
    with pytest.raises(EdgeError, match="host, which is read-only"):
        apply_to_request(asked, run(code, asked))


def test_a_new_version_replaces_the_old_one() -> None:
    runtime, event = FunctionRuntime(), viewer_request_event(request(), "E1", "d.cloudfront.net")
    old = "function handler() { return { statusCode: 201 }; }"
    assert runtime.run("arn", "1", old, event) == {"statusCode": 201}
    assert runtime.run("arn", "2", old.replace("201", "202"), event) == {"statusCode": 202}
