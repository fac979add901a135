"""The administrator's pages: who may sign in, what they may do, and who gave them that."""

import re

import pytest

from inventory.operations import enrolling
from tests.web.conftest import an_act
from tests.web.working import working_clinic

PASSWORD = "correct horse battery"


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    with working_clinic(tmp_path_factory.mktemp("people")) as working:
        yield working


@pytest.fixture
def admin(work):
    return work.as_role("admin")


def test_people_are_found_by_name_role_and_state(admin):
    admin.send("/people/", username="zoe", role="nurse", password=PASSWORD)
    admin.send("/people/", username="zita", role="quality", password=PASSWORD)
    admin.send("/people/zita/disable")

    def found(asked: str) -> list[str]:
        return re.findall(r'href="/people/(z\w+)"', admin.get(f"/people/?{asked}").text)

    assert found("search=Z") == ["zita", "zoe"]
    assert found("search=z&role=nurse") == ["zoe"]
    assert found("state=left") == ["zita"]
    assert found("role=king&state=gone&search=zoe") == ["zoe"]
    assert "Nobody found" in admin.get("/people/?search=nobody-here").text


def test_every_act_about_a_person_is_told_on_their_page(work, admin):
    admin.send("/people/", username="ugo", role="nurse", password=PASSWORD)
    page = admin.send("/people/ugo/roles", roles="auditor").text
    assert "ugo is auditor from now on." in page
    with work.app.app_context():
        enrolling.issue_token(an_act(), "ugo")
    assert "1 token counts no more." in admin.send("/people/ugo/revoke-tokens").text
    page = admin.send("/people/ugo/disable").text
    acts = page[page.index("Who gave which rights") :]
    order = ["May not sign in any more", "Tokens revoked", "Token issued", "Other roles", "Added"]
    places = [acts.index(word) for word in order]
    assert places == sorted(places)
    assert "admin1" in acts
    assert "no, has left" in page


def test_a_long_history_of_rights_has_pages(work, admin):
    with work.app.app_context():
        for number in range(51):
            enrolling.change_roles(an_act(), "nurse1", ["auditor" if number % 2 else "nurse"])
    latest, first = admin.get("/people/nurse1"), admin.get("/people/nurse1?page=2")
    assert "/people/nurse1?page=2#rights" in latest.text
    assert (latest.text.count("Other roles"), first.text.count("Other roles")) == (50, 1)
    assert admin.get("/people/nurse1?page=9").location == "/people/nurse1?page=2"


def test_a_role_counts_from_the_next_page_on(work, admin):
    pharmacist = work.as_role("pharmacist")
    assert pharmacist.get("/ledger/").status_code == 200
    admin.send("/people/pharmacist1/roles", roles="nurse")
    assert pharmacist.get("/ledger/").status_code == 403
    admin.send("/people/pharmacist1/roles", roles="pharmacist")
    assert pharmacist.get("/ledger/").status_code == 200


def test_an_administrator_stays_one_and_stays_in(admin):
    page = admin.send("/people/admin1/roles", roles="nurse").text
    assert "You cannot take this role from yourself." in page
    assert "You cannot disable yourself." in admin.send("/people/admin1/disable").text
    assert admin.get("/people/").status_code == 200


@pytest.mark.parametrize("roles", ["", "king"])
def test_no_role_and_an_unknown_one_are_refused(admin, roles):
    admin.send("/people/", username="vera", role="nurse", password=PASSWORD)
    answer = admin.send("/people/vera/roles", **({"roles": roles} if roles else {}))
    assert answer.status_code == 422
    assert "kt-field-error" in answer.text


def test_whoever_is_not_there_is_not_found(admin):
    assert admin.get("/people/nobody").status_code == 404
    for what in ("disable", "revoke-tokens"):
        assert admin.send(f"/people/nobody/{what}").status_code == 404
    assert admin.send("/people/nobody/roles", roles="nurse").status_code == 404


def test_a_name_and_a_reason_lead_from_the_ledger(work, admin):
    admin.send("/people/", username="walter", role="nurse", password=PASSWORD)
    auditor = work.as_role("auditor")
    page = auditor.get("/ledger/?kind=PERSON&about=walter").text
    assert "rights changed" in page
    shown = auditor.get(re.search(r'href="(/ledger/TO-\d+)"', page)[1]).text
    assert "walter" in shown
    assert "Added" in shown
    assert PASSWORD not in shown
