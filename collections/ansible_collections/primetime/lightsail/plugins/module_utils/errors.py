# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""One line for every failure: its cause, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

try:
    from botocore import exceptions as boto
except ImportError:
    # AnsibleAWSModule has reported the missing library before anything here is reached.
    boto = None

CREDENTIALS_REFUSED = frozenset(
    {
        "AuthFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "UnauthenticatedException",
        "UnrecognizedClientException",
    }
)
NOT_ALLOWED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
THROTTLED = frozenset(
    {
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
# Lightsail has no codes of its own for a name that is taken and for a quota that is used up: the message of an
# InvalidInputException tells.
NAME_TAKEN_WORDS = ("already in use", "already exists", "already been taken")
QUOTA_WORDS = ("your maximum limit", "the maximum number of")
QUOTA_CODES = frozenset({"LimitExceeded", "LimitExceededException", "ServiceQuotaExceededException"})
REGION_WORDS = "scoped to a valid region"


class RefusedError(Exception):
    """What was asked can't or mustn't be done; the message says why and what to do."""


def error_code(error: Exception) -> str:
    """The service's error code, or an empty string for an error that didn't come from the service."""
    response = getattr(error, "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))


def error_message(error: Exception) -> str:
    """The service's own words, on one line."""
    response = getattr(error, "response", None) or {}
    text = response.get("Error", {}).get("Message") or response.get("message") or str(error)
    return " ".join(str(text).split()).rstrip(".")


def is_not_found(error: Exception) -> bool:
    """Whether the service says that the thing isn't there."""
    code = error_code(error)
    return code in {"NotFoundException", "DoesNotExist"} or code.startswith("NoSuch")


def is_name_taken(error: Exception) -> bool:
    """Whether the service refused to create because the name is in use."""
    if error_code(error).endswith("AlreadyExists") or error_code(error) == "BucketAlreadyOwnedByYou":
        return True
    return any(words in error_message(error).lower() for words in NAME_TAKEN_WORDS)


def is_quota(error: Exception) -> bool:
    """Whether the service refused to create since the account has as many as it may have."""
    code = error_code(error)
    if code in QUOTA_CODES or (code.startswith("TooMany") and code not in THROTTLED):
        return True
    return any(words in error_message(error).lower() for words in QUOTA_WORDS)


def is_outdated(error: Exception) -> bool:
    """Whether the service refused since the thing is no longer of the version (ETag) that the call is about."""
    return error_code(error) in {"PreconditionFailed", "InvalidIfMatchVersion"}


def is_conflict(error: Exception) -> bool:
    """Whether the service refused since the state of the thing doesn't allow the call."""
    return error_code(error) in {"InvalidInputException", "OperationFailureException"}


def explain(error: Exception) -> str:
    """Turns an error of botocore's into one line with cause and remedy.

    Args:
        error: a botocore ClientError or BotoCoreError.
    """
    operation = getattr(error, "operation_name", "the request")
    code = error_code(error)
    if isinstance(error, (boto.NoCredentialsError, boto.PartialCredentialsError)):
        return (
            "No AWS credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, "
            "or give the option profile or the environment variable AWS_PROFILE"
        )
    if isinstance(error, boto.NoRegionError):
        return "No AWS region was given: set the option region or the environment variable AWS_REGION"
    if isinstance(error, boto.ProfileNotFound):
        return (
            f"{error_message(error)}: add it with 'aws configure --profile NAME' or name another in the option profile"
        )
    if isinstance(error, (boto.HTTPClientError, boto.ConnectionError)):
        endpoint = getattr(error, "kwargs", {}).get("endpoint_url", "the AWS endpoint")
        return (
            f"{endpoint} can't be reached ({type(error).__name__}): check the network, the region's name, "
            "and AWS_ENDPOINT_URL if it is set"
        )
    if isinstance(error, boto.ParamValidationError):
        return f"The request doesn't fit the service's model: {error_message(error)}"
    if code in CREDENTIALS_REFUSED and REGION_WORDS in error_message(error):
        return f"{error_message(error)}: check the option region, or the environment variable AWS_REGION"
    if code in CREDENTIALS_REFUSED:
        return f"AWS refused the credentials ({code}: {error_message(error)}): renew them, and check the clock here"
    if code in NOT_ALLOWED:
        return f"These credentials may not call {operation} ({error_message(error)}): allow it in their IAM policy"
    if code in THROTTLED:
        return (
            f"{operation} is still throttled after many attempts ({code}): wait a minute and run the same command again"
        )
    if is_outdated(error):
        return (
            f"{operation} was refused since somebody else changes the same thing ({error_message(error)}): see who, "
            "and run the same command again"
        )
    if is_quota(error):
        return (
            f"{operation} was refused since a quota is used up ({error_message(error)}): delete what isn't needed any "
            "more, or ask for more in the Service Quotas console, under the service's name"
        )
    if is_name_taken(error):
        return (
            f"{operation} was refused since the name is taken ({error_message(error)}): Lightsail's names are unique "
            "in a region over all kinds of resource; choose another name or delete what has it"
        )
    if code:
        return f"{operation} was refused: {error_message(error)} ({code})"
    return f"{operation} failed: {error_message(error)}"


def nearest(wanted: str, known: Iterable[str], count: int = 6) -> list[str]:
    """The names among known that look most like wanted, best first."""
    return get_close_matches(wanted, sorted(known), n=count, cutoff=0.3)


def unknown_choice(option: str, wanted: str, known: dict[str, Any], describe: str = "{0}") -> RefusedError:
    """A refusal that lists the names nearest to a mistyped one.

    Args:
        option: the option's name.
        wanted: what was given.
        known: the valid names, each with what is worth saying of it.
        describe: format of one entry; {0} is the name, {1} its value.
    """
    near = nearest(wanted, known) or sorted(known)[:6]
    listed = ", ".join(describe.format(name, known[name]) for name in near)
    return RefusedError(f"{option} '{wanted}' isn't offered in this region; the nearest are: {listed or 'none'}")
