from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labels.composing import compose
from labels.faces import ELLIPSIS, MISSING, exact, runs, shown, width_mm
from labels.kinds import ProductLabel
from labels.layout import DOT_MM, STOCKS
from labels.marks import Code, Frame, Shape, Text
from labels.problems import DoesNotFit, NotPrintable
from labels.sheet import unit_labels_pdf
from labels.symbol import encode
from labels.texts import SENTENCE, SMALLEST
from tests.labels.papers import BADGE, EVERY_KIND, PLACE, PRODUCT, SESSION, a_unit, text_of

HOSTILE = [
    "=cmd|' /C calc'!A0",
    "<img src='/etc/passwd'/>&amp;",
    "A\u202egnirts\u200f",
    "nul\x00byte",
    "lone\ud800surrogate",
    "\N{SYRINGE}\N{ZERO WIDTH JOINER}\N{DROP OF BLOOD}",
    "שלום",
    "ő ș → ✓ 漢字",
    "",
    " \t\n ",
    "W" * 100_000,
    "word " * 20_000,
]


def texts(label, stock):
    return [mark.text for mark in compose(label, stock) if isinstance(mark, Text)]


@pytest.mark.parametrize("stock", STOCKS.values(), ids=STOCKS)
@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_name_still_gives_a_paper(hostile, stock):
    label = a_unit(item=hostile, clinic=hostile, manufacturer=hostile)
    assert "LC24A-0O1I" in text_of(unit_labels_pdf([label], stock))


def test_what_no_face_draws_shows_as_a_mark():
    label = a_unit(item="Kit \N{SYRINGE}\u202e שם")
    assert f"Kit {MISSING * 2} {MISSING * 2}" in texts(label, STOCKS["a4-24"])


def test_a_letter_that_one_face_lacks_is_drawn_from_another():
    assert runs("Timișoara", "bold") == (("bold", "Timi"), ("mono", "ș"), ("bold", "oara"))


@pytest.mark.parametrize(
    "lot", ["A\u200e1", "A\x00", "A\ud800", "\N{SYRINGE}", "אב", "A\xa01", "e\u0301", "A1 ", "A\n1"]
)
def test_a_lot_that_cannot_be_drawn_exactly_is_refused_by_name(lot):
    with pytest.raises(NotPrintable, match="lot") as refusal:
        compose(a_unit(lot=lot), STOCKS["a4-24"])
    assert refusal.value.field == "lot"


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=30))
def test_a_name_shown_can_always_be_drawn_and_an_exact_text_is_never_changed(text):
    assert shown(shown(text)) == shown(text)
    width_mm(shown(text), "bold", 8)
    try:
        assert exact("lot", text) == text
    except NotPrintable:
        pass
    else:
        assert runs(text, "mono") in ((), (("mono", text),))


@pytest.mark.parametrize("stock", STOCKS.values(), ids=STOCKS)
def test_a_lot_as_long_as_gs1_allows_stands_whole_on_every_stock(stock):
    lot = "ABCDEFGHJK0123456789"
    assert lot in "".join(texts(a_unit(lot=lot, reference="405256"), stock))


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("lot", {"lot": "L" * 300}),
        ("reference", {"reference": "R" * 300}),
        ("code", {"code": "KT" + "7" * 200}),
    ],
)
@pytest.mark.parametrize("stock", STOCKS.values(), ids=STOCKS)
def test_what_must_stand_whole_and_cannot_is_refused_by_name(field, change, stock):
    with pytest.raises((DoesNotFit, NotPrintable)) as refusal:
        compose(a_unit(**change), stock)
    assert refusal.value.field == field


def test_only_names_are_shortened_and_it_shows():
    label = a_unit(item="Very long name " * 20, clinic="C" * 90, manufacturer="M" * 90)
    cut = [text for text in texts(label, STOCKS["a4-24"]) if text.endswith(ELLIPSIS)]
    assert [text[0] for text in cut] == ["C", "M", "V"] or len(cut) == 3
    assert {"FPK-60", "LC24A-0O1I", "2028-02-29", "KT7Q2M9XH4C"} <= set(
        texts(label, STOCKS["a4-24"])
    )


@pytest.mark.parametrize("expiry", ["29/02/2028", "2028", "2028-2-9", "280229"])
def test_an_expiry_two_people_could_read_differently_is_refused(expiry):
    with pytest.raises(NotPrintable, match="YYYY-MM-DD"):
        compose(a_unit(expires_on=expiry), STOCKS["a4-24"])


@pytest.mark.parametrize("code", ["KT-1234", "kt7q2m9xh4c", "09521234543213", "MARIA ROSSI", "KT7"])
def test_a_code_that_a_keyboard_corrupts_or_that_could_be_a_gtin_is_refused(code):
    with pytest.raises(NotPrintable, match="digits and capitals"):
        compose(a_unit(code=code), STOCKS["a4-24"])


@pytest.mark.parametrize("key", STOCKS)
def test_the_product_says_what_it_is_in_both_languages_and_names_nobody(key):
    said = " ".join(texts(PRODUCT, STOCKS[key]))
    for sentence in (
        "Processed autologous adipose tissue / tessuto adiposo autologo processato",
        "FOR AUTOLOGOUS USE ONLY / SOLO PER USO AUTOLOGO",
        "NOT EVALUATED FOR INFECTIOUS SUBSTANCES / NON VALUTATO PER SOSTANZE INFETTIVE",
        "2026-11-23 10:40 +01:00",
        "12.5 mL",
        "PS7Q2M9XH4N",
    ):
        assert sentence in said


@pytest.mark.parametrize("key", ["a4-40", "roll-50x25"])
@pytest.mark.parametrize("volume", ["0.5", "12.5", "1012.5"])
def test_a_product_label_on_a_small_stock_is_legible_and_its_first_warning_bold(key, volume):
    label = ProductLabel("PS7Q2M9XH4N", "2026-11-23 10:40 +01:00", volume, "San Luca")
    marks = [mark for mark in compose(label, STOCKS[key]) if isinstance(mark, Text)]
    assert min(mark.size for mark in marks) >= 5.0
    assert {mark.face for mark in marks if "AUTOLOGOUS USE" in mark.text} == {"bold"}


WORDY = "Casa di Cura Privata Santa Maria delle Grazie e San Giovanni Battista"


@pytest.mark.parametrize("clinic", ["", "San Luca", WORDY, "W" * 300])
@pytest.mark.parametrize("when", ["2026-11-23 10:40 +01:00", "2026-12-28 23:58 -12:45"])
@pytest.mark.parametrize("volume", ["0.1", "12.5", "999.9"])
def test_the_longest_product_label_fits_the_smallest_sheet_and_is_legible(volume, when, clinic):
    stock = STOCKS["a4-65"]
    marks = compose(ProductLabel("PSWWWWWWWWW", when, volume, clinic), stock)
    assert_nothing_overlaps_or_is_near_the_edge(marks, stock)
    sizes = {mark.text: mark.size for mark in marks if isinstance(mark, Text)}
    assert min(sizes.values()) >= SENTENCE
    assert min(sizes["PSWWWWWWWWW"], sizes[f"{volume} mL"]) >= SMALLEST
    assert {when, "Time/Ora"} < set(sizes)
    (code,) = (mark for mark in marks if isinstance(mark, Code))
    beneath = code.y + code.height + code.symbol.quiet * code.module
    assert beneath <= min(box(m)[1] for m in marks if isinstance(m, Text) and m.y > beneath)
    assert code.module / DOT_MM == pytest.approx(4)


@pytest.mark.parametrize(("clinic", "shown"), [("San Luca", "San Luca"), (WORDY, "Casa di Cura…")])
def test_the_clinic_on_the_smallest_product_label_is_shortened_so_that_it_shows(clinic, shown):
    label = ProductLabel("PS7Q2M9XH4N", "2026-11-23 10:40 +01:00", "12.5", clinic)
    assert texts(label, STOCKS["a4-65"])[-1] == shown


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("code", {"session_code": "PS" + "W" * 22}),
        ("processed_at", {"processed_at": "2026-11-23 10:40:00.000 +01:00"}),
        ("volume_ml", {"volume_ml": "1" * 16}),
    ],
)
def test_a_product_label_that_truly_has_no_room_is_refused_by_name(field, change):
    with pytest.raises(DoesNotFit) as refusal:
        compose(replace(PRODUCT, **change), STOCKS["a4-65"])
    assert refusal.value.field == field


def test_a_product_label_is_refused_where_its_warnings_have_no_room():
    tiny = replace(STOCKS["a4-65"], key="tiny", label=(38.1, 19.0))
    with pytest.raises(DoesNotFit) as refusal:
        compose(PRODUCT, tiny)
    assert refusal.value.field == "notices"


@pytest.mark.parametrize("stock", STOCKS.values(), ids=STOCKS)
def test_a_date_never_breaks_within_itself(stock):
    assert {"2026-11-23", "2026-11-23 10:40"} & set(texts(SESSION, stock))
    assert "2028-02-29" in " ".join(texts(a_unit(lot="L" * 20), stock))


def test_a_badge_has_its_name_beside_the_code_and_never_in_it():
    marks = compose(BADGE, STOCKS["a4-24"])
    assert {mark.symbol.payload for mark in marks if isinstance(mark, Code)} == {BADGE.code}


ROLES = {
    "nurse": "infermiere",
    "pharmacist": "farmacista",
    "quality": "qualità",
    "admin": "amministratore",
    "auditor": "revisore",
}
UP_TO_TWO = [roles for number in (1, 2) for roles in combinations(ROLES, number)]


def badge_of(roles):
    said = [", ".join(roles), ", ".join(ROLES[role] for role in roles)]
    return replace(BADGE, name="giulia.bianchi", role=said[0], role_in_italian=said[1]), said


@pytest.mark.parametrize("stock", STOCKS.values(), ids=STOCKS)
@pytest.mark.parametrize("roles", UP_TO_TWO)
def test_a_badge_says_one_or_two_roles_whole_in_both_languages(roles, stock):
    badge, said = badge_of(roles)
    marks = compose(badge, stock)
    assert " ".join(said) in " ".join(texts(badge, stock))
    assert_nothing_overlaps_or_is_near_the_edge(marks, stock)


@pytest.mark.parametrize("stock", STOCKS.values(), ids=STOCKS)
def test_a_badge_of_all_roles_is_drawn_at_every_size(stock):
    badge, _ = badge_of([*ROLES])
    marks = compose(badge, stock)
    assert_nothing_overlaps_or_is_near_the_edge(marks, stock)
    assert any(
        text.startswith("amministratore") or "infermiere" in text for text in texts(badge, stock)
    )


def test_a_place_is_set_smaller_before_it_is_cut():
    place = replace(PLACE, within="Sala operatoria 1, primo piano, ala nord, padiglione B")
    said = " ".join(texts(place, STOCKS["a4-40"]))
    assert place.within in said


def box(mark):
    """Left, top, right and bottom of a mark in mm, a symbol with its quiet zone at the sides."""
    match mark:
        case Text():
            width = width_mm(mark.text, mark.face, mark.size)
            return mark.x, mark.y - 0.27 * mark.size, mark.x + width, mark.y
        case Frame():
            return mark.x, mark.y, mark.x + mark.width, mark.y + mark.height
        case Shape():
            xs, ys = zip(*(c for polygon in mark.polygons for c in polygon), strict=True)
            return mark.x, mark.y, mark.x + max(xs), mark.y + max(ys)
        case Code():
            symbol, quiet = mark.symbol, mark.symbol.quiet * mark.module
            right = mark.x + symbol.width * mark.module
            return mark.x - quiet, mark.y, right + quiet, mark.y + mark.height


def overlap(one, other):
    a, b = box(one), box(other)
    return min(a[2], b[2]) - max(a[0], b[0]) > 0.01 and min(a[3], b[3]) - max(a[1], b[1]) > 0.01


def assert_nothing_overlaps_or_is_near_the_edge(marks, stock):
    for mark in marks:
        left, top, right, bottom = box(mark)
        edge = 0.0 if isinstance(mark, Code) else 1.4
        assert left >= edge - 0.01
        assert right <= stock.label[0] - edge + 0.01
        assert top >= 1.4
        assert bottom <= stock.label[1] - 1.4
    assert [mark for mark in marks if isinstance(mark, Code)]
    for one, other in combinations(marks, 2):
        if not isinstance(one, Frame) and not isinstance(other, Frame):  # a frame holds its mark
            assert not overlap(one, other), (one, other)


@pytest.mark.parametrize("stock", STOCKS.values(), ids=STOCKS)
@pytest.mark.parametrize("label", [*EVERY_KIND, a_unit(item="Long name " * 9, lot="0" * 20)])
def test_nothing_touches_the_edge_or_a_quiet_zone_or_is_too_small(label, stock):
    marks = compose(label, stock)
    assert_nothing_overlaps_or_is_near_the_edge(marks, stock)
    whole = [mark.size for mark in marks if isinstance(mark, Text) and mark.face == "mono"]
    smallest_product = label == PRODUCT and stock.key == "a4-65"
    assert min(whole) >= (SENTENCE if smallest_product else SMALLEST)


@pytest.mark.parametrize("key", ["a4-24", "a4-40", "roll-50x25", "roll-57x32", "roll-100x50"])
def test_a_wide_label_has_both_symbols_and_a_session_too(key):
    for label, code in ((a_unit(), "KT7Q2M9XH4C"), (SESSION, "PS7Q2M9XH4N")):
        kinds = [m.symbol for m in compose(label, STOCKS[key]) if isinstance(m, Code)]
        assert {encode("datamatrix", code), encode("code128", code)} == set(kinds)
