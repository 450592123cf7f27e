"""The roles' Python files are no package: they run by themselves on the controller."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def role_module(repository: Path) -> Callable[[str], ModuleType]:
    """Loads a Python file of a role by its path below roles/."""

    def load(path: str) -> ModuleType:
        file = repository / "roles" / path
        spec = importlib.util.spec_from_file_location(f"role_{file.stem}", file)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        return module

    return load
