"""The modules of CloudFront against localcloud's control plane."""

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import boto3
import pytest

if TYPE_CHECKING:
    from conftest import Endpoint

CODE = "function handler(event) { return event.request; }"
OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
SECRET = "a-secret-nobody-may-see"


def task(module: str, *, register: str = "result", **options: Any) -> dict[str, Any]:
    return {f"primetime.lightsail.{module}": options, "register": register}


@pytest.fixture
def name() -> str:
    return f"site-{uuid4().hex[:8]}"


def site(name: str, *, code: str = CODE, **options: Any) -> list[dict[str, Any]]:
    """The tasks that make a whole site's edge."""
    distribution = {
        "caller_reference": name,
        "comment": name,
        "default_root_object": "index.html",
        "price_class": "PriceClass_100",
        "tags": {"environment": "test"},
        "origins": [
            {
                "id": "site",
                "domain_name": f"{name}.s3.eu-central-1.amazonaws.com",
                "origin_access_control_id": "{{ access.id }}",
            },
            {
                "id": "api",
                "domain_name": "origin.example.org",
                "custom_origin": {"protocol_policy": "http-only"},
                "custom_headers": {"X-Origin-Verify": SECRET},
            },
        ],
        "default_cache_behavior": {
            "target_origin_id": "site",
            "cache_policy_id": OPTIMIZED,
            "function_associations": [{"event_type": "viewer-request", "function_arn": "{{ pages.arn }}"}],
        },
        "cache_behaviors": [
            {
                "path_pattern": "/api/*",
                "target_origin_id": "api",
                "allowed_methods": ["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
                "cache_policy_id": DISABLED,
            }
        ],
    }
    return [
        task("origin_access_control", name=name, register="access"),
        task("cloudfront_function", name=name, code=code, register="pages"),
        task("distribution", **{**distribution, **options}),
    ]


def operations(results: list[dict[str, Any]]) -> list[list[str]]:
    return [result["actions"] for result in results]


def test_check_mode_predicts_and_a_second_run_makes_no_call(cloudfront: "Endpoint", name: str) -> None:
    predicted = cloudfront.play(*site(name), check=True)
    assert cloudfront.front.changing() == []
    made = cloudfront.play(*site(name))
    assert operations(predicted) == operations(made) != [[], [], []]
    cloudfront.front.changing()
    again = cloudfront.play(*site(name))
    assert cloudfront.front.changing() == []
    assert [result["changed"] for result in again] == [False, False, False]
    assert again[2]["id"] == made[2]["id"] != ""
    assert again[2]["domain_name"].endswith(".cloudfront.net")


def test_a_change_in_one_place_is_one_call(cloudfront: "Endpoint", name: str) -> None:
    cloudfront.play(*site(name))
    changed = cloudfront.play(*site(name, default_root_object="start.html"))
    assert operations(changed) == [[], [], ["update_distribution"]]
    config = changed[2]["distribution"]["config"]
    assert config["DefaultRootObject"] == "start.html"
    assert config["PriceClass"] == "PriceClass_100"
    republished = cloudfront.play(*site(name, code=CODE + "\n// new", default_root_object="start.html"))
    assert operations(republished) == [[], ["update_function", "publish_function"], []]
    function = republished[1]["function"]
    assert function["sha256"] == function["live_sha256"]


def test_a_secret_header_arrives_and_is_never_shown(cloudfront: "Endpoint", name: str) -> None:
    results = cloudfront.play(*site(name))
    other = cloudfront.play(*site(name)[:2], *site(name, origins=rotated(site(name)))[2:])
    (found,) = cloudfront.play(task("distribution_info", caller_reference=name))
    assert other[2]["actions"] == ["update_distribution"]
    shown = str([results, other, found])
    assert SECRET not in shown
    assert "another-secret" not in shown
    assert "X-Origin-Verify" in shown


def rotated(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    first, second = tasks[2]["primetime.lightsail.distribution"]["origins"]
    return [first, {**second, "custom_headers": {"X-Origin-Verify": "another-secret"}}]


def test_what_is_not_given_stays(cloudfront: "Endpoint", name: str) -> None:
    cloudfront.play(*site(name))
    cloudfront.front.changing()
    (result,) = cloudfront.play(task("distribution", caller_reference=name))
    assert result["changed"] is False
    assert len(result["distribution"]["config"]["Origins"]) == 2
    assert cloudfront.front.changing() == []


def test_an_invalidation_happens_once_a_reference(cloudfront: "Endpoint", name: str) -> None:
    made = cloudfront.play(*site(name))
    forget = task("invalidation", distribution_id=made[2]["id"], caller_reference="r1", wait=True)
    cloudfront.front.changing()
    (predicted,) = cloudfront.play(forget, check=True)
    assert cloudfront.front.changing() == []
    (done,) = cloudfront.play(forget)
    assert predicted["actions"] == done["actions"] == ["create_invalidation"]
    assert done["invalidation"]["status"] == "Completed"
    assert len(cloudfront.front.changing()) == 1
    (again,) = cloudfront.play(forget)
    assert again["changed"] is False
    assert cloudfront.front.changing() == []


def test_absent_takes_it_all_away_and_then_makes_no_call(cloudfront: "Endpoint", name: str) -> None:
    cloudfront.play(*site(name))
    gone = [
        task("distribution", caller_reference=name, state="absent"),
        task("cloudfront_function", name=name, state="absent"),
        task("origin_access_control", name=name, state="absent"),
    ]
    assert operations(cloudfront.play(*gone)) == [
        ["update_distribution", "delete_distribution"],
        ["delete_function"],
        ["delete_origin_access_control"],
    ]
    cloudfront.front.changing()
    assert operations(cloudfront.play(*gone)) == [[], [], []]
    assert cloudfront.front.changing() == []
    (found,) = cloudfront.play(task("distribution_info", caller_reference=name))
    assert found["distributions"] == []


def test_what_is_made_with_its_reply_lost_is_made_once(cloudfront: "Endpoint", name: str) -> None:
    front, api = cloudfront.front, "/2020-05-31"
    kinds = ("origin-access-control", "function", "distribution")
    front.lose = [f"POST {api}/{kind}" for kind in kinds]
    made = cloudfront.play(*site(name))
    assert front.lose == []
    assert operations(made) == [
        ["create_origin_access_control"],
        ["create_function", "publish_function"],
        ["create_distribution_with_tags"],
    ]
    front.changing()
    distribution = made[2]["id"]
    front.lose = [f"POST {api}/distribution/{distribution}/invalidation"]
    emptied = task("invalidation", distribution_id=distribution, caller_reference=name, paths=["/"])
    (found, _) = cloudfront.play(task("distribution_info", caller_reference=name), emptied)
    assert front.lose == []
    assert [one["id"] for one in found["distributions"]] == [distribution]
    client = boto3.client(
        "cloudfront",
        endpoint_url=cloudfront.url,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    counts = {
        "controls": client.list_origin_access_controls()["OriginAccessControlList"]["Items"],
        "functions": client.list_functions(Stage="LIVE")["FunctionList"]["Items"],
        "distributions": client.list_distributions()["DistributionList"]["Items"],
    }
    named = {kind: sum(name in (one.get("Name"), one.get("Comment")) for one in all_) for kind, all_ in counts.items()}
    assert named == {"controls": 1, "functions": 1, "distributions": 1}
    assert client.list_invalidations(DistributionId=distribution)["InvalidationList"]["Quantity"] == 1
    front.changing()
    assert operations(cloudfront.play(*site(name), emptied)) == [[]] * 4
    assert front.changing() == []


def test_lost_replies_to_updates_and_deletions_are_taken_as_done(cloudfront: "Endpoint", name: str) -> None:
    policy = task("cache_policy", name=name, comment="first")
    made = cloudfront.play(*site(name), policy)
    changed = [*site(name, code=CODE + "\n// new", default_root_object="start.html"), {**policy}]
    changed[0] = task("origin_access_control", name=name, description="new", register="access")
    changed[3] = task("cache_policy", name=name, comment="second")
    front, api = cloudfront.front, "/2020-05-31"
    access, _, distribution, cache = made
    lost = [
        f"PUT {api}/origin-access-control/{access['id']}/config",
        f"PUT {api}/function/{name}",
        f"POST {api}/function/{name}/publish",
        f"PUT {api}/distribution/{distribution['id']}/config",
        f"PUT {api}/cache-policy/{cache['id']}",
    ]
    front.lose = list(lost)
    results = cloudfront.play(*changed)
    assert front.lose == []
    assert operations(results) == [
        ["update_origin_access_control"],
        ["update_function", "publish_function"],
        ["update_distribution"],
        ["update_cache_policy"],
    ]
    assert results[2]["distribution"]["config"]["DefaultRootObject"] == "start.html"
    front.changing()
    assert operations(cloudfront.play(*changed)) == [[], [], [], []]
    assert front.changing() == []
    # To switch off what is to be deleted is an update too.
    front.lose = [lost[3], f"DELETE {api}/distribution/{distribution['id']}", f"DELETE {api}/function/{name}"]
    gone = [task("distribution", caller_reference=name, state="absent")]
    gone += [task(module, name=name, state="absent") for module in ("cloudfront_function", "cache_policy")]
    assert operations(cloudfront.play(*gone)) == [
        ["update_distribution", "delete_distribution"],
        ["delete_function"],
        ["delete_cache_policy"],
    ]
    assert front.lose == []


def test_what_is_in_use_is_refused_in_one_line(cloudfront: "Endpoint", name: str) -> None:
    cloudfront.play(*site(name))
    (result,) = cloudfront.play(task("origin_access_control", name=name, state="absent"), fails=True)
    assert "DeleteOriginAccessControl was refused" in result["msg"]
    assert "\n" not in result["msg"]


def test_a_distribution_that_cannot_be_made_says_what_is_missing(cloudfront: "Endpoint", name: str) -> None:
    (result,) = cloudfront.play(task("distribution", caller_reference=name), fails=True)
    assert "these are missing: origins, default_cache_behavior" in result["msg"]
    assert cloudfront.front.changing() == []
