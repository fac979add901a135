"""Recalls: opened for all sites at once, read back as data, table and paper, lifted."""

from datetime import UTC, datetime
from typing import Any

from flask import Response
from flask_babel import gettext
from marshmallow import fields

from inventory import store
from inventory.api.calls import Noun, act_of_call, as_response, reply
from inventory.api.fields import Body, Choice, Code, Flag, Lines, Text
from inventory.api.recall_answers import (
    LiftedAnswer,
    RecallAnswer,
    RecallOpened,
    RecallsAnswer,
    head,
)
from inventory.api.schemas import LONGEST_CODE, PageQuery
from inventory.domain.problem import say
from inventory.domain.recall_report import RecallReport
from inventory.operations.papering import address_for_paper, checkpoints_for_paper
from inventory.operations.recalling import (
    LONGEST,
    RecallRequest,
    lift_recall,
    open_recall,
    recall_report,
)
from inventory.reports.page import Clinic
from inventory.reports.recall import recall_pdf
from inventory.reports.recall_csv import rings_csv
from inventory.reports.recall_json import as_json
from inventory.store import recalls
from inventory.store.errors import Conflict
from inventory.web.access import current_person
from inventory.web.acting import clinic_zone, settings
from inventory.web.languages import current_language

blueprint = Noun("recalls", __name__, description="Whom a bad lot concerns.")


class RecallsQuery(PageQuery):
    """Which recalls."""

    search = Text(
        200, metadata={"description": "Part of code, notice, maker, lot or name of an item."}
    )
    state = Choice(["open", "lifted"], metadata={"description": "Both, if it is left out."})


class ScopeBody(Body):
    """Lots of an item exactly as printed, or all its lots."""

    item = Code(LONGEST_CODE, required=True)
    lots = Lines(Text(LONGEST["lot"]), 1000)
    all = Flag()


class RecallBody(Body):
    """A recall to be opened."""

    reference = Text(LONGEST["reference"], required=True)
    manufacturer = Text(LONGEST["manufacturer"], required=True)
    reason = Text(LONGEST["reason"], required=True)
    scope = Lines(fields.Nested(ScopeBody), 100, least=1, required=True)


class LiftBody(Body):
    """Why a recall is lifted."""

    reason = Text(2000, required=True)


@blueprint.does("/recalls", RecallBody, RecallOpened, endpoint="open")
def open_one(body: dict[str, Any]) -> Response:
    """Open a recall: from now on no covered lot is usable anywhere."""
    scope = _scope(body.pop("scope"))
    return reply(open_recall(act_of_call(), RecallRequest(**body, scope=scope), counted=True))


def _scope(lines: list[dict[str, Any]]) -> list[tuple[str, list[str] | None]]:
    """Each item once, each of its lots once; all lots outweigh some.

    Raises:
        Conflict: A line asks for all lots and names some (`scope-unclear`).
    """
    found: dict[str, list[str] | None] = {}
    for line in lines:
        named, known = line.get("lots", []), found.setdefault(line["item"], [])
        if line.get("all") and named:
            raise Conflict(say("Name the recalled lots, or all: not both."), "scope-unclear")
        if line.get("all") or known is None:
            found[line["item"]] = None
        else:
            found[line["item"]] = list(dict.fromkeys([*known, *named]))
    return list(found.items())


def _report(code: str) -> RecallReport:
    return recall_report(code.upper(), current_person().username, datetime.now(UTC))


@blueprint.does("/recalls/<code>/lift", LiftBody, LiftedAnswer)
def lift(body: dict[str, Any], code: str) -> Response:
    """Lift a recall; its report stays."""
    return reply(lift_recall(act_of_call(), code.upper(), body["reason"]))


@blueprint.reads("/recalls", RecallsAnswer, query=RecallsQuery, endpoint="list")
def list_all(query: dict[str, Any]) -> Response:
    """List recalls, the latest first."""
    page, size = query.pop("page"), query.pop("size")
    with store.reading() as connection:
        found, total = recalls.recalls_found(connection, **query).page(connection, page, size)
    return as_response({"recalls": [head(case) for case in found], "total": total, "page": page})


@blueprint.reads("/recalls/<code>", RecallAnswer)
def show(code: str) -> Response:
    """Show a recall: its rings, where every piece went, and where it lies."""
    return as_response(as_json(_report(code)))


@blueprint.reads(
    "/recalls/<code>.pdf",
    {"type": "string", "format": "binary"},
    media_type="application/pdf",
)
def pdf(code: str) -> Response:
    """Print the recall report, without names."""
    report, given = _report(code), settings()
    paper = recall_pdf(
        report,
        clinic=Clinic(given.clinic_name, address_for_paper(given.clinic_address)),
        checkpoints=checkpoints_for_paper(report.made_at),
        zone=clinic_zone(),
        texts=gettext,
        language=current_language(),
    )
    return _file(paper, "application/pdf", f"{report.case.code}.pdf")


@blueprint.reads("/recalls/<code>.csv", {"type": "string"}, media_type="text/csv")
def csv(code: str) -> Response:
    """Give the rings as a table for a spreadsheet."""
    report = _report(code)
    return _file(rings_csv(report, gettext).encode(), "text/csv", f"{report.case.code}.csv")


def _file(content: bytes, media_type: str, name: str) -> Response:
    kind = f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
    disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, 200, disposition, content_type=kind)
