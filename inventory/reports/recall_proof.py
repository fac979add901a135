"""What a recall paper can be checked against, and where it is signed."""

import hashlib
from collections.abc import Sequence
from typing import Final

from reportlab.lib.units import mm

from inventory.domain.chain import Checkpoint
from inventory.reports import seal
from inventory.reports.page import BODY_WIDTH, LEFT, RIGHT, Paper
from inventory.reports.recall_setting import Setting
from inventory.reports.typeface import CODE, PROSE, STRONG, Cell, Span
from inventory.reports.wording import N_, Texts

_CHECKPOINTS_AT_FOOT: Final = 6
_SEAL: Final[float] = 32 * mm
_COMMAND: Final = "flask ledger verify --checkpoint FILE"


def foot(digest: Span, checkpoints: Sequence[Checkpoint], texts: Texts) -> tuple[Cell, ...]:
    """The lines at the foot of every page: the hash of the facts and the checkpoints."""
    label = texts(N_("Data, SHA-256"))
    return ((PROSE, f"{label}  "), digest), *_signed(checkpoints, texts)


def _signed(checkpoints: Sequence[Checkpoint], texts: Texts) -> list[Cell]:
    """A line for each checkpoint; for very many of them one hash over all their notes."""
    if not checkpoints:
        return [((PROSE, texts(N_("No checkpoint was signed for this paper."))),)]
    if len(checkpoints) > _CHECKPOINTS_AT_FOOT:
        notes = hashlib.sha256("".join(one.note for one in checkpoints).encode()).hexdigest()
        label = texts(N_("%(number)s checkpoints, SHA-256 over their notes"))
        return [((PROSE, label % {"number": len(checkpoints)} + "  "), (CODE, notes))]
    label = texts(N_("Checkpoint"))
    return [
        ((PROSE, f"{label}  "), (CODE, " ".join(one.note.split("\n")[:3]))) for one in checkpoints
    ]


def proof(setting: Setting, title: str, digest: Span, checkpoints: Sequence[Checkpoint]) -> None:
    """The hash of the facts, and every signed note whole."""
    texts, paper = setting.texts, setting.paper
    paper.heading(title)
    paper.pairs([(texts(N_("Data, SHA-256")), (digest,))])
    paper.paragraph(
        texts(
            N_(
                "The hash covers the facts of this report, without who made it and when: a report "
                "of the same facts has the same hash."
            )
        )
    )
    if not checkpoints:
        paper.paragraph(texts(N_("No checkpoint was signed for this paper.")))
        return
    told = texts(
        N_(
            "Each signed note names a site's chain, its number of entries and the root over "
            "them. A ledger that was shortened or rewritten since does not agree with it. To "
            "check it, paste a note into Ledger, Proof (the QR code beside it holds the same "
            "text), or keep the text of this paper in a file and run:"
        )
    )
    paper.paragraph(((PROSE, f"{told} "), (CODE, _COMMAND)))
    for checkpoint in checkpoints:
        _sealed(paper, checkpoint.note)


def _sealed(paper: Paper, note: str) -> None:
    """A signed note in letters and, at the right, as a QR code; both on one page."""
    lines = note.removesuffix("\n").split("\n")
    paper.need(min(max(len(lines) * 22, _SEAL) + 8, paper.full_room))
    foot, before = paper.y - _SEAL, len(paper.pages)
    seal.ink(paper.page, seal.seal(note), RIGHT - _SEAL, paper.y, _SEAL)
    for line in lines:
        paper.block(((CODE, line),), LEFT + 8, BODY_WIDTH - _SEAL - 16, CODE, 8)
    if len(paper.pages) == before:
        paper.y = min(paper.y, foot)
    paper.y -= 8


def signatures(setting: Setting, title: str) -> None:
    """Where quality signs, kept together."""
    texts, paper = setting.texts, setting.paper
    signers = (texts(N_("Prepared by")), texts(N_("Checked by, quality")))
    height = 26 * mm
    paper.heading(title, follows=height + 6)
    width = BODY_WIDTH / len(signers)
    lines = (texts(N_("Name")), texts(N_("Date")), texts(N_("Signature")))
    for place, signer in enumerate(signers):
        x = LEFT + place * width
        paper.box(x, paper.y, x + width, paper.y - height)
        (head, *_) = paper.typesetter.lines(signer, STRONG, 8.5, width - 12)
        paper.page.ink(head, x + 6, paper.y - 12)
        for row, label in enumerate(lines):
            y = paper.y - 28 - row * 18
            (line, *_) = paper.typesetter.lines(label, PROSE, 8, width / 3)
            paper.page.ink(line, x + 6, y)
            paper.page.rule(x + 70, y - 2, x + width - 8, y - 2)
    paper.y -= height
