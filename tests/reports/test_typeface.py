from hypothesis import given
from hypothesis import strategies as st

from inventory.reports.typeface import CODE, PROSE, Typesetter, pieces

NASTY = st.text(st.characters(exclude_categories=("Cs",)), max_size=80)


def setter() -> Typesetter:
    return Typesetter(lambda face, size, text: text)


def set_lines(cell: str, face: str, room: float) -> list[str]:
    lines = setter().lines(cell, face, 7, room)
    return ["".join(run.show for run in line.runs) for line in lines]


@given(NASTY)
def test_a_code_broken_over_lines_loses_nothing(text: str) -> None:
    shown = "".join(letters for _, letters in pieces(CODE, text))
    assert "".join(set_lines(text, CODE, 40)) == shown


@given(NASTY, st.sampled_from([PROSE, CODE]))
def test_no_line_is_wider_than_its_room_but_for_blanks(text: str, face: str) -> None:
    for line in setter().lines(text, face, 7, 60):
        blanks = sum(run.show.count(" ") for run in line.runs)
        assert line.width - blanks * 4.3 <= 60.01


@given(NASTY, NASTY)
def test_codes_that_differ_look_different(one: str, other: str) -> None:
    if one != other:
        assert list(pieces(CODE, one)) != list(pieces(CODE, other))


def test_words_stay_whole_and_keep_their_full_stop() -> None:
    spans = ((PROSE, "Only lot "), (CODE, "LX-2026"), (PROSE, ". Nothing else."))
    lines = setter().lines(spans, PROSE, 7, 75)
    assert ["".join(run.show for run in line.runs) for line in lines] == [
        "Only lot LX-2026. ",
        "Nothing else.",
    ]


def test_an_empty_cell_is_one_empty_line() -> None:
    assert set_lines("", PROSE, 40) == [""]


def test_line_ends_of_prose_are_kept() -> None:
    assert set_lines("one\r\ntwo\u2028three", PROSE, 400) == ["one", "two", "three"]
