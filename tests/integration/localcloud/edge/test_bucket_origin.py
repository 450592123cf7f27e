"""The site in its private bucket, as the edge serves it."""

import gzip
import time
from typing import Any

PAGE = b"<html>" + b"Prime Time " * 200 + b"</html>"


def test_the_bucket_is_closed_without_a_policy(site: Any) -> None:
    site.put("index.html", PAGE, ContentType="text/html")
    reply = site.browser.get("/")
    assert reply.status == 403
    assert b"<Code>AccessDenied</Code>" in reply.body
    assert reply.headers["x-cache"] == "Error from cloudfront"


def test_a_policy_for_another_distribution_does_not_open_the_bucket(site: Any) -> None:
    site.put("index.html", PAGE, ContentType="text/html")
    site.allow("s3:GetObject", source="arn:aws:cloudfront::123456789012:distribution/EOTHER")
    assert site.browser.get("/").status == 403


def test_the_distributions_own_policy_opens_the_bucket(site: Any) -> None:
    site.put("index.html", PAGE, ContentType="text/html")
    site.allow("s3:GetObject")
    reply = site.browser.get("/")
    assert (reply.status, reply.body) == (200, PAGE)
    assert reply.headers["content-type"] == "text/html"
    assert reply.headers["server"] == "AmazonS3"
    assert "(CloudFront)" in reply.headers["via"]


def test_an_origin_without_access_control_is_anonymous(site: Any) -> None:
    site.put("index.html", PAGE, ContentType="text/html")
    site.allow("s3:GetObject")
    held = site.client("cloudfront").get_distribution_config(Id=site.distribution_id)["DistributionConfig"]
    held["Origins"]["Items"][0]["OriginAccessControlId"] = ""
    site.change(Origins=held["Origins"])
    assert site.browser.get("/").status == 403


def test_a_missing_file_is_refused_or_missing_by_what_the_policy_allows(site: Any) -> None:
    site.allow("s3:GetObject")
    assert site.browser.get("/missing.js").status == 403


def test_a_missing_file_is_404_for_who_may_list(site: Any) -> None:
    site.allow("s3:GetObject", "s3:ListBucket")
    reply = site.browser.get("/missing.js")
    assert reply.status == 404
    assert b"NoSuchKey" in reply.body


def test_the_published_function_gives_pages_of_the_site_the_index(site: Any) -> None:
    site.put("index.html", PAGE, ContentType="text/html")
    site.put("app.js", b"let a = 1;", ContentType="text/javascript")
    site.allow("s3:GetObject")
    assert site.browser.get("/articles/123?x=1").body == PAGE
    assert site.browser.get("/app.js").body == b"let a = 1;"


def test_a_change_of_the_function_counts_once_it_is_published(site: Any) -> None:
    site.allow("s3:GetObject")
    site.publish(b"""
    async function handler(event) {
      const seen = [event.version, event.context.eventType, event.request.method, event.request.uri,
                    event.request.querystring.a.value, event.request.headers['x-test'].value,
                    event.request.cookies.c.value, event.viewer.ip];
      return { statusCode: 302, statusDescription: 'Found',
               headers: { location: { value: '/elsewhere' }, 'x-seen': { value: seen.join(' ') } },
               cookies: { done: { value: 'yes', attributes: 'Path=/' } } };
    }""")
    reply = site.browser.get("/p/q?a=1", X_Test="t", Cookie="c=2")
    assert reply.status == 302
    assert reply.headers["location"] == "/elsewhere"
    assert reply.headers["x-seen"] == "1.0 viewer-request GET /p/q 1 t 2 127.0.0.1"
    assert reply.headers["set-cookie"] == "done=yes; Path=/"
    assert reply.headers["x-cache"] == "FunctionGeneratedResponse from cloudfront"


def test_a_function_that_fails_or_never_ends_is_503(site: Any) -> None:
    for code in (b"function handler(event) { return nothing.here; }", b"function handler() { while (true) {} }", b"}{"):
        site.publish(code)
        reply = site.browser.get("/")
        assert reply.status == 503
        assert reply.headers["x-cache"] == "FunctionExecutionError from cloudfront"


def test_a_second_request_is_a_hit_and_an_invalidation_ends_that(site: Any) -> None:
    site.put("index.html", PAGE, ContentType="text/html", CacheControl="max-age=600")
    site.put("other.html", b"other", ContentType="text/html", CacheControl="max-age=600")
    site.allow("s3:GetObject")
    assert site.browser.get("/").headers["x-cache"] == "Miss from cloudfront"
    site.browser.get("/other.html")
    site.put("index.html", b"new", ContentType="text/html")
    site.put("other.html", b"new other", ContentType="text/html")

    hit = site.browser.get("/")
    assert (hit.body, hit.headers["x-cache"]) == (PAGE, "Hit from cloudfront")
    assert int(hit.headers["age"]) >= 0

    site.invalidate("/index.html")
    missed = site.browser.get("/")
    assert (missed.body, missed.headers["x-cache"]) == (b"new", "Miss from cloudfront")
    assert site.browser.get("/other.html").body == b"other"
    site.invalidate("/*")
    assert site.browser.get("/other.html").body == b"new other"


def test_compressed_and_plain_are_kept_apart(site: Any) -> None:
    site.put("index.html", PAGE, ContentType="text/html", CacheControl="max-age=600")
    site.allow("s3:GetObject")
    plain = site.browser.get("/")
    packed = site.browser.get("/", Accept_Encoding="gzip, br")
    again = site.browser.get("/", Accept_Encoding="br, gzip;q=0.5")
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["etag"] == f"W/{plain.headers['etag']}"
    assert gzip.decompress(packed.body) == PAGE == gzip.decompress(again.body)
    assert again.headers["x-cache"] == "Hit from cloudfront"
    assert site.browser.get("/", Accept_Encoding="gzip;q=0").body == PAGE


def test_an_image_is_not_compressed(site: Any) -> None:
    site.put("map.png", b"\x89PNG" * 1000, ContentType="image/png")
    site.allow("s3:GetObject")
    reply = site.browser.get("/map.png", Accept_Encoding="gzip")
    assert "content-encoding" not in reply.headers
    assert reply.body == b"\x89PNG" * 1000


def test_what_the_viewer_has_is_304_and_a_part_is_206(site: Any) -> None:
    site.put("index.html", PAGE, ContentType="text/html", CacheControl="max-age=600")
    site.allow("s3:GetObject")
    tag = site.browser.get("/").headers["etag"]
    unchanged = site.browser.get("/", If_None_Match=tag)
    assert (unchanged.status, unchanged.body) == (304, b"")
    part = site.browser.get("/", Range="bytes=6-10")
    assert (part.status, part.body) == (206, PAGE[6:11])
    assert part.headers["content-range"] == f"bytes 6-10/{len(PAGE)}"


def test_a_part_of_what_is_not_cached_comes_from_the_bucket(site: Any) -> None:
    site.put("index.html", PAGE, ContentType="text/html")
    site.allow("s3:GetObject")
    part = site.browser.get("/", Range="bytes=0-5")
    assert (part.status, part.body) == (206, b"<html>")


def test_head_has_the_length_and_no_body(site: Any) -> None:
    site.put("index.html", PAGE, ContentType="text/html")
    site.allow("s3:GetObject")
    reply = site.browser.get("/", method="HEAD")
    assert (reply.status, reply.body) == (200, b"")
    assert reply.headers["content-length"] == str(len(PAGE))


def test_the_security_headers_are_on_pages_and_errors(site: Any) -> None:
    site.put("index.html", PAGE, ContentType="text/html")
    site.allow("s3:GetObject")
    for path in ("/", "/missing.js"):
        headers = site.browser.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "SAMEORIGIN"
        assert headers["strict-transport-security"] == "max-age=31536000"


def test_a_key_with_unusual_characters_is_found(site: Any) -> None:
    site.put("fonts/größe & co (1)+.txt", b"found", ContentType="text/plain")
    site.allow("s3:GetObject")
    assert site.browser.get("/fonts/gr%C3%B6%C3%9Fe%20&%20co%20(1)%2B.txt").body == b"found"


def test_a_method_that_the_behaviour_does_not_allow_is_403(site: Any) -> None:
    site.allow("s3:GetObject", "s3:PutObject")
    reply = site.browser.get("/index.html", method="PUT", body=b"overwritten")
    assert reply.status == 403
    assert b"not configured to allow the HTTP request method" in reply.body


def test_a_disabled_distribution_serves_nothing(site: Any) -> None:
    site.put("index.html", PAGE)
    site.allow("s3:GetObject")
    assert site.browser.get("/").status == 200
    site.change(Enabled=False)
    assert site.browser.get("/").status == 403


def test_a_distributions_own_error_page_takes_the_errors_place(site: Any) -> None:
    site.put("sorry.html", b"sorry", ContentType="text/html")
    site.allow("s3:GetObject")
    rule = {"ErrorCode": 403, "ResponsePagePath": "/sorry.html", "ResponseCode": "404", "ErrorCachingMinTTL": 0}
    site.change(CustomErrorResponses={"Quantity": 1, "Items": [rule]})
    reply = site.browser.get("/missing.js")
    assert (reply.status, reply.body) == (404, b"sorry")


def test_an_unknown_name_among_several_distributions_is_refused(site: Any) -> None:
    site.client("cloudfront").create_distribution(
        DistributionConfig={
            "CallerReference": f"second of {site.bucket}",
            "Comment": "",
            "Enabled": True,
            "Origins": {
                "Quantity": 1,
                "Items": [
                    {
                        "Id": "other",
                        "DomainName": "other.s3.amazonaws.com",
                        "S3OriginConfig": {"OriginAccessIdentity": ""},
                    }
                ],
            },
            "DefaultCacheBehavior": {
                "TargetOriginId": "other",
                "ViewerProtocolPolicy": "allow-all",
                "CachePolicyId": "658327ea-f89d-4fab-a63d-7e88639e58f6",
            },
        }
    )
    site.browser.host = "unknown.example.org"
    reply = site.browser.get("/")
    assert reply.status == 403
    assert b"no distribution at the endpoint answers to unknown.example.org" in reply.body


def test_the_only_distribution_answers_to_any_name(site: Any) -> None:
    site.put("index.html", PAGE, ContentType="text/html")
    site.allow("s3:GetObject")
    site.browser.host = "localhost:8080"
    assert site.browser.get("/").body == PAGE


def test_an_expired_page_is_asked_about_and_kept_when_it_has_not_changed(site: Any) -> None:
    site.put("index.html", PAGE, ContentType="text/html", CacheControl="max-age=1")
    site.allow("s3:GetObject")
    assert site.browser.get("/").headers["x-cache"] == "Miss from cloudfront"
    time.sleep(1.1)
    renewed = site.browser.get("/")
    assert (renewed.body, renewed.headers["x-cache"]) == (PAGE, "RefreshHit from cloudfront")
