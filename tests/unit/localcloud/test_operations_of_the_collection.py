"""Every operation that the collection's modules call has a handler in localcloud: read from the modules' code."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from ansible_collections.primetime.lightsail.plugins.module_utils import policies, snapshots
from botocore import xform_name
from botocore.loaders import Loader

from localcloud.aws.cloudfront.service import OPERATIONS
from localcloud.lightsail.service import HANDLERS

ROOT = "ansible_collections.primetime.lightsail.plugins.module_utils"
POLICIES = (policies.CACHE, policies.RESPONSE_HEADERS)
# What stands in the braces of an operation's name such as f"get_{kind.noun}".
NOUNS = {
    "lightsail": [kind.noun for kind in snapshots.KINDS.values()],
    "cloudfront": [kind.noun for kind in POLICIES] + [kind.plural for kind in POLICIES],
}
OFFERED = {"lightsail": HANDLERS, "cloudfront": OPERATIONS}


@pytest.fixture
def plugins(repository: Path) -> Path:
    return repository / "collections/ansible_collections/primetime/lightsail/plugins"


def with_what_it_imports(file: Path, utilities: Path) -> set[Path]:
    """A plugin and the rooms below it."""
    found, left = set(), [file]
    while left:
        room = left.pop()
        if room in found:
            continue
        found.add(room)
        for node in ast.walk(ast.parse(room.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module:
                name = node.module.removeprefix(f"{ROOT}.")
                left += [path for path in [utilities / f"{name}.py"] if path.exists()]
    return found


def words(file: Path, nouns: list[str]) -> Iterator[str]:
    """Every string in the code that may name an operation."""
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            parts = [part.value if isinstance(part, ast.Constant) else None for part in node.values]
            yield from ("".join(noun if part is None else str(part) for part in parts) for noun in nouns)


def called(plugins: Path, service: str) -> set[str]:
    """The operations of a service that modules and the inventory plugin call."""
    model = Loader().load_service_model(service, "service-2")
    names = {xform_name(name): name for name in model["operations"]}
    found = set()
    for file in [*plugins.glob("modules/*.py"), *plugins.glob("inventory/*.py")]:
        rooms = with_what_it_imports(file, plugins / "module_utils")
        clients = {text for room in rooms for text in words(room, []) if text in ("lightsail", "cloudfront", "s3")}
        if service in clients:
            found |= {names[text] for room in rooms for text in words(room, NOUNS[service]) if text in names}
    return found


@pytest.mark.parametrize(
    ("service", "some"),
    [
        ("lightsail", {"CreateInstances", "GetRelationalDatabaseSnapshots", "DeleteDiskSnapshot", "GetCostEstimate"}),
        ("cloudfront", {"CreateDistributionWithTags", "UpdateCachePolicy", "ListResponseHeadersPolicies"}),
    ],
)
def test_localcloud_offers_what_the_modules_call(plugins: Path, service: str, some: set[str]) -> None:
    operations = called(plugins, service)
    assert some <= operations
    assert operations - set(OFFERED[service]) == set()
