"""Every failure is one line with its cause and what to do."""

from __future__ import annotations

import pytest
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import (
    explain,
    is_name_taken,
    is_not_found,
    unknown_choice,
)
from botocore import exceptions as boto


def client_error(code: str, message: str = "no", operation: str = "CreateInstances") -> boto.ClientError:
    return boto.ClientError({"Error": {"Code": code, "Message": message}}, operation)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (boto.NoCredentialsError(), "AWS_ACCESS_KEY_ID"),
        (boto.PartialCredentialsError(provider="env", cred_var="x"), "AWS_SECRET_ACCESS_KEY"),
        (boto.NoRegionError(), "AWS_REGION"),
        (boto.EndpointConnectionError(endpoint_url="http://127.0.0.1:1"), "127.0.0.1:1 can't be reached"),
        (boto.ReadTimeoutError(endpoint_url="https://lightsail"), "AWS_ENDPOINT_URL"),
        (boto.ProfileNotFound(profile="p"), "aws configure --profile"),
        (client_error("UnrecognizedClientException"), "refused the credentials"),
        (client_error("ExpiredTokenException"), "renew"),
        (client_error("AccessDeniedException"), "may not call CreateInstances"),
        (client_error("ThrottlingException"), "run the same command again"),
        (client_error("InvalidSignatureException", "Credential should be scoped to a valid region."), "AWS_REGION"),
        (client_error("SignatureDoesNotMatch", "The signature does not match"), "refused the credentials"),
        (client_error("InvalidInputException", "Some names are already in use: web"), "choose another name"),
        (
            client_error("InvalidInputException", "Sorry, you've reached your maximum limit of Instances : 0."),
            "CreateInstances was refused since a quota is used up (Sorry, you've reached your maximum limit",
        ),
        (client_error("TooManyDistributions", operation="CreateDistribution"), "a quota is used up"),
        (client_error("TooManyRequestsException"), "still throttled"),
        (client_error("OperationFailureException", "It is\nstopping."), "was refused: It is stopping (OperationFailur"),
    ],
)
def test_explain(error: Exception, told: str) -> None:
    line = explain(error)
    assert told in line
    assert "\n" not in line


@pytest.mark.parametrize("code", ["NotFoundException", "NoSuchDistribution", "NoSuchFunctionExists"])
def test_not_found(code: str) -> None:
    assert is_not_found(client_error(code))
    assert not is_name_taken(client_error(code))


@pytest.mark.parametrize("code", ["FunctionAlreadyExists", "DistributionAlreadyExists"])
def test_name_taken(code: str) -> None:
    assert is_name_taken(client_error(code))


def test_other_errors_are_neither() -> None:
    assert not is_not_found(client_error("InvalidInputException"))
    assert not is_name_taken(client_error("InvalidInputException", "The zone is not valid"))


def test_a_mistyped_choice_gets_the_nearest_first() -> None:
    refusal = unknown_choice("bundle_id", "medum_3_0", {"nano_3_0": 5, "medium_3_0": 24}, "{0} (${1})")
    assert str(refusal).index("medium_3_0 ($24)") < str(refusal).index("nano_3_0")


def test_nothing_to_choose_from_is_said() -> None:
    assert str(unknown_choice("bundle_id", "x", {})).endswith("none")
