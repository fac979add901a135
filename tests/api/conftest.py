"""Integrations of every role at a small clinic."""

import pytest
from flask import Flask

from tests.api.calling import Caller, Calling, callers
from tests.clinic import Clinic


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
