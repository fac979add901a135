import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import labels.symbol
from inventory.domain.codes import KINDS, new_code
from labels.problems import BadSymbol
from labels.symbol import GS, Symbol, encode, gs1_payload, read_back

CSET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"


@settings(max_examples=60, deadline=None)
@given(kind=st.sampled_from(sorted(KINDS)), seed=st.integers(0, 10**9))
def test_every_code_of_ours_can_be_printed_and_scanned(kind, seed):
    code = new_code(kind, random.Random(seed))
    for symbology, identifier in (("datamatrix", "]d1"), ("code128", "]C0")):
        assert read_back(encode(symbology, code)) == (identifier, code.encode())


@settings(max_examples=60, deadline=None)
@given(
    lot=st.text(CSET_82, min_size=1, max_size=12), serial=st.text(CSET_82, min_size=1, max_size=8)
)
def test_a_lot_before_a_serial_keeps_its_end(lot, serial):
    payload = gs1_payload([("17", "280229"), ("10", lot), ("21", serial)])
    assert payload == f"1728022910{lot}{GS}21{serial}"
    for symbology, identifier in (("gs1-datamatrix", "]d2"), ("gs1-128", "]C1")):
        assert read_back(encode(symbology, payload)) == (identifier, payload.encode())


def test_an_odd_run_of_digits_before_a_separator_is_not_eaten():
    payload = gs1_payload([("01", "09521234543213"), ("10", "1"), ("21", "1234567")])
    assert read_back(encode("gs1-128", payload)) == ("]C1", payload.encode())


@pytest.mark.parametrize("payload", ["", "KT\n", "KTé", "KT\x00", f"KT{GS}1"])
def test_what_a_keyboard_cannot_send_is_no_code(payload):
    with pytest.raises(BadSymbol, match="printable ASCII"):
        encode("datamatrix", payload)


def test_a_gs1_128_longer_than_the_standard_allows_is_refused():
    with pytest.raises(BadSymbol, match="48 characters"):
        encode("gs1-128", "10" + "A" * 47)


def test_a_text_too_long_for_any_matrix_is_refused():
    with pytest.raises(BadSymbol):
        encode("datamatrix", "A" * 4000)


def test_a_symbol_that_reads_as_another_code_never_leaves(monkeypatch):
    other = encode("datamatrix", "KT7Q2M9XH4D")
    wrong = Symbol("datamatrix", "KT7Q2M9XH4E", other.modules, other.width, other.height)
    monkeypatch.setattr(labels.symbol, "_matrix", lambda kind, payload: wrong)
    with pytest.raises(BadSymbol, match="read back"):
        encode("datamatrix", "KT7Q2M9XH4E")


def test_a_symbol_not_marked_as_gs1_never_leaves_as_one(monkeypatch):
    plain = encode("datamatrix", "10LC24")
    wrong = Symbol("gs1-datamatrix", "10LC24", plain.modules, plain.width, plain.height)
    monkeypatch.setattr(labels.symbol, "_matrix", lambda kind, payload: wrong)
    with pytest.raises(BadSymbol, match=r"\]d1"):
        encode("gs1-datamatrix", "10LC24")


def test_an_unknown_kind_is_refused():
    with pytest.raises(BadSymbol, match="qr"):
        encode("qr", "KT7Q2M9XH4C")
