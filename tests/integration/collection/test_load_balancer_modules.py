"""The modules of load balancers against localcloud's Lightsail; machines and HAProxy are stood in for."""

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Region

BALANCER = {
    "name": "web",
    "instance_port": 8000,
    "health_check_path": "/health",
    "instances": ["one", "two"],
    "session_stickiness": True,
    "tls_policy": "TLS-FS-Res-1-2-2019-08",
    "tags": {"environment": "test"},
}
CERTIFICATE = {
    "name": "site",
    "load_balancer_name": "web",
    "domain_name": "example.org",
    "alternative_names": ["www.example.org"],
}


def test_a_balancer_is_predicted_made_and_then_left_alone(region: "Region") -> None:
    task = ("load_balancer", BALANCER)
    (predicted,) = region.play(task, check=True)
    assert region.changing() == []
    (made,) = region.play(task)
    assert region.changing() == [
        "CreateLoadBalancer",
        "UpdateLoadBalancerAttribute",
        "AttachInstancesToLoadBalancer",
    ]
    assert predicted["actions"] == made["actions"]
    assert predicted["diff"] == made["diff"]
    shown = made["load_balancer"]
    assert (shown["state"], shown["instances"], shown["session_stickiness"]) == ("active", ["one", "two"], True)
    assert shown["dns_name"]

    changed = {**BALANCER, "instances": ["two"], "session_stickiness": False}
    again, moved, kept = region.play(task, ("load_balancer", changed), ("load_balancer", {"name": "web"}))
    assert [again["changed"], kept["changed"]] == [False, False]
    assert moved["actions"] == ["update_load_balancer_attribute", "detach_instances_from_load_balancer"]
    assert len(region.changing()) == 2
    (found,) = region.play(("load_balancer_info", {"tags": {"environment": "test"}}))
    assert [(one["name"], one["instances"], one["certificates"]) for one in found["load_balancers"]] == [
        ("web", ["two"], [])
    ]
    gone, nothing = region.play(*[("load_balancer", {"name": "web", "state": "absent"})] * 2)
    assert (gone["actions"], nothing["actions"]) == (["delete_load_balancer"], [])
    assert region.changing() == ["DeleteLoadBalancer"]


def test_lost_replies_and_throttling_make_nothing_twice(region: "Region") -> None:
    front = region.endpoint.front
    front.throttle = 3
    front.lose += [
        "CreateLoadBalancer",
        "UpdateLoadBalancerAttribute",
        "AttachInstancesToLoadBalancer",
        "CreateLoadBalancerTlsCertificate",
    ]
    region.play(("load_balancer", BALANCER), ("load_balancer_certificate", CERTIFICATE))
    assert front.lose == []
    with region.cloud.store.reading() as account:
        (balancer,), (certificate,) = account.load_balancers, account.load_balancer_tls_certificates
        assert balancer.instances == ["one", "two"]
        assert certificate.load_balancer == "web"
    front.lose += ["DetachInstancesFromLoadBalancer", "DeleteLoadBalancerTlsCertificate", "DeleteLoadBalancer"]
    certificate_gone = {"name": "site", "load_balancer_name": "web", "state": "absent"}
    region.play(
        ("load_balancer", {"name": "web", "instances": ["one"]}),
        ("load_balancer_certificate", certificate_gone),
        ("load_balancer", {"name": "web", "state": "absent"}),
    )
    assert front.lose == []
    with region.cloud.store.reading() as account:
        assert (account.load_balancers, account.load_balancer_tls_certificates) == ([], [])


def test_a_certificate_is_asked_for_proven_and_attached(region: "Region") -> None:
    region.play(("load_balancer", {"name": "web", "instance_port": 8000}))
    region.changing()
    asked, attached = ("load_balancer_certificate", CERTIFICATE), {**CERTIFICATE, "state": "attached"}
    attached["https_redirect"] = True
    predicted, predicted_attached = region.play(asked, ("load_balancer_certificate", attached), check=True)
    assert region.changing() == []
    assert predicted["actions"] == ["create_load_balancer_tls_certificate"]
    (made,) = region.play(asked)
    records = made["certificate"]["validation_records"]
    assert (made["certificate"]["status"], len(records)) == ("PENDING_VALIDATION", 2)
    (hasty,) = region.play(("load_balancer_certificate", {**attached, "wait_timeout": 1}), fails=True)
    assert "was not ready after 1 s" in hasty["msg"]

    # The records come while the task waits.
    proven = {record["name"].rstrip("."): [record["value"].rstrip(".")] for record in records}
    timer = threading.Timer(2, region.names.update, [proven])
    timer.start()
    done, again = region.play(*[("load_balancer_certificate", attached)] * 2)
    timer.join()
    assert done["actions"] == ["attach_load_balancer_tls_certificate", "update_load_balancer_attribute"]
    assert predicted_attached["actions"] == [*predicted["actions"], *done["actions"]]
    assert (done["certificate"]["attached"], done["certificate"]["https_redirect"]) == (True, True)
    assert again["changed"] is False
    (found,) = region.play(("load_balancer_info", {"name": "web"}))
    (shown,) = found["load_balancers"]
    assert (shown["protocol"], shown["public_ports"], shown["https_redirect"]) == ("HTTP_HTTPS", [80, 443], True)
    assert shown["certificates"][0]["status"] == "ISSUED"

    (refused,) = region.play(
        ("load_balancer_certificate", {**attached, "state": "absent", "https_redirect": None}), fails=True
    )
    assert "attached to web" in refused["msg"]


REFUSED = [
    ("load_balancer", {"name": "new"}, "instance_port is missing"),
    ("load_balancer", {"name": "key", "instance_port": 80}, "the name is taken"),
    ("load_balancer", {"name": "web", "instance_port": 9000}, "instance_port is 8000, wanted 9000"),
    ("load_balancer", {"name": "web", "tls_policy": "TLS-FS-1-2"}, "the nearest are: TLS-FS-Res-1-2-2019-08"),
    ("load_balancer", {"name": "web", "instances": ["three"]}, "does not exist: three"),
    ("load_balancer_certificate", {**CERTIFICATE, "load_balancer_name": "none"}, "does not exist: none"),
    ("load_balancer_certificate", {**CERTIFICATE, "https_redirect": True}, "needs a certificate that is attached"),
]


def test_what_cannot_be_is_refused_in_one_line(region: "Region") -> None:
    tasks = [{f"primetime.lightsail.{name}": options, "ignore_errors": True} for name, options, _ in REFUSED]
    create = {"primetime.lightsail.load_balancer": {"name": "web", "instance_port": 8000}}
    _, *results = region.endpoint.play(create, *tasks)
    for (name, _options, words), result in zip(REFUSED, results, strict=True):
        assert result["failed"], name
        assert words in result["msg"]
        assert "\n" not in result["msg"]
    # What is refused by the service itself has been asked of it once.
    assert region.changing() == [
        "CreateLoadBalancer",
        "CreateLoadBalancer",
        "AttachInstancesToLoadBalancer",
        "CreateLoadBalancerTlsCertificate",
    ]
