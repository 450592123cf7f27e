"""The service's rules for names, user names, passwords and paths."""

from __future__ import annotations

import re
import secrets
import string

from localcloud.lightsail.errors import InvalidInputException

RESOURCE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,253}[A-Za-z0-9]")
MASTER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")
# PostgreSQL's own names, and those that RDS keeps for itself.
RESERVED = {"postgres", "template0", "template1", "rdsadmin", "rds_superuser", "admin", "public", "user", "none"}
# Lightsail: 8 to 128 printable ASCII characters without / " @ and the space, for PostgreSQL.
PASSWORD = re.compile(r"[!#-.0-?A-~]{8,128}")
PASSWORD_LENGTH = 32
HEALTH_PATH = re.compile(r"/[!-~]{0,1023}")


def check_resource_name(name: str) -> str:
    if not RESOURCE_NAME.fullmatch(name):
        raise InvalidInputException(
            f"{name} is not a valid resource name. Resource names must be at least 2 characters long and contain "
            "only alphanumerics, -, _, and ."
        )
    return name


def check_master_name(name: str, member: str) -> str:
    """The name of a master user or database."""
    if not MASTER_NAME.fullmatch(name) or name.lower() in RESERVED or name.lower().startswith(("pg_", "rds")):
        raise InvalidInputException(
            f"{member} is not valid: {name}",
            "begin with a letter, use letters, digits and underscores, at most 63, and none of the engine's own words",
        )
    return name


def check_password(password: str) -> str:
    if not PASSWORD.fullmatch(password):
        raise InvalidInputException(
            "The master password is not valid",
            'use 8 to 128 printable ASCII characters without /, ", @ and the space',
        )
    return password


def new_password() -> str:
    alphabet = string.ascii_letters + string.digits
    return "".join(secrets.choice(alphabet) for _ in range(PASSWORD_LENGTH))


def check_health_path(path: str) -> str:
    """The path that a load balancer asks its instances for."""
    if not HEALTH_PATH.fullmatch(path):
        raise InvalidInputException(
            f"The health check path is not valid: {path}", "begin with / and use at most 1024 printable characters"
        )
    return path
