"""When the database is gone, whoever asks is told so, and all is well once it is back."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from inventory import store
from tests.web.working import working_clinic


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    with working_clinic(tmp_path_factory.mktemp("gone")) as working:
        yield working


@contextmanager
def gone(app) -> Iterator[None]:
    """No connection to the database is to be had, and those that were there are closed."""
    with app.app_context():
        engine = store.db.engine

    def refuse(dialect, *_):
        raise dialect.loaded_dbapi.OperationalError("connection refused")

    engine.dispose()
    sa.event.listen(engine, "do_connect", refuse)
    try:
        yield
    finally:
        sa.event.remove(engine, "do_connect", refuse)


def test_what_is_too_large_is_said_even_so(work):
    nurse = work.as_role("nurse")
    with gone(work.app):
        answer = nurse.send("/sessions/new", patient="x" * 70_000)
    assert answer.status_code == 413


def test_pages_and_calls_say_that_it_does_not_answer_and_when_to_ask_again(work):
    nurse, session = work.as_role("nurse"), work.clinic.open_session()
    with gone(work.app):
        page = nurse.get("/sessions/")
        signed_out = work.app.test_client().get("/sessions/")
        scan = nurse.scan(session, work.clinic.label("A17"))
        call = work.app.test_client().get("/api/v1/items", headers={"Authorization": "Bearer x"})
    assert page.status_code == 503
    assert "The database does not answer" in page.text
    assert "Nothing was changed." in page.text
    assert "Nobody can tell yet" in scan.json["detail"]
    assert signed_out.status_code == 302  # nobody is looked for where nobody says who it is
    for answer in (page, scan, call):
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
    assert call.json["problems"][0]["code"] == "http-503"
    assert nurse.get("/sessions/").status_code == 200
