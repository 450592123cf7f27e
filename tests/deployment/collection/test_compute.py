"""The modules of disks, snapshots and instances, the inventory and community.aws, against real machines."""

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from conftest import Player, SmallCloud

ZONE = "eu-central-1a"
INSTANCE = {
    "name": "web",
    "state": "running",
    "blueprint_id": "debian_12",
    "bundle_id": "nano_3_0",
    "availability_zone": ZONE,
    "key_pair_name": "key",
    "tags": {"environment": "trial", "role": "web, worker"},
    "auto_snapshots": True,
    "auto_snapshot_time": "03:00",
    "metadata_options": {"http_tokens": "required", "http_put_response_hop_limit": 2},
    "ip_address_type": "ipv4",
}
DISK = {
    "name": "data",
    "state": "attached",
    "size_gb": 8,
    "availability_zone": ZONE,
    "instance_name": "web",
    "path": "/dev/xvdf",
    "tags": {"environment": "trial"},
}


@pytest.fixture(scope="module")
def cloud(start_cloud: Any) -> Iterator["SmallCloud"]:
    with start_cloud("test-collection") as running:
        running.client.create_key_pair(keyPairName="key")
        yield running


def test_a_machine_with_a_disk_is_predicted_made_and_then_left_alone(player: "Player") -> None:
    tasks = (("instance", INSTANCE), ("disk", DISK))
    predicted = player.play(*tasks, check=True)
    assert player.changing() == []
    made = player.play(*tasks)
    assert player.changing() == ["CreateInstances", "UpdateInstanceMetadataOptions", "CreateDisk", "AttachDisk"]
    assert [result["actions"] for result in predicted] == [result["actions"] for result in made]
    instance, disk = made[0]["instance"], made[1]["disk"]
    assert instance["metadata_options"]["http_tokens"] == "required"
    assert (instance["auto_snapshot_time"], instance["ip_address_type"]) == ("03:00", "ipv4")
    assert (disk["state"], disk["attached_to"], disk["path"]) == ("in-use", "web", "/dev/xvdf")
    assert [result["changed"] for result in player.play(*tasks)] == [False, False]
    assert player.changing() == []
    player.cloud.run("web", "mkfs.ext4 -q /dev/xvdf; mkdir -p /srv/data; mount /dev/xvdf /srv/data")
    player.cloud.run("web", "echo letters > /srv/data/file; echo system > /root/file")


def test_what_can_change_is_changed_in_place(player: "Player") -> None:
    changed = INSTANCE | {
        "auto_snapshot_time": "04:00",
        "metadata_options": {"http_tokens": "optional"},
        "ip_address_type": "dualstack",
        "tags": {"environment": "trial", "role": "web"},
    }
    predicted, *_ = player.play(("instance", changed), check=True)
    (made,) = player.play(("instance", changed))
    assert predicted["diff"] == made["diff"]
    assert player.changing() == ["SetIpAddressType", "TagResource", "EnableAddOn", "UpdateInstanceMetadataOptions"]
    assert made["instance"]["metadata_options"]["http_put_response_hop_limit"] == 2
    (off,) = player.play(("instance", {"name": "web", "auto_snapshots": False}))
    assert off["instance"]["auto_snapshot_time"] is None
    player.play(("disk", {"name": "data", "auto_snapshots": True, "auto_snapshot_time": "05:00"}))
    (disk,) = player.play(("disk_info", {"tags": {"environment": "trial"}}))
    assert [found["auto_snapshot_time"] for found in disk["disks"]] == ["05:00"]
    assert player.changing() == ["DisableAddOn", "EnableAddOn"]


def test_what_cannot_change_is_told_with_what_to_do(player: "Player") -> None:
    for options, told in [
        ({**DISK, "size_gb": 16}, "size_gb is 8, wanted 16.*replace: true"),
        ({**DISK, "state": "detached"}, "stop the instance first"),
        ({"name": "none", "state": "present"}, "these are missing: size_gb, availability_zone"),
        ({"name": "data", "auto_snapshots": True, "auto_snapshot_time": "5"}, "no full hour"),
    ]:
        (refused,) = player.play(("disk", options), fails=True)
        assert re.search(told, refused["msg"]), refused["msg"]
        assert "\n" not in refused["msg"]
    assert player.changing() == []


def test_snapshots_are_taken_kept_and_restored(player: "Player") -> None:
    def snapshot(number: int, **options: Any) -> tuple[str, dict[str, Any]]:
        base = {
            "kind": "disk",
            "name": f"nightly-{number}",
            "source_name": "data",
            "keep_prefix": "nightly-",
            "keep": 2,
        }
        return ("snapshot", base | options)

    player.play(("snapshot", {"kind": "disk", "name": "by-hand", "source_name": "data"}))
    player.play(snapshot(1), snapshot(2))
    assert player.changing() == ["CreateDiskSnapshot"] * 3
    (predicted,) = player.play(snapshot(3), check=True)
    (made,) = player.play(snapshot(3))
    assert predicted["actions"] == made["actions"] == ["create_disk_snapshot", "delete_disk_snapshot"]
    assert (predicted["deleted"], made["deleted"]) == (["nightly-1"], ["nightly-1"])
    assert player.play(snapshot(3))[0]["changed"] is False
    assert player.changing() == ["CreateDiskSnapshot", "DeleteDiskSnapshot"]
    (listed,) = player.play(("snapshot_info", {"kind": "disk", "source_name": "data"}))
    assert [found["name"] for found in listed["snapshots"]] == ["by-hand", "nightly-2", "nightly-3"]
    (other,) = player.play(snapshot(3, source_name="else"), fails=True)
    assert "was taken of data, not of else" in other["msg"]

    player.play(("snapshot", {"kind": "instance", "name": "whole", "source_name": "web", "tags": {"why": "trial"}}))
    copy = {
        "name": "copy",
        "state": "running",
        "bundle_id": "nano_3_0",
        "availability_zone": ZONE,
        "snapshot_name": "whole",
        "tags": {"environment": "trial", "role": "worker"},
    }
    (restored,) = player.play(("instance", copy))
    assert restored["actions"] == ["create_instances_from_snapshot"]
    assert restored["instance"]["disks"] == ["copy-data"]
    assert (
        player.cloud.run("copy", "cat /root/file; mount /dev/xvdf /srv/data; cat /srv/data/file") == "system\nletters"
    )
    assert player.play(("instance", copy))[0]["changed"] is False
    player.play(("disk", {"name": "more", "size_gb": 9, "availability_zone": ZONE, "snapshot_name": "nightly-3"}))
    assert "CreateDiskFromSnapshot" in player.changing()


def test_ports_are_added_and_the_whole_list_is_set(player: "Player") -> None:
    base = [{"from_port": 22, "cidrs": ["192.0.2.0/24"], "cidr_list_aliases": ["lightsail-connect"]}, {"from_port": 80}]
    more = [{"from_port": 9090, "cidrs": ["192.0.2.7"]}, {"from_port": 22, "ipv6_cidrs": ["2001:db8::/32"]}]
    player.play(("public_ports", {"instance_name": "web", "ports": base}))
    added = ("public_ports", {"instance_name": "web", "ports": more, "purge": False})
    (result,) = player.play(added)
    assert [(port["from_port"], port["cidrs"]) for port in result["ports"]] == [
        (22, ["192.0.2.0/24"]),
        (80, ["0.0.0.0/0"]),
        (9090, ["192.0.2.7/32"]),
    ]
    assert result["ports"][0]["ipv6_cidrs"] == ["2001:db8::/32"]
    assert player.play(added)[0]["changed"] is False
    info, none = player.play(
        ("public_ports_info", {"instance_name": "web"}), ("public_ports_info", {"instance_name": "lost"})
    )
    assert info["ports"] == result["ports"]
    assert (none["ports"], none["exists"]) == ([], False)
    assert player.changing() == ["PutInstancePublicPorts"] * 2
    (unknown,) = player.play(
        ("public_ports", {"instance_name": "web", "ports": [{"from_port": 22, "cidr_list_aliases": ["all"]}]}),
        fails=True,
    )
    assert "lightsail-connect" in unknown["msg"]


def test_info_modules_list_and_change_nothing(player: "Player") -> None:
    player.play(("static_ip", {"name": "address", "state": "attached", "instance_name": "web"}))
    player.changing()
    used, unused, none, keys, instances = player.play(
        ("static_ip_info", {"instance_name": "web"}),
        ("static_ip_info", {"instance_name": ""}),
        ("static_ip_info", {"name": "lost"}),
        ("key_pair_info", {}),
        ("instance_info", {"tags": {"role": "worker"}}),
    )
    assert [found["name"] for found in used["static_ips"]] == ["address"]
    assert (unused["static_ips"], none["static_ips"]) == ([], [])
    assert [(key["name"], len(key["fingerprint"])) for key in keys["key_pairs"]] == [("key", 47)]
    assert [found["name"] for found in instances["instances"]] == ["copy"]
    assert player.changing() == []


def test_the_inventory_lists_by_tag_region_and_state(player: "Player") -> None:
    def listed(name: str = "a.lightsail.yml", **options: Any) -> Any:
        text = yaml.safe_dump({"plugin": "primetime.lightsail.lightsail", **options})
        (player.directory / name).write_text(text)
        result = player.inventory(name)
        assert result.returncode == 0, result.stderr
        # Text that was composed is marked as one that must not be templated again.
        return json.loads(result.stdout, object_hook=lambda found: found.get("__ansible_unsafe", found))

    everything = listed(tags={"environment": "trial"}, compose={"ansible_user": "lightsail_username"})
    hosts = everything["_meta"]["hostvars"]
    assert sorted(hosts) == ["copy", "web"]
    assert hosts["web"]["ansible_host"] == hosts["web"]["lightsail_public_ip_address"]
    assert (hosts["web"]["ansible_user"], hosts["web"]["lightsail_region"]) == ("admin", "eu-central-1")
    assert sorted(everything["environment_trial"]["hosts"]) == ["copy", "web"]
    assert everything["role_worker"]["hosts"] == ["copy"]
    assert everything["role_web"]["hosts"] == ["web"]

    private = listed(
        addresses=["private"],
        keyed_groups=[{"key": "lightsail_bundle_id", "prefix": "bundle"}],
        groups={"workers": "lightsail_tags.role == 'worker'"},
        environment_tag="",
    )
    assert private["_meta"]["hostvars"]["copy"]["ansible_host"] == hosts["copy"]["lightsail_private_ip_address"]
    assert sorted(private["bundle_nano_3_0"]["hosts"]) == ["copy", "web"]
    assert private["workers"]["hosts"] == ["copy"]
    assert "environment_trial" not in private
    assert listed(states=["stopped"])["_meta"]["hostvars"] == {}
    assert listed(regions=["us-east-1"])["_meta"]["hostvars"] == {}
    assert sorted(listed(regions=["us-east-1", "eu-central-1"])["_meta"]["hostvars"]) == ["copy", "web"]


def test_the_inventory_is_remembered(player: "Player") -> None:
    options = {
        "plugin": "primetime.lightsail.lightsail",
        "cache": True,
        "cache_plugin": "ansible.builtin.jsonfile",
        "cache_connection": str(player.directory / "cache"),
    }
    (player.directory / "lightsail.yml").write_text(yaml.safe_dump(options))
    first = player.inventory("lightsail.yml")
    assert first.returncode == 0, first.stderr
    # Nobody answers any more, and the hosts are the same.
    again = player.inventory("lightsail.yml", AWS_ENDPOINT_URL="http://127.0.0.1:9")
    assert json.loads(again.stdout) == json.loads(first.stdout)
    flushed = player.run(
        "ansible-inventory", "-i", "lightsail.yml", "--list", "--flush-cache", AWS_ENDPOINT_URL="http://127.0.0.1:9"
    )
    assert "can't be reached" in flushed.stderr.replace("\n", " ")
    assert json.loads(flushed.stdout)["_meta"]["hostvars"] == {}


def test_unmodified_community_modules_work(player: "Player") -> None:
    instance = {
        "name": "theirs",
        "zone": ZONE,
        "blueprint_id": "debian_12",
        "bundle_id": "nano_3_0",
        "key_pair_name": "key",
        "user_data": "echo launched > /root/launched",
        "public_ports": [
            {"from_port": 22, "to_port": 22, "protocol": "tcp", "cidrs": ["0.0.0.0/0"], "ipv6_cidrs": ["::/0"]}
        ],
    }
    made = player.play(
        ("community.aws.lightsail", instance),
        ("community.aws.lightsail_static_ip", {"name": "their-address"}),
        ("community.aws.lightsail_static_ip", {"name": "their-address"}),
        ("community.aws.lightsail_snapshot", {"snapshot_name": "their-copy", "instance_name": "theirs"}),
        ("community.aws.lightsail", {"name": "theirs", "state": "stopped"}),
        ("community.aws.lightsail", {"name": "theirs", "state": "running"}),
        ("community.aws.lightsail", {"name": "theirs", "state": "rebooted"}),
    )
    assert [result["changed"] for result in made] == [True, True, False, True, True, True, True]
    assert made[0]["instance"]["networking"]["ports"][0]["from_port"] == 22
    assert made[1]["static_ip"]["ip_address"] == made[2]["static_ip"]["ip_address"]
    assert made[3]["instance_snapshot"]["state"] == "available"
    assert made[5]["instance"]["state"]["name"] == "running"
    player.cloud.settle()
    gone = player.play(
        ("community.aws.lightsail_snapshot", {"snapshot_name": "their-copy", "state": "absent"}),
        ("community.aws.lightsail_static_ip", {"name": "their-address", "state": "absent"}),
        ("community.aws.lightsail", {"name": "theirs", "state": "absent"}),
    )
    assert [result["changed"] for result in gone] == [True, True, True]
    player.cloud.settle()


def test_all_of_it_goes(player: "Player") -> None:
    tasks = (
        ("static_ip", {"name": "address", "state": "absent"}),
        ("instance", {"name": "copy", "state": "absent"}),
        ("instance", {"name": "web", "state": "absent"}),
        *(("disk", {"name": name, "state": "absent"}) for name in ("data", "copy-data", "more")),
        *(
            ("snapshot", {"kind": "disk", "name": name, "state": "absent"})
            for name in ("by-hand", "nightly-2", "nightly-3")
        ),
        ("snapshot", {"kind": "instance", "name": "whole", "state": "absent"}),
    )
    assert {result["changed"] for result in player.play(*tasks)} == {True}
    player.changing()
    assert {result["changed"] for result in player.play(*tasks)} == {False}
    assert player.changing() == []
