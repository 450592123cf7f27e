"""Key pairs: made here or imported; the private half is answered once and kept nowhere."""

from __future__ import annotations

import base64
import binascii
import hashlib

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from localcloud.lightsail import cloud as c
from localcloud.lightsail.cloud import Cloud, Members
from localcloud.lightsail.errors import InvalidInputException
from localcloud.lightsail.names import check_resource_name
from localcloud.lightsail.records import KeyPair

RSA_BITS = 2048


def create_key_pair(cloud: Cloud, region: str, members: Members) -> Members:
    name = check_resource_name(members["keyPairName"])
    private = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    public_line = _line(private.public_key())
    key_pair = KeyPair(name=name, region=region, public_key=public_line, fingerprint=_fingerprint(public_line))
    key_pair.tags = {tag["key"]: tag.get("value", "") for tag in members.get("tags", [])}
    operation = _remember(cloud, key_pair)
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    # In spite of the members' names Lightsail answers both as they are, not in base 64.
    return {
        "keyPair": describe(key_pair),
        "publicKeyBase64": public_line,
        "privateKeyBase64": pem.decode(),
        "operation": operation,
    }


def import_key_pair(cloud: Cloud, region: str, members: Members) -> Members:
    name = check_resource_name(members["keyPairName"])
    public_line = read_public_key(members["publicKeyBase64"])
    key_pair = KeyPair(name=name, region=region, public_key=public_line, fingerprint=_fingerprint(public_line))
    return {"operation": _remember(cloud, key_pair)}


def get_key_pair(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.reading() as account:
        return {"keyPair": describe(c.find_key_pair(account, region, members["keyPairName"]))}


def get_key_pairs(cloud: Cloud, region: str, _members: Members) -> Members:
    with cloud.store.reading() as account:
        return {"keyPairs": [describe(found) for found in account.key_pairs if found.region == region]}


def delete_key_pair(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.changing() as account:
        key_pair = c.find_key_pair(account, region, members["keyPairName"])
        expected = members.get("expectedFingerprint")
        if expected is not None and expected != key_pair.fingerprint:
            raise InvalidInputException(f"The fingerprint of {key_pair.name} is {key_pair.fingerprint}, not {expected}")
        account.key_pairs.remove(key_pair)
        return {"operation": c.succeeded(account, key_pair, "DeleteKeyPair").describe()}


def describe(key_pair: KeyPair) -> Members:
    return key_pair.describe() | {"tags": key_pair.tag_list(), "fingerprint": key_pair.fingerprint}


def read_public_key(text: str) -> str:
    """A public key as Lightsail takes it: the line of an `id_….pub` file, or that line in base 64.

    Raises:
        InvalidInputException: neither.
    """
    line = text.strip()
    if not line.startswith(("ssh-", "ecdsa-")):
        try:
            line = base64.b64decode(line, validate=True).decode("ascii").strip()
        except (binascii.Error, UnicodeDecodeError):
            raise InvalidInputException("The public key is neither an OpenSSH public key nor one in base 64") from None
    if "\n" in line:
        raise InvalidInputException("The public key has more than one line")
    try:
        serialization.load_ssh_public_key(line.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InvalidInputException(f"The public key is not valid: {error}") from None
    return line


def _remember(cloud: Cloud, key_pair: KeyPair) -> Members:
    with cloud.store.changing() as account:
        c.check_names_free(account, key_pair.region, [key_pair.name])
        account.key_pairs.append(key_pair)
        return c.succeeded(account, key_pair, "CreateKeyPair").describe()


def _line(key: rsa.RSAPublicKey) -> str:
    return key.public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH).decode()


def _fingerprint(public_line: str) -> str:
    """MD5 of the key's DER form, in pairs, as EC2 shows imported keys."""
    key = serialization.load_ssh_public_key(public_line.encode())
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    digest = hashlib.md5(der, usedforsecurity=False).hexdigest()
    return ":".join(digest[i : i + 2] for i in range(0, len(digest), 2))


OPERATIONS: dict[str, c.Handler] = {
    "CreateKeyPair": create_key_pair,
    "ImportKeyPair": import_key_pair,
    "GetKeyPair": get_key_pair,
    "GetKeyPairs": get_key_pairs,
    "DeleteKeyPair": delete_key_pair,
}
