"""Who may sign in, and what the ledger says of it."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from inventory import store
from inventory.operations import cataloguing, enrolling
from inventory.operations.posting import Act
from inventory.operations.verifying import verify_ledger
from inventory.store import people
from inventory.store.errors import Conflict, NotFound
from inventory.store.lists import list_entries
from inventory.store.tables.people import person_role
from tests.clinic import MONDAY, ROME, Clinic

HASH = "$argon2id$not-to-be-seen"


def told() -> list[tuple[str, str, str, dict[str, object]]]:
    """Entries about people, the oldest first: who, what, by whom, and the facts."""
    with store.reading() as connection:
        found, _ = list_entries(connection, kind="PERSON", size=500)
    read = [(entry, json.loads(entry.text)) for entry in found[::-1]]
    return [(entry.about, said["reason"], entry.by, said["facts"]) for entry, said in read]


def enrolled(clinic: Clinic, name: str = "Anna", *roles: str) -> None:
    enrolling.enrol(clinic.act(by="admin"), name, HASH, roles or ("nurse",))


def test_every_change_of_rights_is_an_entry_in_the_first_sites_chain(clinic: Clinic) -> None:
    enrolled(clinic)
    enrolling.change_roles(clinic.act(by="admin"), "anna", ["nurse", "quality"])
    enrolling.replace_password(clinic.act(by="anna"), "anna", HASH)
    ends = clinic.now + timedelta(days=30)
    enrolling.issue_token(clinic.act(by="admin"), "anna", ends)
    enrolling.issue_token(clinic.act(by="admin"), "anna")
    assert enrolling.revoke_tokens(clinic.act(by="admin"), "anna") == 2
    enrolling.dismiss(clinic.act(by="admin"), "anna")
    both = {"roles": ["nurse", "quality"], "active": True}
    until = ends.isoformat(timespec="microseconds").replace("+00:00", "Z")
    assert told() == [
        ("anna", "enrolled", "admin", {"roles": ["nurse"], "active": True}),
        ("anna", "roles-changed", "admin", both),
        ("anna", "password-changed", "anna", both),
        ("anna", "token-issued", "admin", {**both, "token": 1, "expires_at": until}),
        ("anna", "token-issued", "admin", {**both, "token": 2, "expires_at": ""}),
        ("anna", "tokens-revoked", "admin", {**both, "tokens": [1, 2]}),
        ("anna", "disabled", "admin", {**both, "active": False}),
    ]
    with store.reading() as connection:
        assert {e.site for e in list_entries(connection, kind="PERSON")[0]} == {"TO"}


def test_no_entry_holds_a_password_or_a_token(clinic: Clinic) -> None:
    enrolled(clinic)
    enrolling.replace_password(clinic.act(), "anna", HASH)
    token = enrolling.issue_token(clinic.act(), "anna")
    texts = clinic.all_entry_texts()
    assert "anna" in texts
    for secret in (HASH, token, token.removeprefix("kt_"), enrolling.token_digest(token)):
        assert secret not in texts


def test_people_come_before_the_first_site_and_its_chain_then_tells_who_was_there(
    app: Flask,
) -> None:
    act = Act("setup", MONDAY, ROME)
    enrolling.enrol(act, "anna", HASH, ["admin"])
    enrolling.enrol(act, "bruno", HASH, ["nurse"])
    enrolling.issue_token(act, "anna")
    enrolling.dismiss(act, "bruno")
    enrolling.record_found(act)
    assert told() == []
    cataloguing.add_site("TO", "Torino", "Via Roma 1")
    enrolling.record_found(act)
    since = "2026-11-02T08:00:00.000000Z"
    found = [
        ("anna", "found", "setup", {"roles": ["admin"], "active": True, "since": since}),
        ("bruno", "found", "setup", {"roles": ["nurse"], "active": False, "since": since}),
    ]
    assert told() == found
    enrolling.enrol(act, "carla", HASH, ["quality"])
    enrolling.record_found(act)
    assert told() == [
        *found,
        ("carla", "enrolled", "setup", {"roles": ["quality"], "active": True}),
    ]


def test_whoever_the_ledger_does_not_name_is_told_of_before_the_next_change(
    clinic: Clinic,
) -> None:
    with store.transaction() as connection:
        people.add_person(
            connection,
            username="smuggled",
            password_hash=HASH,
            uniquifier="x",
            roles=["admin"],
            now=clinic.now,
        )
    enrolled(clinic)
    assert [(name, reason) for name, reason, *_ in told()] == [
        ("smuggled", "found"),
        ("anna", "enrolled"),
    ]


def test_what_is_refused_is_no_entry(clinic: Clinic) -> None:
    enrolled(clinic)
    with pytest.raises(Conflict):
        enrolled(clinic, "ANNA")
    enrolling.dismiss(clinic.act(), "anna")
    with pytest.raises(Conflict):
        enrolling.issue_token(clinic.act(), "anna")
    with pytest.raises(Conflict):
        enrolling.change_roles(clinic.act(), "anna", ["admin"])
    with pytest.raises(NotFound):
        enrolling.revoke_tokens(clinic.act(), "nobody")
    assert enrolling.revoke_tokens(clinic.act(), "anna") == 0
    assert [reason for _, reason, *_ in told()] == ["enrolled", "disabled"]


def test_other_roles_take_the_place_of_those_before(clinic: Clinic) -> None:
    enrolled(clinic, "anna", "nurse", "quality")
    enrolling.change_roles(clinic.act(), "anna", ["auditor", "auditor"])
    with store.reading() as connection:
        person = people.find_person(connection, "anna")
    assert person is not None
    assert person.roles == ("auditor",)


@pytest.mark.tampers
def test_rights_changed_behind_the_ledgers_back_are_found_and_named(clinic: Clinic) -> None:
    enrolled(clinic, "anna")
    enrolled(clinic, "boss", "admin")
    assert verify_ledger().faults == ()
    with store.transaction() as connection:
        anna, boss = (people.find_person(connection, name) for name in ("anna", "boss"))
        assert anna
        assert boss
        role = sa.select(person_role.c.role_id).where(person_role.c.person_id == boss.id)
        admin = connection.execute(role).scalar_one()
        connection.execute(sa.insert(person_role).values(person_id=anna.id, role_id=admin))
    (fault,) = verify_ledger().faults
    assert fault.what == "what anna may do was changed, and no entry says by whom"
