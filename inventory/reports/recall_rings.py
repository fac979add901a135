"""The three rings of a recall paper, each a section: who is concerned, and why.

An empty ring says so in a sentence: a missing table could be a forgotten one.
"""

from collections.abc import Sequence

from inventory.domain.recall import Judged
from inventory.reports.recall_setting import CODE_MM, ENTRY_MM, LOT_MM, REF_MM, Setting
from inventory.reports.table import Column
from inventory.reports.typeface import CODE, PROSE, Cell, Span
from inventory.reports.wording import N_, Texts, is_code, parts, word


def exposed(setting: Setting, title: str) -> None:
    """The first ring: who got something that is recalled."""
    texts, rings = setting.texts, setting.report.rings
    setting.paper.heading(title)
    if not rings.exposed:
        setting.paper.paragraph(texts(N_("No session is exposed.")))
        return
    setting.paper.paragraph(
        texts(N_("A covered lot or unit was opened in these sessions and used, or is in use."))
    )
    reference = (Column(texts(N_("REF")), REF_MM, CODE, grows=True),)
    columns = (
        *setting.session_columns(),
        *(reference if setting.names is None else ()),
        Column(texts(N_("Item code")), CODE_MM, CODE),
        Column(texts(N_("Lot")), LOT_MM, CODE),
        Column(texts(N_("Unit")), CODE_MM, CODE),
        Column(texts(N_("Quantity")), 18, right=True),
        Column(texts(N_("Outcome")), 16),
        Column(texts(N_("Entry")), ENTRY_MM, CODE),
    )
    rows = (
        (
            *setting.session_cells(line.session, line.at),
            *((setting.reference(line.item),) if setting.names is None else ()),
            line.item,
            line.lot,
            line.unit,
            str(line.quantity),
            word(line.outcome, texts),
            " ".join(each.entry for each in line.openings),
        )
        for line in rings.exposed
    )
    setting.table(title, columns, rows)


def judged(
    setting: Setting, title: str, about: str, nobody: str, sessions: Sequence[Judged]
) -> None:
    """A ring outside the first: each session, and every reason for its place.

    Args:
        setting: What it is drawn with.
        title: Heading, in the reader's language like the two that follow.
        about: What the ring means.
        nobody: What to say where it is empty.
        sessions: The ring.
    """
    setting.paper.heading(title)
    if not sessions:
        setting.paper.paragraph(nobody)
        return
    setting.paper.paragraph(about)
    columns = (
        *setting.session_columns(),
        Column(setting.texts(N_("Why")), 80, grows=True),
    )
    rows = ((*setting.session_cells(one.session), _why(one, setting.texts)) for one in sessions)
    setting.table(title, columns, rows)


def _why(one: Judged, texts: Texts) -> Cell:
    """One line for each reason, lots and codes in the face for codes."""
    spans: list[Span] = []
    for place, reason in enumerate(one.why):
        if place:
            spans.append((PROSE, "\n"))
        spans += (
            (CODE if is_value and is_code(text) else PROSE, text)
            for is_value, text in parts(reason.sentence, texts)
        )
    return tuple(spans)
