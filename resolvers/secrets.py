"""The two secrets of an installation: the root that others derive from, and the signing key."""

import os
import secrets

from collections.abc import Callable
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final, Self

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from settings import Settings


ROOT_FILE: Final = "secret.key"
SIGNING_FILE: Final = "signing-key.pem"
SIZE: Final = 32
OTHERS: Final = 0o077


class SecretsError(Exception):
    """A secret is unreadable, malformed, or open to other accounts of the machine."""


class Secrets:
    """The secrets of one installation; every node of it must have the same."""

    def __init__(self, root: bytes, signing_key: ECKey) -> None:
        """Keep the 32 bytes of *root* and the P-256 *signing_key*."""
        self._root = root
        self.signing_key = signing_key

    @classmethod
    def load(cls, settings: Settings) -> Self:
        """
        Take the secrets from *settings*, else from the data directory, making them if absent.

        Raises:
            SecretsError: a file cannot be used; its message says what to do.
        """
        root = settings.secret_key or _kept(settings.data_directory / ROOT_FILE, _new_root)
        if len(root) != SIZE:
            message = f"{settings.data_directory / ROOT_FILE} must hold {SIZE} bytes."
            raise SecretsError(message)
        if settings.signing_key:
            return cls(root, _signing_key(settings.signing_key.replace("\\n", "\n"), "SIGNING_KEY"))
        path = settings.data_directory / SIGNING_FILE
        return cls(root, _signing_key(_kept(path, _new_signing_key), str(path)))

    @classmethod
    def generate(cls) -> Self:
        """Make secrets that are kept nowhere."""
        return cls(_new_root(), ECKey.generate_key("P-256"))

    def derive(self, purpose: str) -> bytes:
        """Give 32 bytes for one *purpose*, always the same, that tell nothing of other ones."""
        return HKDF(SHA256(), SIZE, salt=None, info=purpose.encode()).derive(self._root)


def _new_root() -> bytes:
    return secrets.token_bytes(SIZE)


def _new_signing_key() -> bytes:
    return ECKey.generate_key("P-256").as_pem(private=True)


def _kept(path: Path, make: Callable[[], bytes]) -> bytes:
    try:
        if not path.exists():
            _place(path, make())
        if os.name == "posix" and path.stat().st_mode & OTHERS:
            message = f"{path} is open to other accounts of this machine: run `chmod 600 {path}`."
            raise SecretsError(message)
        return path.read_bytes()
    except OSError as error:
        message = f"{path} cannot be used: {error.strerror}."
        raise SecretsError(message) from error


def _place(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Made with mode 0600 beside its place, complete before it gets its name.
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}-") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
        try:
            # A link never replaces a file: of two processes that start at once, one wins.
            os.link(file.name, path)
        except FileExistsError:
            return


def _signing_key(pem: str | bytes, source: str) -> ECKey:
    try:
        key = ECKey.import_key(pem)
    except (JoseError, ValueError, TypeError):
        key = None
    if key is None or not key.is_private or key.curve_name != "P-256":
        message = f"{source} must hold an EC P-256 private key in PEM."
        raise SecretsError(message)
    return key
