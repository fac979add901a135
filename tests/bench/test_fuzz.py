"""A smaller run of what `make fuzz` does, and that a run tells what it must."""

import pytest

from bench import fuzz


def test_made_up_labels_give_a_value_or_a_refusal():
    seen = fuzz.run(300, seed_of_round=1)
    assert seen.examples >= 300
    assert {"read", "refused", "refused by the API's parser"} <= set(seen.kinds)


@pytest.mark.parametrize("damage", [[(number, "\x1d")] for number in range(42)])
def test_damage_may_fall_anywhere_in_a_code_and_on_an_empty_one(damage):
    assert isinstance(fuzz.damaged("]d210A", damage), str)
    assert isinstance(fuzz.damaged("", damage), str)


def test_a_run_that_meets_an_exception_shows_its_smallest_case_and_fails(monkeypatch, capsys):
    def reader_with_a_mistake(barcodes, today, **_):
        raise ZeroDivisionError(barcodes)

    monkeypatch.setattr(fuzz, "read", reader_with_a_mistake)
    seen = fuzz.a_round(20, 7)
    assert fuzz.tell([seen, fuzz.Seen(examples=1, worst_ms=0.5)], seconds=1) == 1
    told = capsys.readouterr().out
    assert "round of seed 7" in told
    assert "ZeroDivisionError: ['']" in told
    assert "exceptions: 1" in told
