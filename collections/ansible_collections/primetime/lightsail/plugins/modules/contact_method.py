#!/usr/bin/python
# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

DOCUMENTATION = r"""
---
module: contact_method
short_description: Set whom Lightsail's alarms tell
version_added: 0.2.0
description:
  - A region has at most one e-mail address and one telephone number that alarms tell. Their names are their protocols.
  - An e-mail address is told nothing until somebody follows the link in the message that Lightsail sends to it.
author: Prime Time contributors (@prime-time)
options:
  protocol:
    description: Which of the two.
    type: str
    choices: [Email, SMS]
    required: true
  contact_endpoint:
    description: The e-mail address, or the telephone number in the form of E.164. Needed with O(state=present).
    type: str
  state:
    description: Whether it shall exist.
    type: str
    choices: [present, absent]
    default: present
  replace:
    description:
      - Whether another address that is there may be replaced.
      - The service can't change it in place, and a new e-mail address must be verified again.
    type: bool
    default: false
  resend_verification:
    description: Whether the message with the link is sent once more, at each run, to an address that isn't verified.
    type: bool
    default: false
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - primetime.lightsail.wait
  - primetime.lightsail.outcome
"""

EXAMPLES = r"""
- name: Tell the administrator
  primetime.lightsail.contact_method:
    protocol: Email
    contact_endpoint: administrator@example.org
  register: contact

- name: Say what is left to do
  ansible.builtin.debug:
    msg: Follow the link in the message to {{ contact.contact_method.contact_endpoint }}
  when: contact.contact_method.status | default('') == 'PendingVerification'
"""

RETURN = r"""
actions:
  description: The calls that change something, in order; in check mode those that would have been made.
  returned: always
  type: list
  elements: str
  sample: [create_contact_method]
contact_method:
  description: It as it is now; empty when it is absent.
  returned: always
  type: dict
  contains:
    protocol: {description: Email or SMS., type: str}
    contact_endpoint: {description: The address or number., type: str}
    status: {description: "PendingVerification, Valid or Invalid.", type: str}
    name: {description: Its name., type: str}
    arn: {description: Its ARN., type: str}
"""

from collections.abc import Mapping
from typing import Any

from ansible_collections.primetime.lightsail.plugins.module_utils.alarms import contact_view, describe_contact_methods
from ansible_collections.primetime.lightsail.plugins.module_utils.convergence import Plan, Step, converge
from ansible_collections.primetime.lightsail.plugins.module_utils.errors import RefusedError
from ansible_collections.primetime.lightsail.plugins.module_utils.module import WAIT_OPTIONS, open_client, run

ARGUMENT_SPEC: dict[str, Any] = {
    "protocol": {"type": "str", "choices": ["Email", "SMS"], "required": True},
    "contact_endpoint": {"type": "str"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "replace": {"type": "bool", "default": False},
    "resend_verification": {"type": "bool", "default": False},
    **WAIT_OPTIONS,
}


def comparable(description: Any) -> dict[str, Any]:
    if description is None:
        return {}
    return {"protocol": description["protocol"], "contact_endpoint": description["contactEndpoint"]}


def plan(description: Any, wanted: Mapping[str, Any]) -> Plan:
    """The calls that create, replace or delete, and send the message again.

    Args:
        description: Lightsail's ContactMethod structure, or None.
        wanted: the module's options.

    Raises:
        RefusedError: another address is there.
    """
    protocol, before = {"protocol": wanted["protocol"]}, comparable(description)
    delete = Step("delete_contact_method", protocol, settled=lambda found: found is None)
    if wanted["state"] == "absent":
        return Plan(before, {}, () if description is None else (delete,))
    after = {**protocol, "contact_endpoint": wanted["contact_endpoint"]}
    if before == after:
        pending = wanted["protocol"] == "Email" and description.get("status") == "PendingVerification"
        resend = pending and wanted.get("resend_verification")
        return Plan(before, after, (Step("send_contact_method_verification", protocol),) if resend else ())
    create = Step(
        "create_contact_method",
        {**protocol, "contactEndpoint": wanted["contact_endpoint"]},
        settled=lambda found: comparable(found) == after,
    )
    if description is None:
        return Plan(before, after, (create,))
    if not wanted.get("replace"):
        raise RefusedError(
            f"contact method {wanted['protocol']}: contact_endpoint is {before['contact_endpoint']}, wanted "
            f"{wanted['contact_endpoint']}. Lightsail can't change this in place: set the option back, or set "
            "replace: true to delete the old address and add the new one"
        )
    return Plan(before, after, (delete, create))


def body(module: Any) -> dict[str, Any]:
    wanted, client = module.params, open_client(module, "lightsail")

    def describe() -> Any:
        found = describe_contact_methods(client)
        return next((contact for contact in found if contact["protocol"] == wanted["protocol"]), None)

    outcome = converge(
        module,
        client,
        f"contact method {wanted['protocol']}",
        describe,
        lambda description: plan(description, wanted),
    )
    return {**outcome.fields(), "contact_method": contact_view(outcome.description)}


def main() -> None:
    run(ARGUMENT_SPEC, body, required_if=[("state", "present", ["contact_endpoint"])])


if __name__ == "__main__":
    main()
