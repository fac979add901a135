import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.domain.udi import UdiError
from inventory.domain.udi.brackets import read_brackets

GTIN = "09521234543213"


@pytest.mark.parametrize(
    ("text", "elements"),
    [  # GS1 General Specifications, 4: human readable interpretation
        (f"(01){GTIN}(10)LC-24A", [("01", GTIN), ("10", "LC-24A")]),
        (f" (01) {GTIN} (10) LC-24A ", [("01", GTIN), ("10", "LC-24A")]),
        (r"(10)LC\(11)26", [("10", "LC(11)26")]),
        (r"(10)LC\(A\)", [("10", "LC(A)")]),
        ("(8018)952123454321012341", [("8018", "952123454321012341")]),
    ],
)
def test_typed_text_is_cut_at_its_brackets(text, elements):
    assert read_brackets(text) == (elements, [])


def test_brackets_inside_a_lot_stay_in_the_lot_with_a_warning():
    elements, problems = read_brackets("(10)LOT(A)(17)280131")
    assert elements == [("10", "LOT(A)"), ("17", "280131")]
    assert [(p.code, p.blocking) for p in problems] == [("ambiguous-text", False)]


@pytest.mark.parametrize(
    "text",
    [
        "(",
        "()LC03",
        "(1)LC03",
        "(01",
        "(10)",
        "(10) ",
        "(10)(17)280131",
        "(10)LC 24",  # a blank inside a value
        "(10)LC(A",
        "(10)LC)A",
        "(05)12345",
        f"(01){GTIN}7",
        "(10)LOT(21)X(21)S1",  # two serials, or a lot with brackets?
        "(\u0661\u0660)LC",  # digits of another script
    ],
)
def test_text_that_may_mean_two_things_or_nothing_is_refused(text):
    with pytest.raises(UdiError):
        read_brackets(text)


@given(st.text("(01)27\\ AB", max_size=30))
def test_any_brackets_give_elements_or_a_refusal(text):
    try:
        elements, _ = read_brackets("(" + text)
    except UdiError:
        return
    assert all(value for _, value in elements)
