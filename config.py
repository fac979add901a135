"""What an installation is told from outside; the only reader of the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

PROJECT: Final = Path(__file__).resolve().parent

LEAST_RETENTION_YEARS: Final = 30
"""What is kept about implants and the like is kept at least so long; docs/decisions/0010."""

DRIVERS: Final = ("sqlcipher", "stdlib")

_YES: Final = frozenset({"1", "on", "yes", "true"})
_NO: Final = frozenset({"0", "off", "no", "false"})


class BadSetting(ValueError):
    """A setting that cannot be meant; the sentence names it, what was expected and what came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of one installation.

    Attributes:
        database_url: For SQLAlchemy; a file in `instance_dir` unless said otherwise.
        host: Where the server listens.
        port: 1 to 65535.
        key_dir: Where the root secret lies; never inside `instance_dir`, which is backed up.
        instance_dir: The data of the embedded default.
        smtp_url: `smtp://user:password@host:port`, or empty for no mail.
        time_zone: The clinic's, an IANA name.
        sqlite_driver: `sqlcipher` or `stdlib`.
        clinic_name: Stands on every page and paper.
        clinic_address: Stands on every paper.
        retention_years: Never less than `LEAST_RETENTION_YEARS`.
        secure_cookies: Cookies only over TLS, and HSTS.
        rate_limit: Off for tests and benchmarks only.
        tls_certificate: PEM file, or None to serve without TLS.
        tls_key: PEM file, together with `tls_certificate`.
    """

    database_url: str
    key_dir: Path
    instance_dir: Path
    host: str = "127.0.0.1"
    port: int = 8000
    smtp_url: str = ""
    time_zone: str = "Europe/Rome"
    sqlite_driver: str = "sqlcipher"
    clinic_name: str = "KitTrace"
    clinic_address: str = ""
    retention_years: int = LEAST_RETENTION_YEARS
    secure_cookies: bool = False
    rate_limit: bool = True
    tls_certificate: Path | None = None
    tls_key: Path | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read and check all settings.

        Raises:
            BadSetting: One of them cannot be meant.

        Examples:
            >>> Settings.from_environment({"PORT": "8080"}).port
            8080
            >>> Settings.from_environment({"PORT": "many"})
            Traceback (most recent call last):
            ...
            config.BadSetting: PORT: expected a whole number from 1 to 65535, got 'many'.
        """
        instance = Path(environ.get("INSTANCE_DIR") or PROJECT / "instance").resolve()
        keys = Path(environ.get("KEY_DIR") or PROJECT / "keys").resolve()
        if keys.is_relative_to(instance):
            raise _bad("KEY_DIR", f"a folder outside INSTANCE_DIR ({instance})", str(keys))
        certificate, key = _tls(environ)
        return cls(
            database_url=_database(environ.get("DATABASE_URL", ""), instance),
            key_dir=keys,
            instance_dir=instance,
            host=environ.get("HOST") or "127.0.0.1",
            port=_number(environ, "PORT", 8000, 1, 65535),
            smtp_url=_smtp(environ.get("SMTP_URL", "")),
            time_zone=_zone(environ.get("TZ") or "Europe/Rome"),
            sqlite_driver=_driver(environ.get("SQLITE_DRIVER") or "sqlcipher"),
            clinic_name=environ.get("CLINIC_NAME") or "KitTrace",
            clinic_address=environ.get("CLINIC_ADDRESS", ""),
            retention_years=_number(
                environ, "RETENTION_YEARS", LEAST_RETENTION_YEARS, LEAST_RETENTION_YEARS, 200
            ),
            secure_cookies=_switch(environ, "SECURE_COOKIES", certificate is not None),
            rate_limit=_switch(environ, "RATELIMIT", True),
            tls_certificate=certificate,
            tls_key=key,
        )


def _bad(name: str, expected: str, got: str) -> BadSetting:
    return BadSetting(f"{name}: expected {expected}, got {got!r}.")


def _number(environ: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = environ.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
        raise _bad(name, f"a whole number from {least} to {most}", text)
    return int(text)


def _switch(environ: Mapping[str, str], name: str, default: bool) -> bool:
    text = environ.get(name, "").strip().lower()
    if not text:
        return default
    if text not in _YES | _NO:
        raise _bad(name, "on or off", text)
    return text in _YES


def _database(url: str, instance: Path) -> str:
    if not url:
        return f"sqlite:///{instance / 'kittrace.db'}"
    scheme, mark, rest = url.partition("://")
    if scheme in ("postgres", "postgresql", "postgresql+psycopg") and mark:
        return f"postgresql+psycopg://{rest}"
    if scheme == "sqlite" and rest.startswith("/") and len(rest) > 1:
        return url
    raise _bad(
        "DATABASE_URL", "sqlite:///FILE or postgresql://USER@HOST/NAME", _without_secret(url)
    )


def _without_secret(url: str) -> str:
    """A database address that may stand in an error message."""
    return f"{url.partition(':')[0]}:..."


def _smtp(url: str) -> str:
    if url and (urlsplit(url).scheme not in ("smtp", "smtps") or not urlsplit(url).hostname):
        raise _bad("SMTP_URL", "smtp://USER:PASSWORD@HOST:PORT", _without_secret(url))
    return url


def _zone(name: str) -> str:
    name = name.removeprefix(":")
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise _bad("TZ", "the name of a time zone such as Europe/Rome", name) from None
    return name


def _driver(name: str) -> str:
    if name not in DRIVERS:
        raise _bad("SQLITE_DRIVER", " or ".join(DRIVERS), name)
    return name


def _tls(environ: Mapping[str, str]) -> tuple[Path | None, Path | None]:
    certificate, key = environ.get("TLS_CERT", ""), environ.get("TLS_KEY", "")
    if bool(certificate) != bool(key):
        raise BadSetting("TLS_CERT and TLS_KEY: expected both or neither, got one of them.")
    for name, path in (("TLS_CERT", certificate), ("TLS_KEY", key)):
        if path and not Path(path).is_file():
            raise _bad(name, "a PEM file", path)
    return (Path(certificate), Path(key)) if certificate else (None, None)
