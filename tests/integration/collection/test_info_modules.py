"""What the information modules find: everything, what a name or tags choose, nothing where nothing is so called."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conftest import Region

ZONE = "eu-central-1a"
TAGS = {"environment": "trial"}
MADE: list[tuple[str, dict[str, Any]]] = [
    ("instance", {"name": "one", "tags": TAGS}),
    ("disk", {"name": "data", "size_gb": 8, "availability_zone": ZONE, "tags": TAGS}),
    ("disk", {"name": "spare", "size_gb": 16, "availability_zone": ZONE}),
    ("static_ip", {"name": "ip", "state": "attached", "instance_name": "one"}),
    ("static_ip", {"name": "free"}),
    ("snapshot", {"kind": "disk", "name": "data-1", "source_name": "data", "tags": TAGS}),
    ("snapshot", {"kind": "disk", "name": "spare-1", "source_name": "spare"}),
    ("snapshot", {"kind": "instance", "name": "one-1", "source_name": "one"}),
    ("public_ports", {"instance_name": "one", "ports": [{"from_port": 443, "cidrs": ["192.0.2.0/24"]}]}),
    (
        "database",
        {
            "name": "db",
            "blueprint_id": "postgres_17",
            "bundle_id": "micro_2_0",
            "availability_zone": ZONE,
            "database_name": "prime_time",
            "master_username": "primetime",
            "master_password": "a-password-of-the-test",
            "tags": TAGS,
        },
    ),
]
# What is asked, under which key it is answered, and the names that are found.
ASKED: list[tuple[str, dict[str, Any], str, list[str]]] = [
    ("instance_info", {}, "instances", ["one", "two"]),
    ("instance_info", {"name": "two"}, "instances", ["two"]),
    ("instance_info", {"tags": TAGS}, "instances", ["one"]),
    ("instance_info", {"name": "two", "tags": TAGS}, "instances", []),
    ("disk_info", {}, "disks", ["data", "spare"]),
    ("disk_info", {"name": "spare"}, "disks", ["spare"]),
    ("disk_info", {"name": "none"}, "disks", []),
    ("disk_info", {"tags": TAGS}, "disks", ["data"]),
    ("disk_info", {"tags": {"environment": "else"}}, "disks", []),
    ("key_pair_info", {}, "key_pairs", ["key"]),
    ("key_pair_info", {"name": "key"}, "key_pairs", ["key"]),
    ("key_pair_info", {"name": "none"}, "key_pairs", []),
    ("static_ip_info", {}, "static_ips", ["free", "ip"]),
    ("static_ip_info", {"name": "free"}, "static_ips", ["free"]),
    ("static_ip_info", {"instance_name": "one"}, "static_ips", ["ip"]),
    ("static_ip_info", {"name": "none"}, "static_ips", []),
    ("snapshot_info", {"kind": "disk"}, "snapshots", ["data-1", "spare-1"]),
    ("snapshot_info", {"kind": "disk", "source_name": "spare"}, "snapshots", ["spare-1"]),
    ("snapshot_info", {"kind": "disk", "tags": TAGS}, "snapshots", ["data-1"]),
    ("snapshot_info", {"kind": "instance"}, "snapshots", ["one-1"]),
    ("snapshot_info", {"kind": "database"}, "snapshots", []),
    ("snapshot_info", {"kind": "instance", "name": "data-1"}, "snapshots", []),
    ("database_info", {}, "databases", ["db"]),
    ("database_info", {"name": "db", "tags": TAGS}, "databases", ["db"]),
    ("database_info", {"name": "none"}, "databases", []),
    ("load_balancer_info", {}, "load_balancers", []),
]


def test_what_is_there_is_found_by_name_by_tags_and_all_together(region: "Region") -> None:
    region.play(*MADE)
    region.changing()
    asked = [(module, options) for module, options, _key, _names in ASKED]
    ports = [("public_ports_info", {"instance_name": name}) for name in ("one", "two", "none")]
    *answers, opened, default, nowhere = region.play(*asked, *ports)
    assert region.changing() == []
    *predicted, _opened, _default, _nowhere = region.play(*asked, *ports, check=True)
    for (_module, _options, key, _names), answer, same in zip(ASKED, answers, predicted, strict=True):
        assert same[key] == answer[key]
    for (module, options, key, names), answer in zip(ASKED, answers, strict=True):
        assert answer["changed"] is False
        assert [found["name"] for found in answer[key]] == names, (module, options)
    disk = answers[5]["disks"][0]
    assert (disk["size_gb"], disk["state"], disk["attached_to"], disk["tags"]) == (16, "available", "", {})
    (address,) = answers[14]["static_ips"]
    assert address["attached_to"] == "one"
    assert "a-password-of-the-test" not in str(answers)
    (port,) = opened["ports"]
    assert (opened["exists"], port["from_port"], port["cidrs"]) == (True, 443, ["192.0.2.0/24"])
    assert (default["exists"], len(default["ports"]) > 1) == (True, True)
    assert (nowhere["exists"], nowhere["ports"]) == (False, [])
