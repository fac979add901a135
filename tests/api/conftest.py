"""Integrations of every role at a small clinic."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from inventory.operations import enrolling
from inventory.store.people import ROLES
from tests.api.calling import NO_PASSWORD, Caller, Calling, callers
from tests.clinic import Clinic
from tests.conftest import shared_clinic


@pytest.fixture
def web() -> bool:
    return True


@pytest.fixture
def calling(app: Flask, clinic: Clinic) -> Calling:
    """Gives an integration of a role."""
    return callers(app, clinic)


@pytest.fixture
def caller(calling: Calling) -> Caller:
    """An integration that may do everything."""
    return calling("admin")


KINDS = ("sqlite", "postgresql")


@pytest.fixture(scope="module", params=KINDS)
def sharing(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Calling]:
    """The same at a clinic that the tests of a module share, on either database.

    There is `everybody` as well, who has every role.
    """
    folder = tmp_path_factory.mktemp("shared") / "data"
    with shared_clinic(request, request.param, folder) as (app, clinic):
        app.testing = True
        with app.app_context():
            calling = callers(app, clinic)
            enrolling.enrol(clinic.act(), "everybody", NO_PASSWORD, ROLES)
            token = enrolling.issue_token(clinic.act(), "everybody")
        everybody = Caller(app.test_client(), token, clinic)
        yield lambda role: replace(everybody, sent={}) if role == "everybody" else calling(role)


@pytest.fixture
def shared(sharing: Calling) -> Caller:
    """An integration that may do everything there."""
    return sharing("admin")


@pytest.fixture
def both(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[Caller]]:
    """One that may do everything, at a clinic on each database."""
    with ExitStack() as stack:
        found = []
        for kind in KINDS:
            app, clinic = stack.enter_context(shared_clinic(request, kind, tmp_path / kind))
            with app.app_context():
                found.append(callers(app, clinic)("admin"))
        yield found
