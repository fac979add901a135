"""What schemathesis makes up from the description, valid and not: no surprise, no 500."""

import os

import pytest
from flask import Flask

from tests.api.calling import Caller

EXAMPLES = int(os.environ.get("API_EXAMPLES", "2"))


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.filterwarnings("ignore")  # schemathesis and its parts warn of themselves
def test_no_made_up_request_surprises(app: Flask, caller: Caller) -> None:
    import hypothesis
    import schemathesis  # seconds to load, which the other tests are spared

    told = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app=app)
    headers = {"Authorization": f"Bearer {caller.token}"}
    ran = 0
    for found in told.get_all_operations():
        operation = found.ok()
        for mode in schemathesis.GenerationMode:

            @hypothesis.settings(
                max_examples=EXAMPLES,
                deadline=None,
                derandomize=True,
                database=None,
                suppress_health_check=list(hypothesis.HealthCheck),
            )
            @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
            def holds(case: schemathesis.Case) -> None:
                nonlocal ran
                ran += 1
                case.call_and_validate(headers=headers)

            holds()
    assert ran >= 22 * EXAMPLES
