import pytest

from inventory.domain.udi.wedge import Keyboard
from inventory.domain.workstation import (
    Printer,
    check_keyboard,
    check_name,
    check_printer,
    is_safe_separator,
)


def codes(problems):
    return [problem.code for problem in problems]


@pytest.mark.parametrize(
    "host", ["10.0.0.7", "172.16.4.1", "192.168.1.9", "127.0.0.1", "::1", "fd00::7"]
)
def test_a_printer_in_the_clinics_own_network_may_be_set_by_pharmacy(host):
    assert check_printer(Printer(host), names_allowed=False) == []


@pytest.mark.parametrize(
    "host",
    [
        "8.8.8.8",
        "169.254.169.254",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "fe80::1",
        "2001:4860:4860::8888",
        "::",
        "",
        "http://10.0.0.7",
        "10.0.0.7:80",
        "10.0.0",
        "2130706433",
        "a b",
        "-x",
        "x" * 300,
        "10.0.0.7\r\nx",
    ],
)
def test_nothing_else_is_an_address_of_a_printer(host):
    for names_allowed in (False, True):
        problems = check_printer(Printer(host), names_allowed=names_allowed)
        assert codes(problems) == ["printer-address-wrong"]


def test_only_an_administrator_may_give_a_name():
    printer = Printer("zebra-1.clinic.local")
    assert codes(check_printer(printer, names_allowed=False)) == ["printer-address-wrong"]
    assert check_printer(printer, names_allowed=True) == []


@pytest.mark.parametrize("port", [0, 22, 80, 1023, 65536, -1])
def test_a_printer_listens_on_no_port_of_a_system(port):
    printer = Printer("10.0.0.7", port)
    assert codes(check_printer(printer, names_allowed=True)) == ["printer-port-wrong"]


def test_a_print_head_has_one_of_three_finenesses():
    assert codes(check_printer(Printer("10.0.0.7", dpi=100), names_allowed=True)) == [
        "printer-dpi-wrong"
    ]


@pytest.mark.parametrize("character", "0aZ-./+$%*()[]_:;<>=?!\"'&, ")
def test_a_character_that_codes_hold_is_no_separator(character):
    assert is_safe_separator(character) is (character == "[")
    keyboard = Keyboard(separator=character)
    assert codes(check_keyboard(keyboard)) == ([] if character == "[" else ["separator-unusable"])


def test_no_separator_of_its_own_is_fine():
    assert check_keyboard(Keyboard()) == []


def test_a_workstation_has_a_short_name():
    assert codes(check_name("  ")) == ["name-missing"]
    assert codes(check_name("x" * 41)) == ["too-long"]
    assert check_name("Room 1, cart") == []


def test_an_address_is_written_as_people_read_it():
    assert Printer("10.0.0.7").address == "10.0.0.7:9100"
    assert Printer("fd00::7", 6101).address == "[fd00::7]:6101"
