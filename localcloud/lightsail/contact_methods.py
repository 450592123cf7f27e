"""Whom alarms tell: one e-mail address and one telephone number in a region. localcloud sends nothing to either."""

from __future__ import annotations

import re

from localcloud.lightsail import cloud as c
from localcloud.lightsail.cloud import Cloud, Members
from localcloud.lightsail.errors import InvalidInputException, NotFoundException, OperationFailureException
from localcloud.lightsail.records import Account, ContactMethod

ADDRESSES = {
    "Email": (re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"), "like name@example.org"),
    "SMS": (re.compile(r"\+[1-9]\d{6,14}"), "in the form of E.164, like +491701234567"),
}


def create(cloud: Cloud, region: str, members: Members) -> Members:
    protocol, address = members["protocol"], members["contactEndpoint"]
    pattern, form = ADDRESSES[protocol]
    if not pattern.fullmatch(address):
        raise InvalidInputException(f"The contact endpoint is not valid: {address}", f"write it {form}")
    with cloud.store.changing() as account:
        if any(known.region == region and known.protocol == protocol for known in account.contact_methods):
            raise InvalidInputException(
                f"A contact method of the protocol {protocol} already exists in {region}", "delete it first"
            )
        contact = ContactMethod(
            name=protocol,
            region=region,
            protocol=protocol,
            address=address,
            # Somebody has to follow the link in an e-mail; a number is not asked.
            status="PendingVerification" if protocol == "Email" else "Valid",
            tags={tag["key"]: tag.get("value", "") for tag in members.get("tags", [])},
        )
        account.contact_methods.append(contact)
        return {"operations": [c.succeeded(account, contact, "CreateContactMethod").describe()]}


def get(cloud: Cloud, region: str, members: Members) -> Members:
    wanted = members.get("protocols") or list(ADDRESSES)
    with cloud.store.reading() as account:
        found = [known for known in account.contact_methods if known.region == region and known.protocol in wanted]
        return {"contactMethods": [_describe(contact) for contact in found]}


def delete(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.changing() as account:
        contact = _find(account, region, members["protocol"])
        account.contact_methods.remove(contact)
        return {"operations": [c.succeeded(account, contact, "DeleteContactMethod").describe()]}


def send_verification(cloud: Cloud, region: str, members: Members) -> Members:
    with cloud.store.changing() as account:
        contact = _find(account, region, members["protocol"])
        if contact.status == "Valid":
            raise OperationFailureException(f"The contact method {contact.protocol} is verified already")
        return {"operations": [c.succeeded(account, contact, "SendContactMethodVerification").describe()]}


def _describe(contact: ContactMethod) -> Members:
    return contact.describe() | {
        "contactEndpoint": contact.address,
        "status": contact.status,
        "protocol": contact.protocol,
        "tags": contact.tag_list(),
    }


def _find(account: Account, region: str, protocol: str) -> ContactMethod:
    for contact in account.contact_methods:
        if contact.region == region and contact.protocol == protocol:
            return contact
    raise NotFoundException(f"The ContactMethod does not exist: {protocol}")


OPERATIONS: dict[str, c.Handler] = {
    "CreateContactMethod": create,
    "GetContactMethods": get,
    "DeleteContactMethod": delete,
    "SendContactMethodVerification": send_verification,
}
