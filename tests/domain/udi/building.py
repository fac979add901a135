"""What a pack may say, as strategies, and how to tell that a value says just that."""

from datetime import date

from hypothesis import settings
from hypothesis import strategies as st

from inventory.domain.udi import Udi
from inventory.domain.udi.ai import check_digit
from inventory.domain.udi.dates import gs1_date
from inventory.domain.udi.iccbba import donation_flags
from inventory.domain.udi.wedge import ITALIAN_KEYS, US_KEYS

TODAY = date(2026, 8, 1)
DAMAGE = str.maketrans(US_KEYS, ITALIAN_KEYS)
some = settings(max_examples=40, deadline=None)
"""Enough for each form; a hundred thousand are made up by `make fuzz`."""

MARKED = ["]d2", "]C1", "]Q3", "]e0", "]J1"]

CSET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
ALNUM = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
NUMBERS = st.text(CSET_82, min_size=1, max_size=20)
DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
GTINS = st.integers(0, 10**13 - 1).map(lambda n: f"{n:013}" + check_digit(f"{n:013}"))
GS1_VALUES = {
    "01": GTINS,
    "10": NUMBERS,
    "11": DAYS.map(lambda day: f"{day:%y%m%d}"),
    "17": DAYS.map(lambda day: f"{day:%y%m%d}") | DAYS.map(lambda day: f"{day:%y%m}00"),
    "21": NUMBERS,
    "22": NUMBERS,
    "30": st.integers(1, 99_999_999).map(str),
    "240": st.text(CSET_82, min_size=1, max_size=30),
    "716": st.text("0123456789", min_size=1, max_size=20),
    "91": st.text(CSET_82, min_size=1, max_size=30),
}


@st.composite
def gs1_elements(draw):
    """The elements of one pack, the GTIN among them, in any order."""
    ais = draw(st.lists(st.sampled_from(sorted(set(GS1_VALUES) - {"01"})), unique=True))
    return [(ai, draw(GS1_VALUES[ai])) for ai in draw(st.permutations(["01", *ais]))]


def says(udi, elements):
    """Whether a value holds these GS1 elements and nothing else, each in its field."""
    values = dict(elements)
    assert isinstance(udi, Udi), udi
    assert sorted(udi.elements) == sorted(elements)
    assert (udi.issuer, udi.gtin, udi.di) == ("gs1", values["01"], values["01"])
    assert (udi.lot, udi.serial) == (values.get("10"), values.get("21"))
    expiry = gs1_date(values["17"], TODAY.year) if "17" in values else None
    assert (udi.expires_on, udi.expires_printed) == (expiry, values.get("17"))
    assert not udi.blocked
    return True


HIBC_ITEMS = st.from_regex(r"[A-Z][A-Z0-9]{3}[A-Z0-9]{1,18}[0-9]", fullmatch=True, alphabet=ALNUM)
HIBC_NUMBERS = st.text(ALNUM + "-.", min_size=1, max_size=18)
HIBC_DATES = {  # ANSI/HIBC 2.6, 2.2: flag and order of the digits
    "0": lambda day: f"{day:%m%y}",
    "2": lambda day: f"2{day:%m%d%y}",
    "3": lambda day: f"3{day:%y%m%d}",
    "4": lambda day: f"4{day:%y%m%d}23",
    "5": lambda day: f"5{day:%y%j}",
    "6": lambda day: f"6{day:%y%j}07",
    "7": lambda day: "7",
}
HIBC_QUANTITIES = st.none() | st.integers(0, 99_999)


@st.composite
def hibc_data(draw):
    """Production data in any form, and what they say: lot, serial, expiry, quantity."""
    form, day, number = draw(st.sampled_from(sorted(HIBC_DATES))), draw(DAYS), draw(HIBC_NUMBERS)
    quantity = draw(HIBC_QUANTITIES)
    count = "" if quantity is None else f"8{quantity:02}" if quantity < 100 else f"9{quantity:05}"
    plus = draw(st.sampled_from(["", "+"]))
    lot, serial = (None, number) if plus else (number, None)
    text = f"$${plus}{count}{HIBC_DATES[form](day)}{number}"
    if not plus and draw(st.booleans()):
        serial = draw(HIBC_NUMBERS)
        text += f"/S{serial}"
    expiry = None if form == "7" else f"{day:%Y-%m}" if form == "0" else f"{day:%Y-%m-%d}"
    return text, (lot, serial, expiry, quantity)


def hibc_says(udi):
    assert isinstance(udi, Udi), udi
    expiry = udi.expires_on and str(udi.expires_on)
    if expiry and udi.expires_precision == "month":
        expiry = expiry[:7]
    return udi.lot, udi.serial, expiry, udi.quantity


def fixed(length):
    return st.text(ALNUM, min_size=length, max_size=length)


@st.composite
def iccbba_structures(draw):
    """Data structures of one container, in any order, and the fields that they fill."""
    day = draw(st.dates(date(2000, 1, 1), date(2098, 12, 31)))
    donation = draw(st.sampled_from("ABCDEFGHJKMNPQRSTUVWXYZ123456789")) + draw(fixed(12))
    product, serial, lot = draw(fixed(16)), draw(fixed(6)), draw(fixed(18))
    structures = {
        f"=/{product}": ("di", product),
        f"=,{serial}": ("serial", serial),
        f"={donation}{donation_flags(donation)}": ("donation_id", donation),
        f"=>0{day:%y%j}": ("expires_on", day),
        f"=}}0{day:%y%j}": ("manufactured_on", day),
        f"&,1{lot}": ("lot", lot),
    }
    taken = draw(st.lists(st.sampled_from(sorted(structures)), min_size=1, unique=True))
    return taken, dict(structures[text] for text in taken)
