"""Recalls: opened for all sites at one instant, lifted with a reason, reported from facts."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from inventory import store
from inventory.domain.catalogue import Item
from inventory.domain.chain import Json, instant, plain_text
from inventory.domain.codes import new_code
from inventory.domain.ledger import EntryKind, reconcile
from inventory.domain.lot_lists import alike_but_not_asked
from inventory.domain.problem import Problem, say
from inventory.domain.recall import RecallCase, Scope, covers
from inventory.domain.recall_report import CoveredItem, RecallReport, Refusal
from inventory.domain.rings import covered_flows, rings, whereabouts
from inventory.operations.concerning import by_name, figures, sessions_concerned
from inventory.operations.likening import lots_alike, tell_items_alike
from inventory.operations.noting import check_note, digest, keep_note, read_note
from inventory.operations.once import act_once
from inventory.operations.posting import Act, Answer, Draft, post
from inventory.operations.refusing import refuse
from inventory.store import catalogue, places, recalls, tracing

LONGEST = {"reference": 120, "manufacturer": 200, "reason": 2000, "lot": 40}
"""Characters of what a notice says."""


@dataclass(frozen=True, slots=True)
class RecallRequest:
    """A recall to be opened.

    Attributes:
        reference: The manufacturer's reference of the notice.
        manufacturer: Who recalls.
        reason: Why, in the notice's words.
        scope: Items by code with the lots as printed, or None for all lots.
    """

    reference: str
    manufacturer: str
    reason: str
    scope: Sequence[tuple[str, Sequence[str] | None]]

    def as_content(self) -> Json:
        """What an idempotency key stands for."""
        scope: list[Json] = [
            [code, None if lots is None else list(lots)] for code, lots in self.scope
        ]
        return [self.reference, self.manufacturer, self.reason, scope]


def open_recall(act: Act, request: RecallRequest, *, counted: bool = False) -> Answer:
    """Open a recall: from this instant no covered lot is usable anywhere, seen or unseen.

    The ledger locks of all sites are taken, in order, and the recall becomes an entry in each
    chain, so that each shows what came before and after it.

    Args:
        act: Who, when, with which key.
        request: What is recalled.
        counted: Whether the answer says whom it concerns at that instant, see `figures`.

    Returns:
        `{code, entries}` and the figures; refused with `reference-missing`, `manufacturer-missing`,
        `reason-missing`, `scope-missing`, `lots-missing`, `too-long`. A lot here that looks like
        an asked one and is not covered is told as `lot-resembles`, and a lot of a tissue that is no
        donation number as `lot-not-donation`, and another item that may be the same thing as
        `item-alike`; none of them stops.

    Raises:
        NotFound: There is no such item.
        Conflict: The key was used for something else.
    """
    request = replace(request, scope=_as_kept(request.scope))
    with store.reading() as connection:
        sites = places.list_sites(connection)
        items = {code: catalogue.get_item(connection, code) for code, _ in request.scope}

    def story(connection: sa.Connection) -> Answer:
        problems = _check(request)
        if problems:
            facts: dict[str, Json] = {"items": [*sorted(items)]}
            return refuse(connection, act, sites[0], "", problems, facts)
        code = new_code("RC", act.draw)
        recalls.add_recall(
            connection,
            code,
            request.reference,
            request.manufacturer,
            request.reason,
            act.at,
            act.by,
            [(items[item].id, lots) for item, lots in request.scope],
        )
        facts = recall_facts(
            request.reference, request.manufacturer, request.reason, request.scope, act.at
        )
        entries = [
            post(connection, act, site, Draft(EntryKind.OPEN_RECALL, code, (), facts)).reference
            for site in sites
        ]
        alike = [
            *lots_alike(connection, items.values(), request.scope),
            *tell_items_alike(connection, items.values(), request.scope),
        ]
        told: dict[str, Json] = {"code": code, "entries": [*entries]}
        if counted:
            told |= figures(connection, recalls.get_recall(connection, code).scope, act.at)
        return Answer(told, tuple(alike))

    return act_once(act, sites[0], "open-recall", request.as_content(), story, *sites[1:])


def _as_kept(
    scope: Sequence[tuple[str, Sequence[str] | None]],
) -> list[tuple[str, list[str] | None]]:
    """The lots of a scope as a delivery books them: in NFC, without blanks around, each once."""
    return [
        (
            code,
            None
            if lots is None
            else [*dict.fromkeys(kept for lot in lots if (kept := plain_text(lot).strip()))],
        )
        for code, lots in scope
    ]


def recall_facts(
    reference: str,
    manufacturer: str,
    reason: str,
    scope: Sequence[tuple[str, Sequence[str] | None]],
    opened_at: datetime,
) -> dict[str, Json]:
    """What the entry of a recall holds: scope, instant, and a digest of the notice's words."""
    return {
        "notice_digest": digest(reference, f"{manufacturer}|{reason}"),
        "opened_at": instant(opened_at),
        "scope": [
            {"item": code, "lots": None if lots is None else [*sorted(lots)]}
            for code, lots in sorted(scope, key=lambda line: line[0])
        ],
    }


def _check(request: RecallRequest) -> list[Problem]:
    problems = []
    for name, text in (
        ("reference", request.reference),
        ("manufacturer", request.manufacturer),
        ("reason", request.reason),
    ):
        if not text.strip():
            message = say("Type the %(name)s of the notice.", name=name)
            problems.append(Problem(f"{name}-missing", message))
        if len(text) > LONGEST[name]:
            problems.append(_too_long(name))
    if not request.scope:
        message = say("Choose the item that is recalled.")
        problems.append(Problem("scope-missing", message))
    for _, lots in request.scope:
        if lots is not None and not lots:
            message = say("Type the recalled lots, or choose all lots.")
            problems.append(Problem("lots-missing", message))
        if any(len(lot) > LONGEST["lot"] for lot in lots or ()):
            problems.append(_too_long("lot"))
    return problems


def _too_long(name: str) -> Problem:
    message = say(
        "The %(name)s is too long. Shorten it to at most %(most)s characters.",
        name=name,
        most=LONGEST[name],
    )
    return Problem("too-long", message)


def lift_recall(act: Act, code: str, reason: str) -> Answer:
    """Lift a recall with a reason; its lots are usable again, its report stays.

    Returns:
        `{code, entries}`; refused with `reason-missing`, `too-long`, `lifted-already`.

    Raises:
        NotFound: There is no such recall.
        Conflict: The key was used for something else.
    """
    with store.reading() as connection:
        sites = places.list_sites(connection)
        recalls.get_recall(connection, code)

    def story(connection: sa.Connection) -> Answer:
        problems = check_note(reason)
        if not reason.strip():
            problems.append(Problem("reason-missing", say("Say why the recall is lifted.")))
        if recalls.get_recall(connection, code).lifted_at:
            problems.append(
                Problem(
                    "lifted-already",
                    say(
                        "This recall was lifted already. If its lots must be stopped again, open"
                        " a recall."
                    ),
                )
            )
        if problems:
            return refuse(connection, act, sites[0], code, problems, {})
        facts = keep_note(connection, act, reason)
        draft = Draft(EntryKind.LIFT_RECALL, code, (), facts)
        entries = [post(connection, act, site, draft).reference for site in sites]
        return Answer({"code": code, "entries": entries})

    return act_once(act, sites[0], "lift-recall", [code, reason], story, *sites[1:])


def recall_case(connection: sa.Connection, code: str) -> RecallCase:
    """A recall, with the words of its lifting.

    Raises:
        NotFound: There is none.
    """
    case = recalls.get_recall(connection, code)
    note = recalls.lifting_note(connection, code)
    return replace(case, lifted_reason=read_note(connection, note)) if note else case


def recall_report(code: str, by: str, at: datetime) -> RecallReport:
    """All that a recall has to say, from one state of the ledger.

    Raises:
        NotFound: There is no such recall.
    """
    with store.reading() as connection:
        case = recall_case(connection, code)
        codes = [scope.item for scope in case.scope]
        items = [catalogue.get_item(connection, each) for each in codes]
        movements = tracing.movements_of_items(connection, codes)
        sessions = sessions_concerned(connection, items)
        flows = covered_flows(case.scope, movements)
        return RecallReport(
            case,
            tuple(_covered(connection, item, case.scope) for item in items),
            by_name(rings(case.scope, sessions, movements, at), items),
            tuple(reconcile(item, lot, flow) for (item, lot), flow in sorted(flows.items())),
            whereabouts(case.scope, movements),
            tuple(m for m in movements if covers(case.scope, m.item, m.lot)),
            _refusals(connection, case),
            at,
            by,
        )


def _covered(connection: sa.Connection, item: Item, scopes: Sequence[Scope]) -> CoveredItem:
    lots = {lot for scope in scopes if scope.item == item.code and scope.lots for lot in scope.lots}
    every = any(scope.item == item.code and scope.lots is None for scope in scopes)
    seen = catalogue.lots_of(connection, item)
    return CoveredItem(
        item.code,
        item.name,
        item.reference,
        item.manufacturer,
        tuple(level.di for level in item.packaging),
        None if every else tuple(sorted(lots)),
        tuple((lot.number, lot.expires_on) for lot in seen if every or lot.number in lots),
        {} if every else alike_but_not_asked(lots, [lot.number for lot in seen]),
    )


def _refusals(connection: sa.Connection, case: RecallCase) -> tuple[Refusal, ...]:
    found = []
    for entry, at, by, text in recalls.refusals_for(connection, "lot-recalled"):
        said = json.loads(text)
        facts = said["facts"]
        named = [facts, *(line for line in facts.get("lines", ()) if isinstance(line, dict))]
        if _stood(case, at) and any(
            covers(case.scope, each.get("item", ""), each.get("lot", "")) for each in named
        ):
            found.append(Refusal(entry, at, by, " ".join(facts["problems"]), said["about"]))
    return tuple(found)


def _stood(case: RecallCase, at: datetime) -> bool:
    return case.opened_at <= at and (case.lifted_at is None or at < case.lifted_at)
