import pytest

from inventory.domain.udi import UdiError
from inventory.domain.udi.digital_link import read_address
from inventory.domain.udi.gs1 import read_bare_number

GTIN = "09521234543213"


@pytest.mark.parametrize(
    ("address", "elements"),
    [  # GS1 Digital Link: URI Syntax, 4
        (f"https://id.gs1.org/01/{GTIN}", [("01", GTIN)]),
        (f"HTTPS://ID.EXAMPLE/01/{GTIN}", [("01", GTIN)]),
        (
            f"http://a/shop/it/01/{GTIN}/10/LC-24A/21/S1#x",
            [("01", GTIN), ("10", "LC-24A"), ("21", "S1")],
        ),
        (
            f"https://a/01/{GTIN}/10/24%2FA?17=280200",
            [("01", GTIN), ("10", "24/A"), ("17", "280200")],
        ),
        (f"https://a/01/{GTIN}/22/2A/10/L", [("01", GTIN), ("22", "2A"), ("10", "L")]),
        (f"https://a/01/{GTIN}?linkType=gs1:pip&17=280131", [("01", GTIN), ("17", "280131")]),
        (f"https://a/01/{GTIN}/10/01/21/02", [("01", GTIN), ("10", "01"), ("21", "02")]),
        (f"https://a/01/{GTIN}/235/TP1", [("01", GTIN), ("235", "TP1")]),
        ("https://a/414/9521234543213/254/R7", [("414", "9521234543213"), ("254", "R7")]),
        (
            "https://a/8018/952123454321012341/8019/1",
            [("8018", "952123454321012341"), ("8019", "1")],
        ),
    ],
)
def test_an_address_is_taken_apart(address, elements):
    assert read_address(address) == (elements, [])


def test_a_gtin_of_13_digits_is_filled_up_with_a_warning():
    elements, problems = read_address("https://a/01/9521234543213")
    assert (elements, [p.code for p in problems]) == ([("01", GTIN)], ["short-gtin"])


@pytest.mark.parametrize(
    "address",
    [
        "https://",
        "https:///01/" + GTIN,
        "https://example.com/",
        "https://example.com/products/42",
        f"https://a/01/{GTIN}/21/S1/10/LC",  # qualifiers in the wrong order
        f"https://a/01/{GTIN}/17/280131",  # an attribute in the path
        f"https://a/01/{GTIN}?21=S1",  # a qualifier in the query
        f"https://a/01/{GTIN}?10=LC",
        f"https://a/01/{GTIN}?235=TP1",
        "https://a/414/9521234543213?254=R7",
        "https://a/8010/9521234ABC?8011=1",
        "https://a/8018/952123454321012341?8019=1",
        f"https://a/01/{GTIN}?415=9521234543213&8020=A",
        f"https://a/01/{GTIN}/21/S1/235/TP1/10/LC",
        f"https://a/01/{GTIN}/10/",
        f"https://a/01/{GTIN}/10/A%00B",
        f"https://a/01/{GTIN}/10/A%FF",
        f"https://a/01/{GTIN}?99=A+B",  # a blank
        f"https://a/01/{GTIN}?999=A",
        f"https://a/01/{GTIN}?17=280131&17=280131",
        f"https://a/01/{GTIN}<script>",
        f"https://a b/01/{GTIN}",
    ],
)
def test_an_address_that_is_no_digital_link_is_refused(address):
    with pytest.raises(UdiError):
        read_address(address)


@pytest.mark.parametrize(
    "number", ["2112345678900", "0212345678908", "0412345678906", "212345678900", "20000004"]
)
@pytest.mark.parametrize("form", ["{}", "https://a/01/{}/10/LC-24A"])
def test_a_shops_own_number_is_no_item_alone_or_in_an_address(number, form):
    read = read_address if form.startswith("https") else read_bare_number
    with pytest.raises(UdiError, match="made up by a shop"):
        read(form.format(number))
