"""Listings in pages, wherever the service's model has a page token."""

from __future__ import annotations

from botocore.model import ListShape, OperationModel

from localcloud.lightsail.cloud import Members
from localcloud.lightsail.errors import InvalidInputException

PAGE = 50


def page(model: OperationModel, members: Members, reply: Members) -> Members:
    """The part of a whole reply that the request's page token asks for, with the next one's token.

    Raises:
        InvalidInputException: a token that no reply had.
    """
    if (
        model.input_shape is None
        or model.output_shape is None
        or "pageToken" not in model.input_shape.members
        or "nextPageToken" not in model.output_shape.members
        or "nextPageToken" in reply
    ):
        return reply
    listings = [name for name, shape in model.output_shape.members.items() if isinstance(shape, ListShape)]
    if len(listings) != 1:
        return reply
    items, token = reply[listings[0]], members.get("pageToken", "0")
    first = int(token) if token.isdecimal() else -1
    if first < 0 or (first and first >= len(items)) or first % PAGE:
        raise InvalidInputException(f"The page token is not valid: {token}")
    shown = reply | {listings[0]: items[first : first + PAGE]}
    return shown | ({"nextPageToken": str(first + PAGE)} if first + PAGE < len(items) else {})
