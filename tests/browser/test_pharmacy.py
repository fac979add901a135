"""The pharmacy's pages in a real browser, with a scanner that plays keyboard."""

import pytest

pytestmark = pytest.mark.browser


def test_signed_in(as_role):
    page = as_role("pharmacist")
    assert page.title()
