"""Which job is marked as the one at hand."""

import re

import pytest

from tests.web.working import working_clinic


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    with working_clinic(tmp_path_factory.mktemp("navigation")) as working:
        yield working


@pytest.fixture
def session(work):
    return work.clinic.open_session()


def marked(page: str) -> list[str]:
    """The links and words of the navigation that are marked."""
    side = page.partition('id="kt-side"')[2].partition("</nav>")[0]
    return re.findall(r'aria-current="\w+">([^<]+)', side)


@pytest.mark.parametrize(
    ("role", "path", "words"),
    [
        ("nurse", "/", ["Start"]),
        ("nurse", "/sessions/{session}", ["Sessions"]),
        ("nurse", "/printing/session/product/{session}", ["Sessions"]),
        ("pharmacist", "/receiving/new", ["Receive"]),
        ("pharmacist", "/stock/", ["Supplies", "Stock"]),
        ("pharmacist", "/transfers/", ["Supplies", "Transfers"]),
        ("pharmacist", "/items/provisional", ["Supplies", "Items"]),
        ("pharmacist", "/scanner-check/", ["This workstation"]),
        ("pharmacist", "/people/password", []),
        ("quality", "/recalls/new", ["Recalls"]),
        ("quality", "/lots/", ["Trace", "Lots"]),
        ("quality", "/nothing-here", []),
        ("admin", "/people/", ["People"]),
        ("admin", "/people/password", []),
    ],
)
def test_the_job_at_hand_is_marked_on_all_its_pages(work, session, role, path, words):
    page = work.as_role(role).client.get(path.format(session=session), follow_redirects=True)
    assert marked(page.text) == words


def test_who_looks_at_a_patients_name_is_still_in_the_sessions(work, session):
    assert marked(work.as_role("nurse").send(f"/sessions/{session}/patient").text) == ["Sessions"]
