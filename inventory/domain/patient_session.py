"""One procedure on one patient: what was opened for it, and what became of each piece.

Opened is not used. A session can close only when every piece has its outcome and every required
line of its procedure has a lot.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from inventory.domain.catalogue import ItemKind
from inventory.domain.problem import Problem, say, stamp
from inventory.domain.procedure import ProcedureDefinition, Taken, missing

WASTE_REASONS: Final = {
    "dropped": False,
    "damaged-pack": False,
    "expired-found": False,
    "contaminated": True,
    "wrong-size": True,
    "procedure-changed": True,
    "procedure-cancelled": True,
    "defective": True,
    "other": True,
}
"""Why a piece was wasted, and whether it may have touched the patient all the same."""

REVERSE_REASONS: Final = {
    "never-happened": False,
    "wrong-lot": True,
    "wrong-item": True,
    "wrong-quantity": True,
    "wrong-patient": True,
    "wrong-place": False,
    "other": True,
}
"""Why an entry was reversed, and whether a recall must then doubt what stands there instead."""

MAXIMUM_QUANTITY: Final = 10_000
"""Units of use in one line of one act; more is a slip of the finger."""


@dataclass(frozen=True, slots=True)
class PatientSession:
    """One patient session.

    Attributes:
        id: Key in the store.
        code: Its opaque code, `PS...`.
        site: Code of the site.
        location: Code of the room.
        procedure: Code of the procedure definition.
        patient: The patient's pseudonym, `PT...`.
        opened_at: When it was opened, UTC.
        closed_at: When it was closed, or None.
        cancelled: The procedure did not take place.
        broken_off: It began and was not ended.
        retain_until: Until when the record must be kept.
    """

    id: int
    code: str
    site: str
    location: str
    procedure: str
    patient: str
    opened_at: datetime
    closed_at: datetime | None
    cancelled: bool
    broken_off: bool
    retain_until: date

    @property
    def is_open(self) -> bool:
        """Whether it still takes scans."""
        return self.closed_at is None


@dataclass(frozen=True, slots=True)
class SessionLine:
    """What one lot or unit did in one patient session, in units of use.

    Attributes:
        item: Code of the item.
        item_name: Its name.
        kind: Its kind.
        single_use: Whether a used piece is gone.
        lot: The lot number.
        expires_on: Last day of use, or None.
        unit: Code of the unit, or empty.
        in_session: Opened, outcome not yet said.
        used: Used on the patient.
        wasted: Wasted.
        restocked: Put back unopened.
        entry: Reference of the latest opening, for undo; or empty.
        entered: How the latest opening was told.
        overridden: What was overruled at the latest opening.
    """

    item: str
    item_name: str
    kind: ItemKind
    single_use: bool
    lot: str
    expires_on: date | None
    unit: str
    in_session: int
    used: int
    wasted: int
    restocked: int
    entry: str
    entered: str
    overridden: str


def taken(lines: Iterable[SessionLine]) -> list[Taken]:
    """What a session took of each item, as the procedure counts it."""
    sums: dict[str, tuple[ItemKind, int, int]] = {}
    for line in lines:
        _, opened, kept = sums.get(line.item, (line.kind, 0, 0))
        held = line.in_session + line.used
        sums[line.item] = (line.kind, opened + held + line.wasted, kept + held)
    return [Taken(code, kind, opened, kept) for code, (kind, opened, kept) in sums.items()]


def check_open(patient_session: PatientSession) -> list[Problem]:
    """Only an open session takes scans and outcomes.

    Errors: `patient-session-closed`.
    """
    if patient_session.closed_at is None:
        return []
    return [
        Problem(
            "patient-session-closed",
            say(
                "Session %(session)s was closed at %(at)s. Open the right session; what is wrong in"
                " a closed one is corrected by quality.",
                session=patient_session.code,
                at=stamp(patient_session.closed_at),
            ),
        )
    ]


def unaccounted(lines: Iterable[SessionLine]) -> list[Problem]:
    """A problem for each opened piece whose outcome was not said.

    Errors: `outcome-missing`.
    """
    return [
        Problem(
            "outcome-missing",
            say(
                "%(quantity)s of %(item)s, lot %(lot)s, opened without an outcome:"
                " say used, wasted or put back unopened.",
                quantity=line.in_session,
                item=line.item_name,
                lot=f"{line.lot} ({line.unit})" if line.unit else line.lot,
            ),
        )
        for line in lines
        if line.in_session
    ]


def check_nothing_used(lines: Iterable[SessionLine]) -> list[Problem]:
    """A problem for each line that was used, for then the procedure took place.

    Errors: `used-in-cancelled`.
    """
    return [
        Problem(
            "used-in-cancelled",
            say(
                "%(quantity)s of %(item)s, lot %(lot)s, used: so something took place. Scan what is"
                " missing and close the session as done, or close it as broken off.",
                quantity=line.used,
                item=line.item_name,
                lot=f"{line.lot} ({line.unit})" if line.unit else line.lot,
            ),
        )
        for line in lines
        if line.used
    ]


def check_closable(
    definition: ProcedureDefinition,
    lines: Iterable[SessionLine],
    *,
    cancelled: bool = False,
    broken_off: bool = False,
) -> list[Problem]:
    """What stands between a session and its end; every piece that was opened has its outcome.

    Errors: `outcome-missing`, `required-missing`, `used-in-cancelled`. A cancelled procedure needs
    nothing, but nothing was used in it. One that was broken off needs nothing either; a recall
    takes what it lacks for lots that nobody knows.
    """
    lines = list(lines)
    problems = unaccounted(lines)
    if broken_off:
        return problems
    if cancelled:
        return problems + check_nothing_used(lines)
    return problems + [
        Problem(
            "required-missing",
            say(
                "%(name)s: %(quantity)s missing. Scan what was opened.",
                name=line.name,
                quantity=quantity,
            ),
        )
        for line, quantity in missing(definition, taken(lines))
    ]
