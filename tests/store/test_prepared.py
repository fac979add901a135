"""Statements compiled once give what the same statements give in SQLAlchemy's own hands."""

import datetime as dt

import pytest
import sqlalchemy as sa

from inventory import store
from inventory.store.prepared import Prepared
from inventory.store.tables.catalogue import item, lot
from inventory.store.tables.ledger import answer, entry
from tests.clinic import Clinic

AT = dt.datetime(2026, 11, 25, 9, 5, 0, 250_000, tzinfo=dt.UTC)
ADD_ANSWER = Prepared(sa.insert(answer), answer.c.keys())


def kept(key: str, site: int = 1) -> dict[str, object]:
    return {"site_id": site, "key": key, "content": "c", "body": "{}", "at": AT}


def test_rows_are_the_same_in_type_and_value(clinic: Clinic) -> None:
    clinic.receive_kits("A17")
    columns = sa.select(
        item.c.single_use, lot.c.expires_on, entry.c.at, entry.c.leaf, entry.c.reverses_id
    )
    query = columns.join(lot, lot.c.item_id == item.c.id).join(entry, sa.true())
    with store.reading() as connection:
        expected = [tuple(row) for row in connection.execute(query)]
        found = Prepared(query).run(connection)
    assert found == expected
    assert [type(cell) for cell in found[0]] == [type(cell) for cell in expected[0]]


def test_values_are_bound_as_their_columns_say_and_a_retry_takes_others(clinic: Clinic) -> None:
    by_key = Prepared(
        sa.select(answer.c.at).where(
            answer.c.site_id == 1, answer.c.key == sa.bindparam("asked"), answer.c.at >= AT
        )
    )
    with store.transaction(1) as connection:
        ADD_ANSWER.run(connection, **kept("a key of this test"))
        assert by_key.first(connection, asked="a key of this test") == (AT,)
        assert by_key.first(connection, asked="a key of no test") is None


def test_an_insert_gives_back_what_it_is_asked_for(clinic: Clinic) -> None:
    add = Prepared(sa.insert(item).returning(item.c.id), [c.name for c in item.c if c.name != "id"])
    values = {
        "code": "MTTEST", "name": "x", "reference": "x", "manufacturer": "x", "kind": "needle",
        "tracking": "lot", "single_use": True,
    }  # fmt: skip
    with pytest.raises(RuntimeError), store.transaction() as connection:  # noqa: PT012 - an act
        ((key,),) = add.run(connection, **values)
        query = sa.select(item.c.single_use).where(item.c.id == key)
        assert connection.execute(query).scalar_one() is True
        raise RuntimeError("leave nothing behind")


def test_a_statement_whose_text_hangs_on_its_values_is_refused(clinic: Clinic) -> None:
    query = Prepared(sa.select(item.c.id).where(item.c.code.in_(["a", "b"])))
    with store.reading() as connection, pytest.raises(TypeError):
        query.run(connection)


def test_what_the_database_refuses_is_told_as_sqlalchemy_tells_it(clinic: Clinic) -> None:
    with pytest.raises(sa.exc.IntegrityError), store.transaction(1) as connection:  # noqa: PT012
        ADD_ANSWER.run(connection, **kept("twice"))
        ADD_ANSWER.run(connection, **kept("twice"))
    assert clinic.receive_kits("A17")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_a_connection_lost_under_a_prepared_statement_is_given_up(clinic: Clinic) -> None:
    def lose_it() -> None:
        with store.reading() as other, store.transaction(1) as connection:
            backend = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
            other.exec_driver_sql(f"SELECT pg_terminate_backend({backend})")
            ADD_ANSWER.run(connection, **kept("lost"))

    with pytest.raises(sa.exc.OperationalError) as told:
        lose_it()
    assert told.value.connection_invalidated
    assert clinic.receive_kits("A17")


def test_a_connection_found_closed_is_told_as_sqlalchemy_tells_it(clinic: Clinic) -> None:
    def find_it_closed() -> None:
        with store.glancing() as connection:
            driver = connection.connection.dbapi_connection
            assert driver
            driver.close()
            Prepared(sa.select(item.c.code)).run(connection)

    with pytest.raises(sa.exc.DBAPIError) as told:
        find_it_closed()
    assert told.value.connection_invalidated
    assert clinic.receive_kits("A17")


def test_who_watches_the_statements_sees_these_too(clinic: Clinic) -> None:
    said: list[str] = []
    sa.event.listen(
        store.db.engine, "before_cursor_execute", lambda c, r, text, *_: said.append(text)
    )
    with store.reading() as connection:
        Prepared(sa.select(item.c.code).where(item.c.id == 1)).run(connection)
    assert "SELECT item.code" in said[-1]
