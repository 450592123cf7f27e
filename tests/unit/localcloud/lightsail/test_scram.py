import base64

from localcloud.lightsail import scram


def test_the_example_of_rfc_7677():
    # Section 3 of the RFC: user "user", password "pencil", 4096 iterations; the keys are what PostgreSQL computes.
    salt = base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
    verifier = scram.verifier("pencil", salt)
    method, iterations_salt, keys = verifier.split("$")
    assert method == "SCRAM-SHA-256"
    assert iterations_salt == "4096:W22ZaJ0SNY7soEsUEjb6gQ=="
    stored_key, server_key = keys.split(":")
    assert stored_key == "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="
    assert server_key == "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="


def test_two_verifiers_of_one_password_differ():
    assert scram.verifier("pencil-box") != scram.verifier("pencil-box")
