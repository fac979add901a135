"""What schemathesis makes up from the description, valid and not: no surprise, no 500."""

import os
import sys
from types import ModuleType
from unittest import mock

import pytest
from _pytest.assertion.rewrite import AssertionRewritingHook

from tests.api.calling import Caller

EXAMPLES = int(os.environ.get("API_EXAMPLES", "2"))


def loaded() -> ModuleType:
    """Schemathesis; it takes seconds to load, and more where pytest rewrites its parts."""
    finders = [each for each in sys.meta_path if not isinstance(each, AssertionRewritingHook)]
    with mock.patch.object(sys, "meta_path", finders):
        import schemathesis
    return schemathesis


@pytest.mark.filterwarnings("ignore")  # schemathesis and its parts warn of themselves
def test_no_made_up_request_surprises(both: list[Caller]) -> None:
    """Each request is made up once and sent to both databases."""
    import hypothesis

    schemathesis = loaded()
    (app, headers), *others = ((each.client.application, each.headers()) for each in both)
    told = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app=app)
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
                for other, also in others:
                    case.call_and_validate(headers=also, app=other)

            holds()
    assert ran >= 22 * EXAMPLES
