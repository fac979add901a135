"""R1: a single-use unit goes to one patient session, however many scan it at once."""

from collections.abc import Callable, Sequence

import pytest

from tests.clinic import Clinic
from tests.trust.conftest import how_often
from tests.trust.judging import doubled, opened_units
from tests.trust.owner import owner_of
from tests.trust.workers import CONTEXT, House, Scan, Told, race, race_naively

PROCESSES = 8


def run(
    house: House,
    scanner: Callable[..., None],
    sessions: Sequence[str],
    units: Sequence[str],
    seed: int,
) -> list[Told]:
    """What all processes were told, each of which scans all the units into its own session."""
    start = CONTEXT.Barrier(len(sessions))
    pipes, processes = [], []
    for number, session in enumerate(sessions):
        mine, theirs = CONTEXT.Pipe(duplex=False)
        scans = [Scan(session, unit, f"{session}-{unit}") for unit in units]
        arguments = (house, scans, seed + number, start, theirs)
        processes.append(CONTEXT.Process(target=scanner, args=arguments))
        processes[-1].start()
        theirs.close()
        pipes.append(mine)
    told = [each for pipe in pipes for each in pipe.recv()]
    for process in processes:
        process.join()
    return told


def test_eight_processes_scan_the_same_units_and_each_goes_to_one_session(
    clinic: Clinic, house: House, seed: int
) -> None:
    sessions = [
        clinic.open_session(f"MRN {number}", procedure="any") for number in range(PROCESSES)
    ]
    for turn in range(how_often("KITTRACE_ROUNDS", 1)):
        units = clinic.receive_kits(f"A{turn}", 20)
        told = run(house, race, sessions, units, seed + turn)
        assert doubled(told) == []
        assert sorted(each.scan.barcode for each in told if each.entry) == sorted(units)
        losers = {each.refused for each in told if not each.entry}
        assert losers == {("unit-already-used",)}
        assert {opened_units()[unit] for unit in units} == {1}


@pytest.mark.tampers
def test_control_looking_first_and_writing_then_doubles_units(
    clinic: Clinic, house: House, seed: int
) -> None:
    owner = owner_of(house)
    with owner.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE naive_opening (unit TEXT, session TEXT)")
    owner.dispose()
    sessions = [f"S{number}" for number in range(PROCESSES)]
    told = run(house, race_naively, sessions, [f"U{number}" for number in range(5)], seed)
    assert len(doubled(told)) == 5
