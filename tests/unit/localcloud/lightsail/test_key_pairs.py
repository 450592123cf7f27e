import base64

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from localcloud.lightsail import key_pairs
from localcloud.lightsail.errors import InvalidInputException


@pytest.fixture(scope="module")
def line():
    public = ed25519.Ed25519PrivateKey.generate().public_key()
    return public.public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH).decode()


def test_a_key_is_taken_as_it_is_and_in_base64(line):
    assert key_pairs.read_public_key(f"{line} me@home\n") == f"{line} me@home"
    assert key_pairs.read_public_key(base64.b64encode(line.encode()).decode()) == line


def test_no_second_line_is_smuggled_into_authorized_keys(line):
    with pytest.raises(InvalidInputException, match="more than one line"):
        key_pairs.read_public_key(f"{line}\n{line}")


@pytest.mark.parametrize("text", ["", "ssh-ed25519 AAAA", "not a key", "-----BEGIN RSA PRIVATE KEY-----", "ssh-dss x"])
def test_what_is_no_key_is_refused(text):
    with pytest.raises(InvalidInputException):
        key_pairs.read_public_key(text)
