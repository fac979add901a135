"""Commands, whose sentences and passwords are those of the web."""

import pytest


@pytest.fixture
def web() -> bool:
    return True
