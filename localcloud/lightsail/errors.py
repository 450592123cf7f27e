"""The errors that Lightsail itself answers; botocore raises them as `client.exceptions.<class name>`."""

# ruff: noqa: N818 (the names are the service's own)
from __future__ import annotations


class LightsailError(Exception):
    """An error of the service. `tip` says what to do, as the service's own member of that name does."""

    http_status = 400

    def __init__(self, message: str, tip: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.tip = tip

    def as_json(self) -> dict[str, str]:
        name = type(self).__name__
        body = {"__type": name, "message": self.message, "code": name}
        if self.tip:
            body["tip"] = self.tip
        return body


class InvalidInputException(LightsailError):
    """A member is missing, unknown, or has a value that cannot be used."""


class NotFoundException(LightsailError):
    """The resource does not exist."""

    http_status = 404


class OperationFailureException(LightsailError):
    """The resource is in a state that does not allow the operation."""


class UnauthenticatedException(LightsailError):
    """The request is not signed."""

    http_status = 401


class InvalidSignatureException(LightsailError):
    """The request is signed for something else. One of the errors that all of AWS's services share."""

    http_status = 403


class ServiceException(LightsailError):
    """The service itself failed."""

    http_status = 500


def does_not_exist(resource_type: str, name: str) -> NotFoundException:
    return NotFoundException(f"The {resource_type} does not exist: {name}")


def name_taken(name: str, resource_type: str) -> InvalidInputException:
    return InvalidInputException(
        f"Some names are already in use: {name}",
        f"a {resource_type} has it; names are unique in a region across all types of resource",
    )
