"""Settings from the environment, and what cannot be meant."""

import re
from pathlib import Path

import pytest

from config import PROJECT, BadSetting, Settings


def test_an_empty_environment_gives_a_clinic_on_one_machine():
    assert Settings.from_environment({}) == Settings(
        database_url=f"sqlite:///{PROJECT / 'instance' / 'kittrace.db'}",
        key_dir=PROJECT / "keys",
        instance_dir=PROJECT / "instance",
        host="127.0.0.1",
        port=8000,
        smtp_url="",
        time_zone="Europe/Rome",
        sqlite_driver="sqlcipher",
        clinic_name="KitTrace",
        clinic_address="",
        retention_years=30,
        secure_cookies=False,
        rate_limit=True,
    )


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_name_of_postgresql_means_one_driver(scheme):
    settings = Settings.from_environment({"DATABASE_URL": f"{scheme}://kt@db/kittrace"})
    assert settings.database_url == "postgresql+psycopg://kt@db/kittrace"


def test_the_database_lies_among_the_data(tmp_path):
    settings = Settings.from_environment({"INSTANCE_DIR": str(tmp_path)})
    assert settings.database_url == f"sqlite:///{tmp_path / 'kittrace.db'}"


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("PORT", "0", "PORT: expected a whole number from 1 to 65535, got '0'."),
        ("PORT", "8000.0", "PORT: expected a whole number from 1 to 65535, got '8000.0'."),
        ("PORT", "٣", "PORT: expected a whole number from 1 to 65535, got '٣'."),
        (
            "RETENTION_YEARS",
            "10",
            "RETENTION_YEARS: expected a whole number from 30 to 200, got '10'.",
        ),
        (
            "TZ",
            "Europe/Turin",
            "TZ: expected the name of a time zone such as Europe/Rome, got 'Europe/Turin'.",
        ),
        ("TZ", "/etc", "TZ: expected the name of a time zone such as Europe/Rome, got '/etc'."),
        ("SQLITE_DRIVER", "x", "SQLITE_DRIVER: expected sqlcipher or stdlib, got 'x'."),
        ("SECURE_COOKIES", "maybe", "SECURE_COOKIES: expected on or off, got 'maybe'."),
        ("TLS_CERT", "x.pem", "TLS_CERT and TLS_KEY: expected both or neither, got one of them."),
        ("SMTP_URL", "mail", "SMTP_URL: expected smtp://USER:PASSWORD@HOST:PORT, got 'mail:...'."),
    ],
)
def test_what_cannot_be_meant_is_named(name, value, sentence):
    with pytest.raises(BadSetting) as refusal:
        Settings.from_environment({name: value})
    assert str(refusal.value) == sentence


def test_a_wrong_database_address_does_not_show_its_password():
    with pytest.raises(BadSetting) as refusal:
        Settings.from_environment({"DATABASE_URL": "mysql://kt:hunter2@db/kittrace"})
    assert "hunter2" not in str(refusal.value)


def test_keys_never_lie_among_the_data():
    with pytest.raises(BadSetting, match="KEY_DIR: expected a folder outside INSTANCE_DIR"):
        Settings.from_environment({"INSTANCE_DIR": "/srv/kt", "KEY_DIR": "/srv/kt/keys"})


def test_with_tls_cookies_are_secure_unless_said_otherwise(tmp_path: Path):
    pem = tmp_path / "x.pem"
    pem.write_text("")
    tls = {"TLS_CERT": str(pem), "TLS_KEY": str(pem)}
    assert Settings.from_environment(tls).secure_cookies
    assert not Settings.from_environment({**tls, "SECURE_COOKIES": "off"}).secure_cookies


def test_nothing_but_config_reads_the_environment() -> None:
    sources = [
        *PROJECT.glob("*.py"),
        *PROJECT.glob("inventory/**/*.py"),
        *PROJECT.glob("labels/*.py"),
    ]
    readers = {
        path.name for path in sources if re.search(r"os\.(environ|getenv)", path.read_text("utf-8"))
    }
    assert readers == {"config.py"}
