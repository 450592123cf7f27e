"""The API on its own server, as the edge reaches it."""

import http.client
import socket
from itertools import pairwise
from typing import Any

import pytest


def test_the_origin_gets_the_request_with_its_own_host_and_the_secret_header(site: Any, origin: Any) -> None:
    site.browser.get("/api/articles?q=a%20b&page=2", Cookie="session=1", Authorization="Bearer x", X_Other="y")
    [seen] = origin.seen
    assert (seen["method"], seen["path"]) == ("GET", "/api/articles?q=a%20b&page=2")
    headers = seen["headers"]
    assert headers["x-origin-verify"] == "secret"
    assert headers["host"] == f"origin.{site.bucket}.test"
    assert headers["cookie"] == "session=1"
    assert headers["authorization"] == "Bearer x"
    assert headers["x-other"] == "y"
    assert headers["x-forwarded-for"] == "127.0.0.1"
    assert "(CloudFront)" in headers["via"]


def test_a_viewer_cannot_choose_the_secret_header_itself(site: Any, origin: Any) -> None:
    site.browser.get("/api/x", X_Origin_Verify="guessed")
    assert origin.seen[0]["headers"]["x-origin-verify"] == "secret"


def test_a_viewers_own_forwarded_addresses_stay_in_front(site: Any, origin: Any) -> None:
    site.browser.get("/api/x", X_Forwarded_For="203.0.113.7")
    assert origin.seen[0]["headers"]["x-forwarded-for"] == "203.0.113.7, 127.0.0.1"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_bodies_reach_the_origin(site: Any, origin: Any, method: str) -> None:
    reply = site.browser.get("/api/x", method=method, body=b"a" * 100_000)
    assert (reply.status, reply.json["method"]) == (200, method)
    assert origin.seen[0]["body"] == "a" * 100_000


def test_a_body_of_unknown_length_reaches_the_origin(site: Any, origin: Any) -> None:
    reply = site.browser.get("/api/x", method="POST", body=iter([b"one ", b"two"]))
    assert reply.status == 200
    assert origin.seen[0]["body"] == "one two"


def test_errors_of_the_api_come_through_untouched(site: Any, origin: Any) -> None:
    problem = b'{"title": "not found"}'
    origin.answers["/api/none"] = (404, {"Content-Type": "application/problem+json"}, problem)
    reply = site.browser.get("/api/none")
    assert (reply.status, reply.body) == (404, problem)
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.headers["x-cache"] == "Error from cloudfront"


def test_cookies_come_back_and_nothing_is_kept(site: Any, origin: Any) -> None:
    origin.answers["/api/session"] = (200, {"Set-Cookie": "primetime_session=1; HttpOnly"}, b"{}")
    for _ in range(2):
        reply = site.browser.get("/api/session")
        assert reply.headers["set-cookie"] == "primetime_session=1; HttpOnly"
        assert reply.headers["x-cache"] == "Miss from cloudfront"
    assert len(origin.seen) == 2


def test_a_cached_behaviour_keeps_what_the_origin_allows_and_shares_no_cookie(site: Any, origin: Any) -> None:
    origin.answers["/api/cached/a"] = (200, {"Cache-Control": "max-age=60", "Set-Cookie": "one=1"}, b"a")
    first = site.browser.get("/api/cached/a", Cookie="one=0")
    second = site.browser.get("/api/cached/a")
    assert (first.headers["x-cache"], second.headers["x-cache"]) == ("Miss from cloudfront", "Hit from cloudfront")
    assert "set-cookie" not in first.headers
    assert len(origin.seen) == 1
    assert "cookie" not in origin.seen[0]["headers"]
    assert site.browser.get("/api/cached/a", method="POST").status == 403


def test_an_error_is_not_cached(site: Any, origin: Any) -> None:
    origin.answers["/api/cached/b"] = (500, {"Cache-Control": "max-age=60"}, b"failed")
    assert site.browser.get("/api/cached/b").status == 500
    origin.answers["/api/cached/b"] = (200, {}, b"works")
    assert site.browser.get("/api/cached/b").body == b"works"


def test_an_event_arrives_before_the_next_one_is_sent(site: Any, origin: Any) -> None:
    response = site.browser.open("GET", "/api/stream")
    assert response.getheader("content-type") == "text/event-stream"
    assert response.read1(1000) == b"data: first\n\n"
    origin.step.set()
    assert response.read() == b"data: second\n\n"


def test_an_answer_that_breaks_off_is_seen_to_break_off(site: Any) -> None:
    response = site.browser.open("GET", "/api/broken")
    with pytest.raises(http.client.IncompleteRead):
        response.read()


def test_an_origin_that_takes_too_long_is_504(site: Any) -> None:
    reply = site.browser.get("/api/slow")
    assert reply.status == 504
    assert b"did not answer in time" in reply.body
    assert reply.headers["x-cache"] == "Error from cloudfront"


def test_an_origin_that_is_not_there_is_502(site: Any, client: Any) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    held = client("cloudfront").get_distribution_config(Id=site.distribution_id)["DistributionConfig"]
    held["Origins"]["Items"][1]["CustomOriginConfig"]["HTTPPort"] = port
    site.change(Origins=held["Origins"])
    reply = site.browser.get("/api/x")
    assert reply.status == 502
    assert b"Generated by cloudfront" in reply.body


def test_an_origin_that_nobody_knows_is_502(site: Any, client: Any) -> None:
    held = client("cloudfront").get_distribution_config(Id=site.distribution_id)["DistributionConfig"]
    held["Origins"]["Items"][1]["DomainName"] = "nobody.invalid"
    site.change(Origins=held["Origins"])
    reply = site.browser.get("/api/x")
    assert reply.status == 502
    assert b"wasn&#x27;t able to resolve the origin domain name" in reply.body


def test_an_alias_of_an_alias_is_followed(site: Any, client: Any, origin: Any) -> None:
    zone = next(z for z in client("route53").list_hosted_zones()["HostedZones"] if z["Name"] == f"{site.bucket}.test.")
    alias = {"Type": "CNAME", "TTL": 60}
    names = ["first", "second", "origin"]
    for name, target in pairwise(f"{name}.{site.bucket}.test" for name in names):
        record = alias | {"Name": name, "ResourceRecords": [{"Value": target}]}
        client("route53").change_resource_record_sets(
            HostedZoneId=zone["Id"], ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
        )
    held = client("cloudfront").get_distribution_config(Id=site.distribution_id)["DistributionConfig"]
    held["Origins"]["Items"][1]["DomainName"] = f"first.{site.bucket}.test"
    site.change(Origins=held["Origins"])
    assert site.browser.get("/api/x").status == 200
    assert origin.seen[0]["headers"]["host"] == f"first.{site.bucket}.test"


def test_one_connection_carries_many_requests(site: Any) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", site.browser.port, timeout=20)
    for number in range(3):
        connection.request("POST", f"/api/{number}", body=b"x" * 10, headers={"Host": site.browser.host})
        response = connection.getresponse()
        assert b'"body": "xxxxxxxxxx"' in response.read()
    connection.close()


def send_raw(site: Any, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", site.browser.port), timeout=20) as connection:
        connection.sendall(request.replace(b"HOST", site.browser.host.encode()))
        answered = b""
        while piece := connection.recv(65_536):
            answered += piece
    return answered


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"POST /api/x HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\n\r\nnot a size\r\n",
        b"POST /api/x HTTP/1.1\r\nHost: HOST\r\nContent-Length: many\r\n\r\n",
        b"nonsense\r\n\r\n",
    ],
)
def test_a_malformed_request_is_400(site: Any, request_bytes: bytes) -> None:
    answered = send_raw(site, request_bytes)
    assert b" 400 " in answered.splitlines()[0] or b"Error code: 400" in answered


def test_a_refused_body_is_not_taken_for_the_next_request(site: Any) -> None:
    head = b"POST / HTTP/1.1\r\nHost: HOST\r\nContent-Length: 30\r\n\r\n"
    answered = send_raw(site, head + b"GET /api/smuggled HTTP/1.1\r\n\r\n")
    assert answered.count(b"HTTP/1.1 ") == 1
    assert answered.startswith(b"HTTP/1.1 403")
