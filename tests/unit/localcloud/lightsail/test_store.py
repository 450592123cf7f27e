import stat

import pytest
from pydantic import ValidationError

from localcloud.lightsail import cloud as c
from localcloud.lightsail.errors import InvalidInputException
from localcloud.lightsail.records import Account, Instance, InstanceState, KeyPair, StaticIp
from localcloud.lightsail.store import OPERATIONS_KEPT, Store
from localcloud.settings import Settings

SETTINGS = Settings.from_environment({"LOCALCLOUD_SUBNET": "10.9.0.0/24"})


def instance(name="web", private="10.9.0.2", public="10.9.0.200"):
    return Instance(
        name=name,
        region="eu-central-1",
        blueprint_id="debian_12",
        bundle_id="nano_3_0",
        key_pair="key",
        public_key="ssh-ed25519 AAAA",
        private_address=private,
        public_address=public,
    )


def test_what_was_written_is_read_again_by_the_next_process(tmp_path):
    with Store(tmp_path / "account.json").changing() as account:
        account.instances.append(instance())
        account.key_pairs.append(KeyPair(name="key", region="eu-central-1", public_key="x", fingerprint="y"))
    assert Store(tmp_path / "account.json").snapshot() == account


def test_a_change_that_fails_is_forgotten_whole(tmp_path):
    store = Store(tmp_path / "account.json")
    with store.changing() as account:
        account.instances.append(instance())
    before = (tmp_path / "account.json").read_bytes()
    with pytest.raises(InvalidInputException), store.changing() as account:
        account.instances[0].state = InstanceState.STOPPED
        raise InvalidInputException("no")
    assert store.snapshot().instances[0].state is InstanceState.PENDING
    assert (tmp_path / "account.json").read_bytes() == before


def test_the_file_holds_passwords_and_is_the_owners_alone(tmp_path):
    with Store(tmp_path / "account.json").changing():
        pass
    assert stat.S_IMODE((tmp_path / "account.json").stat().st_mode) == 0o600


def test_old_operations_are_dropped(tmp_path):
    store = Store(tmp_path / "account.json")
    with store.changing() as account:
        for _ in range(OPERATIONS_KEPT + 5):
            newest = c.succeeded(account, instance(), "StartInstance")
    kept = store.snapshot().operations
    assert len(kept) == OPERATIONS_KEPT
    assert kept[-1].id == newest.id


def test_a_file_of_another_shape_is_not_taken_for_an_account(tmp_path):
    (tmp_path / "account.json").write_text('{"instances": [{"name": "web"}]}')
    with pytest.raises(ValidationError):
        Store(tmp_path / "account.json")


def test_addresses_in_use_are_never_given_twice():
    account = Account()
    for number in range(60):
        private = c.free_private_address(account, SETTINGS)
        public = c.free_public_address(account, SETTINGS)
        account.instances.append(instance(f"web{number}", private, public))
    taken = [address for item in account.instances for address in (item.private_address, item.public_address)]
    assert len(set(taken)) == len(taken)
    assert str(SETTINGS.gateway) not in taken


def test_no_address_left_is_told(tmp_path):
    pool = SETTINGS.public_addresses
    account = Account(
        static_ips=[
            StaticIp(name=f"ip{n}", region="eu-central-1", address=str(address))
            for n, address in enumerate(pool.hosts())
        ]
    )
    with pytest.raises(Exception, match="taken"):
        c.free_public_address(account, SETTINGS)


def test_one_name_serves_one_resource_of_any_type():
    account = Account(static_ips=[StaticIp(name="prime-time", region="eu-central-1", address="10.9.0.200")])
    with pytest.raises(InvalidInputException, match="Some names are already in use: prime-time") as caught:
        c.check_names_free(account, "eu-central-1", ["other", "prime-time"])
    assert "StaticIp" in caught.value.tip
    c.check_names_free(account, "us-east-1", ["prime-time"])
