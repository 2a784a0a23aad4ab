"""What an operator can set: read once from the environment, then frozen."""

import os

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, Self


LONGEST_TERMS_VERSION = 40


class SettingError(ValueError):
    """A variable of the environment holds a value that its setting does not take."""


def _switch(text: str) -> bool:
    known = {"1": True, "true": True, "on": True, "0": False, "false": False, "off": False}
    return known[text.strip().lower()]


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


def _one_of(*allowed: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        if text not in allowed:
            raise ValueError(text)
        return text

    return parse


def _setting(default: Any, parse: Callable[[str], Any], expected: str, meaning: str) -> Any:
    return field(
        default=default, metadata={"parse": parse, "expected": expected, "meaning": meaning}
    )


def _secret(parse: Callable[[str], Any], expected: str, meaning: str) -> Any:
    metadata = {"parse": parse, "expected": expected, "meaning": meaning}
    return field(default=parse(""), repr=False, metadata=metadata)


def _secret_key(text: str) -> bytes:
    key = bytes.fromhex(text)
    if len(key) not in {0, 32}:
        raise ValueError
    return key


def _version(text: str) -> str:
    if not 1 <= len(text) <= LONGEST_TERMS_VERSION:
        raise ValueError(text)
    return text


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Every setting with its default; the variable is the field's name in capitals."""

    data_directory: Path = _setting(
        Path("data"),
        Path,
        "a folder",
        "Where the embedded database and the generated keys are kept.",
    )
    database_url: str = _setting(
        "",
        str,
        "postgresql://user@host/name or sqlite:///path",
        "The database; empty means the embedded SQLite file in the data directory.",
    )
    secret_key: bytes = _secret(
        _secret_key,
        "64 hexadecimal digits",
        "The root of ids, cursors and refresh tokens, the same on every node; "
        "empty means the generated one in the data directory.",
    )
    signing_key: str = _secret(
        str,
        "an EC P-256 private key in PEM, where \\n may stand for a new line",
        "What access tokens are signed with, the same on every node; "
        "empty means the generated one in the data directory.",
    )
    host: str = _setting("127.0.0.1", str, "an address", "Address to listen on.")
    port: int = _setting(8000, int, "a number", "Port to listen on.")
    metrics_host: str = _setting("127.0.0.1", str, "an address", "Address to be watched at.")
    metrics_port: int = _setting(
        0,
        int,
        "a number",
        "Port of /metrics, which each worker after the first adds one to; 0 means none.",
    )
    allowed_origins: tuple[str, ...] = _setting(
        (), _words, "origins, separated by commas", "Front ends on other origins that may call."
    )
    allowed_hosts: tuple[str, ...] = _setting(
        ("*",), _words, "host names, separated by commas", "Host headers that are answered."
    )
    refresh_same_site: Literal["strict", "none"] = _setting(
        "strict",
        _one_of("strict", "none"),
        "strict or none",
        "SameSite of the refresh cookie; none for a front end on another site.",
    )
    secure_cookie: bool = _setting(
        True, _switch, "on or off", "Whether the refresh cookie is sent over HTTPS only."
    )
    token_issuer: str = _setting(
        "chorus-structures", str, "a name", "Issuer and audience written into access tokens."
    )
    access_token_seconds: int = _setting(600, int, "seconds", "How long an access token lives.")
    refresh_idle_seconds: int = _setting(
        86_400, int, "seconds", "How long an unused session lives."
    )
    session_seconds: int = _setting(
        1_209_600, int, "seconds", "How long a session lives at the most."
    )
    login_attempts: int = _setting(
        5, int, "a number", "Wrong passwords per login and network before that network waits."
    )
    login_window_seconds: int = _setting(
        900, int, "seconds", "The window in which wrong passwords are counted."
    )
    anonymous_introspection: bool = _setting(
        False, _switch, "on or off", "Whether the schema can be explored without signing in."
    )
    graphiql: bool = _setting(True, _switch, "on or off", "Whether /graphiql is served.")
    siret_checksum: Literal["strict", "off"] = _setting(
        "strict", _one_of("strict", "off"), "strict or off", "Whether a SIRET's check digit counts."
    )
    siret_lookup: str = _setting(
        "accept",
        str,
        "accept, or a coroutine function as module:function",
        "Asked whether a new SIRET is registered and active; accept takes every one.",
    )
    searches_per_minute: int = _setting(
        120, int, "a number", "Searches of one user among the structures of others."
    )
    maximum_body_bytes: int = _setting(65_536, int, "bytes", "Largest request body.")
    maximum_tokens: int = _setting(2_000, int, "a number", "Lexical tokens in a document.")
    maximum_depth: int = _setting(15, int, "a number", "Levels of nesting in a document.")
    maximum_introspection_depth: int = _setting(
        20, int, "a number", "Levels of nesting below __schema and __type."
    )
    maximum_aliases: int = _setting(30, int, "a number", "Aliases in an operation.")
    maximum_directives: int = _setting(50, int, "a number", "Directives in an operation.")
    maximum_repeats: int = _setting(
        25, int, "a number", "Repeats of one response name in one merged selection."
    )
    maximum_mutation_fields: int = _setting(10, int, "a number", "Root fields of a mutation.")
    maximum_nodes: int = _setting(50_000, int, "a number", "Objects an operation may ask for.")
    document_cache: int = _setting(500, int, "a number", "Parsed documents that are kept.")
    operation_seconds: float = _setting(10.0, float, "seconds", "Time limit of an operation.")
    export_seconds: float = _setting(
        300.0, float, "seconds", "Time limit of an export, until its last byte is taken."
    )
    exports_at_once: int = _setting(
        2,
        int,
        "a number",
        "Exports that a process writes at the same time; each holds a connection.",
    )
    statement_seconds: float = _setting(5.0, float, "seconds", "Time limit of one statement.")
    pool_size: int = _setting(
        10, int, "a number", "Database connections for reads, and for writes."
    )
    workers: int = _setting(
        1, int, "a number", "Processes that serve; more than one needs PostgreSQL."
    )
    refusal_seconds: float = _setting(
        5.0, float, "seconds", "How long refusals are gathered before the history tells them."
    )
    issued_invoices_self_service: bool = _setting(
        True,
        _switch,
        "on or off",
        "Whether connected users give themselves the consultation of ISSUED_INVOICES, where opened.",
    )
    mandate_terms_version: str = _setting(
        "1",
        _version,
        "1 to 40 characters",
        "Version of the present terms of the invoicing mandate.",
    )
    mandate_terms_url: str = _setting(
        "", str, "an address", "Where the terms of the invoicing mandate can be read."
    )
    demonstration: bool = _setting(
        False, _switch, "on or off", "Set by `serve --demo` only: accept demonstration accounts."
    )
    log_level: str = _setting("INFO", str, "a level", "Least severe log entries that are written.")

    @property
    def checks_siret(self) -> bool:
        """Whether a SIRET must have the right check digit."""
        return self.siret_checksum == "strict"

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """
        Read the settings from *environment*, by default the process's.

        Raises:
            SettingError: a variable holds a value that its setting does not take.
        """
        environment = os.environ if environment is None else environment
        values: dict[str, Any] = {}
        for setting in fields(cls):
            text = environment.get(setting.name.upper())
            if text is None:
                continue
            try:
                values[setting.name] = setting.metadata["parse"](text)
            except (ValueError, KeyError):
                message = f"{setting.name.upper()} must be {setting.metadata['expected']}."
                raise SettingError(message) from None
        return cls(**values)
