from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.domain.udi import Udi, UdiError
from inventory.domain.udi.iccbba import donation_flags, read_iccbba

PRODUCT = "=/A9998KTR100T0101"
DONATION = "=A99982612345600"


def test_a_full_label_gives_every_field():
    body = PRODUCT + "=,000031" + DONATION + "=>028060=}026031&,1000000000000LC-03".replace("-", "")
    body = body.replace("LC03", "00LC03")
    assert read_iccbba(body) == Udi(
        issuer="iccbba",
        di="A9998KTR100T0101",
        elements=(
            ("=/", "A9998KTR100T0101"),
            ("=,", "000031"),
            ("=", "A99982612345600"),
            ("=>", "028060"),
            ("=}", "026031"),
            ("&,1", "00000000000000LC03"),
        ),
        lot="00000000000000LC03",
        serial="000031",
        expires_on=date(2028, 2, 29),
        expires_printed="028060",
        manufactured_on=date(2026, 1, 31),
        donation_id="A999826123456",
    )


@pytest.mark.parametrize(
    ("body", "field", "value"),
    [
        ("=>999365", "expires_on", date(1999, 12, 31)),  # ST-001, DS 004: c = 9 is the 1900s
        ("&>0280602359", "expires_on", date(2028, 2, 29)),  # DS 005: with hour and minute
        ("&}0260310800", "manufactured_on", date(2026, 1, 31)),
        ("=)1KT0000031", "di", "1KT0000031"),  # DS 017: container manufacturer
        ("&)LC00000003", "lot", "LC00000003"),  # DS 018
        (DONATION + "=,000031", "donation_id", "A999826123456"),  # DS 001
    ],
)
def test_a_structure_fills_its_field(body, field, value):
    assert getattr(read_iccbba(body), field) == value


def test_a_compound_message_holds_as_many_structures_as_it_says():
    body = PRODUCT + "=,000031" + DONATION
    assert read_iccbba("=+03035" + body).serial == "000031"  # ST-017, 4.3
    with pytest.raises(UdiError, match="says that it holds 4 structures, but it holds 3"):
        read_iccbba("=+04035" + body)


@pytest.mark.parametrize(
    "body",
    [
        "=",
        "&",
        "=/A9998KTR100T010",
        "=A999826123456",  # flags missing
        "=>028367",
        "=>02806",
        PRODUCT + "rest",
        PRODUCT + "=/A9998KTR200T0101",
        "=+01035",
        "=>\u0660\u0662\u0668\u0660\u0666\u0660",
    ],
)
def test_what_cannot_be_cut_to_its_end_is_refused(body):
    with pytest.raises(UdiError):
        read_iccbba(body)


def test_flags_from_60_on_guard_the_donation_number():
    sound = read_iccbba("=G12349865432177")  # ST-001, appendix A: mod 37-2 gives H
    broken = read_iccbba("=G12349865432178")
    assert (sound.problems, donation_flags("G123498654321")) == ((), "77")
    assert [problem.code for problem in broken.problems] == ["check-digit-wrong"]
    assert broken.donation_id == "G123498654321"


@given(st.text("=/,>}&)+10A", max_size=40))
def test_any_text_gives_fields_or_a_refusal(text):
    try:
        udi = read_iccbba("=" + text)
    except UdiError:
        return
    assert udi.issuer == "iccbba"
