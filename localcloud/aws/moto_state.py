"""moto's state on disk, so that a restarted localcloud answers as the one before it did.

The backends themselves are saved, not a journal of requests: a replay would have to reproduce identifiers, times,
generated keys and certificates that moto draws anew, and it grows without bound; the saved backends are the state,
exactly. They go into one pickle (so that references between services stay references) except for the bodies of S3
objects, which are files named by their SHA-256 and written once, however often the state is saved.

The pickle is written before the reply to the request that changed something goes out, replaced whole by rename, and
carries moto's version: another moto refuses it with a clear line instead of misreading it. It is read only from the
state directory of the same user, as pickles must be.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import io
import marshal
import os
import pickle
import platform
import threading
import types
from collections import defaultdict
from pathlib import Path
from typing import Any

import moto
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from moto.core.base_backend import BackendDict
from moto.s3.models import FakeKey

VERSIONS = f"moto {moto.__version__} on Python {platform.python_version()}"
INLINE_BODY = 4096  # bytes; a smaller body is cheaper inside the pickle than in a file of its own


class StateError(Exception):
    """The saved state cannot be used; the message says why and what to do."""


class MotoState:
    """Saves and restores every moto backend in use. Not safe to call while a request changes a backend."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "moto.pickle"
        self._bodies = directory / "s3"
        self._saved_digest = b""

    def restore(self) -> None:
        """Replaces what moto holds in this process by what was saved, or by nothing.

        Raises StateError when the file was written by another version of moto or is damaged.
        """
        BackendDict.reset()
        if not self._path.exists():
            return
        remedy = "reset this local cloud (localcloud reset)"
        content = self._path.read_bytes()
        try:
            stream = io.BytesIO(content)
            versions = pickle.load(stream)  # noqa: S301  # our own file, see above
            if versions != VERSIONS:
                raise StateError(f"{self._path} was written by {versions}, this is {VERSIONS}; {remedy}")
            services = _Unpickler(stream, self._bodies).load()
        except StateError:
            raise
        except Exception as error:
            raise StateError(f"the saved state {self._path} cannot be read ({error}); {remedy}") from error
        for module, attribute, accounts in services:
            backends = getattr(importlib.import_module(module), attribute)
            for account_id, regions in accounts.items():
                for region, backend in regions.items():
                    dict.__setitem__(backends[account_id], region, backend)
        self._saved_digest = hashlib.sha256(content).digest()
        self._drop_unused_bodies()

    def save(self) -> None:
        """Writes the state if it differs from what is on disk."""
        services = []
        in_use: list[Any] = BackendDict.__dict__["_instances"]
        for backends in in_use:
            module, attribute = _home(backends)
            accounts = {account: dict(regions.items()) for account, regions in backends.items()}
            services.append((module, attribute, accounts))
        stream = io.BytesIO()
        pickle.dump(VERSIONS, stream)
        _Pickler(stream, self._bodies).dump(services)
        content = stream.getvalue()
        digest = hashlib.sha256(content).digest()
        if digest != self._saved_digest:
            _write(self._path, content)
            self._saved_digest = digest

    def _drop_unused_bodies(self) -> None:
        """Deletes the bodies that no object has any more; done at the start, when nothing else can be writing."""
        if not self._bodies.exists():
            return
        content = self._path.read_bytes()
        for file in self._bodies.iterdir():
            if file.name.encode() not in content:
                file.unlink()


class _Body:
    """Stands in the pickle for the body of an S3 object."""

    def __init__(self, digest: str) -> None:
        self.digest = digest


class _Pickler(pickle.Pickler):
    def __init__(self, stream: io.BytesIO, bodies: Path) -> None:
        super().__init__(stream, protocol=pickle.HIGHEST_PROTOCOL)
        self._bodies = bodies

    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, _LOCKS):
            return (type(value) if isinstance(value, threading.Event) else _lock_factory(value), ())
        if isinstance(value, types.FunctionType) and "<" in value.__qualname__:
            # A default factory written as a lambda inside a backend: its code goes along by value.
            cells = tuple(cell.cell_contents for cell in value.__closure__ or ())
            return _restore_function, (marshal.dumps(value.__code__), value.__module__, value.__defaults__, cells)
        if isinstance(value, dict) and type(value).__module__.startswith("moto."):
            # moto's dictionaries show other items than they hold (an S3 key, but not its older versions) and take
            # other arguments than pickle would give them, so what they hold is carried as it is.
            factory = value.default_factory if isinstance(value, defaultdict) else None
            held = (factory, vars(value), list(dict.items(value)))
            return _restore_dictionary, (type(value),), held, None, None, _fill_dictionary
        if isinstance(value, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            return _restore_private_key, (value.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),)
        if isinstance(value, x509.Certificate):
            return _restore_certificate, (value.public_bytes(Encoding.PEM),)
        if isinstance(value, FakeKey) and value.contentsize > INLINE_BODY and not value.disposed:
            state = {k: v for k, v in value.__dict__.items() if k not in ("_value_buffer", "lock", "_localcloud_body")}
            return _restore_key, (_Body(self._stored(value)), type(value)), state, None, None, _set_key_state
        return NotImplemented

    def _stored(self, key: FakeKey) -> str:
        """The SHA-256 of the body, which is in its file when this returns."""
        # A body can be replaced in place (object restore), so what was hashed is remembered with its ETag.
        known: tuple[str, int, str] | None = key.__dict__.get("_localcloud_body")
        if known and known[:2] == (key.etag, key.contentsize):
            return known[2]
        body = bytes(key.value)
        digest = hashlib.sha256(body).hexdigest()
        if not (self._bodies / digest).exists():
            _write(self._bodies / digest, body)
        key.__dict__["_localcloud_body"] = (key.etag, key.contentsize, digest)
        return digest


class _Unpickler(pickle.Unpickler):
    def __init__(self, stream: io.BytesIO, bodies: Path) -> None:
        super().__init__(stream)
        _BODIES.directory = bodies


class _BodiesDirectory(threading.local):
    """Where the unpickling thread finds bodies: pickle gives a reconstructing function no other way to know."""

    directory: Path


_BODIES = _BodiesDirectory()
_LOCKS = (type(threading.Lock()), type(threading.RLock()), threading.Event)


def _lock_factory(value: Any) -> Any:
    return threading.Lock if isinstance(value, type(threading.Lock())) else threading.RLock


def _restore_dictionary(kind: type[dict[Any, Any]]) -> dict[Any, Any]:
    return kind.__new__(kind)


def _fill_dictionary(value: dict[Any, Any], state: tuple[Any, dict[str, Any], list[tuple[Any, Any]]]) -> None:
    factory, attributes, items = state
    if isinstance(value, defaultdict):
        value.default_factory = factory
    vars(value).update(attributes)
    for key, item in items:
        dict.__setitem__(value, key, item)


def _restore_function(code: bytes, module: str, defaults: tuple[Any, ...] | None, cells: tuple[Any, ...]) -> Any:
    names = vars(importlib.import_module(module))
    compiled = marshal.loads(code)  # noqa: S302  # our own file, see above
    return types.FunctionType(compiled, names, None, defaults, tuple(types.CellType(content) for content in cells))


def _restore_private_key(pem: bytes) -> Any:
    return load_pem_private_key(pem, password=None)


def _restore_certificate(pem: bytes) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem)


def _restore_key(body: _Body, kind: type[FakeKey]) -> FakeKey:
    key: FakeKey = object.__new__(kind)
    key.__dict__["_localcloud_restored"] = body
    return key


def _set_key_state(key: FakeKey, state: dict[str, Any]) -> None:
    body: _Body = key.__dict__.pop("_localcloud_restored")
    content = (_BODIES.directory / body.digest).read_bytes()
    key.__setstate__(state | {"value": content})
    key.__dict__["_localcloud_body"] = (key.etag, key.contentsize, body.digest)


def _home(backends: Any) -> tuple[str, str]:
    """The module and name under which moto keeps a service's backends."""
    module = backends.backend.__module__
    for name, value in vars(importlib.import_module(module)).items():
        if value is backends:
            return module, name
    raise StateError(f"moto's {backends.service_name} keeps its backends in no variable of {module}")


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    try:
        with part.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            part.unlink()
        raise
