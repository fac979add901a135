"""`/healthz` says that the process serves, `/readyz` that it may be trusted."""

import shutil

import pytest

from inventory.web import health


def test_a_serving_process_is_healthy_and_a_sound_one_ready(client):
    assert client.get("/healthz").json == {"status": "ok"}
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert set(answer.json["checks"].values()) == {"ok"}
    assert answer.json["warnings"] == {}


def test_a_database_that_was_not_migrated_is_not_ready(another, monkeypatch):
    client = another().test_client()
    monkeypatch.setattr(health.ScriptDirectory, "get_heads", lambda self: ["9999"])
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["status"] == "not ready"
    assert "flask db upgrade" in answer.json["checks"]["migrations"]


def test_a_full_disk_is_not_ready(client, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(1, 1, 5 * 2**20))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["checks"]["space"] == "5 MB free, 100 MB are needed"


def test_a_check_that_breaks_is_not_ready_and_tells_no_secret(client, monkeypatch):
    def broken():
        raise RuntimeError("secret Mario Rossi")

    monkeypatch.setattr(health, "READY_CHECKS", [("ledger", broken)])
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["checks"] == {"ledger": "failed: RuntimeError"}
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_asks_nobody_who_they_are(client, path):
    assert "Set-Cookie" not in client.get(path).headers
