# Copyright: Prime Time contributors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)

"""Starting a module, its clients, and ending it with one clear line when something goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule

from .errors import RefusedError, explain

try:
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError
except ImportError:
    # AnsibleAWSModule reports the missing library in its constructor.
    BotoCoreError = ClientError = RefusedError

WAIT_OPTIONS: dict[str, Any] = {
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 900},
}
TAG_OPTIONS: dict[str, Any] = {
    "tags": {"type": "dict"},
    "purge_tags": {"type": "bool", "default": False},
}


def open_client(module: Any, service: str) -> Any:
    """A boto3 client for a service, from the module's connection options.

    botocore's own retries cover broken connections and lost replies, few enough that an endpoint that isn't there
    is reported within seconds; throttling has more patience, in the module convergence.
    """
    config = Config(retries={"mode": "standard", "total_max_attempts": 5}, connect_timeout=10, read_timeout=60)
    return module.client(service, config=config)


def run(argument_spec: dict[str, Any], body: Callable[[Any], dict[str, Any]], **settings: Any) -> None:
    """Runs a module's body and ends the process with its return values, or with one line that says what is wrong.

    Args:
        argument_spec: the module's own options; those of the connection are added.
        body: from the module to its return values.
        settings: further arguments of AnsibleModule, such as required_if.
    """
    module = AnsibleAWSModule(argument_spec=argument_spec, supports_check_mode=True, **settings)
    try:
        result = body(module)
    except RefusedError as refusal:
        module.fail_json(msg=str(refusal))
    except (ClientError, BotoCoreError) as error:
        module.fail_json(msg=explain(error))
    else:
        module.exit_json(**result)
