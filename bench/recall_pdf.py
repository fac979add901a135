"""How much longer a recall paper takes than its bare lines: `python -m bench.recall_pdf`.

The bare form draws the very same lines of all pages, already broken and placed, with reportlab's
text objects: one for each column of each page. Target: a ratio of at most 2.
"""

import gc
import io
import json
import time
from collections.abc import Callable
from itertools import groupby
from zoneinfo import ZoneInfo

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from bench.recall_reports import a_checkpoint, a_report
from inventory.domain.recall_report import RecallReport
from inventory.reports.page import Clinic, Page, Paper
from inventory.reports.recall import recall_pdf

ROUNDS = 5


def whole(report: RecallReport) -> bytes:
    """The paper, from the facts to the bytes."""
    return recall_pdf(
        report,
        clinic=Clinic("Clinica Aurora", "Via Po 1, 10123 Torino"),
        checkpoints=[a_checkpoint()],
        zone=ZoneInfo("Europe/Rome"),
    )


Lines = tuple[str, float, float, float, list[str]]
"""Face, size, x, y and texts of lines that stand one below the other."""


def laid_out(report: RecallReport) -> list[list[Lines]]:
    """The lines of every page, as they were placed."""
    kept: list[Page] = []
    shown: dict[str, tuple[str, float, str]] = {}
    inked, show = Paper.pdf, Paper._show

    def keeping(paper: Paper) -> bytes:
        kept.extend(paper.pages)
        return inked(paper)

    def telling(paper: Paper, face: str, size: float, text: str) -> str:
        operators = show(paper, face, size, text)
        shown[operators] = face, size, text
        return operators

    Paper.pdf, Paper._show = keeping, telling  # type: ignore[method-assign]
    try:
        whole(report)
    finally:
        Paper.pdf, Paper._show = inked, show  # type: ignore[method-assign]
    return [columns(page, shown) for page in kept]


def columns(page: Page, shown: dict[str, tuple[str, float, str]]) -> list[Lines]:
    """The lines of a page by face, size and left edge."""
    runs = []
    for operators in page.texts:
        _, _, _, _, x, y, _, show = operators.split(" ", 7)
        face, size, text = shown[show]
        runs.append((face, size, float(x), -float(y), text))
    found: list[Lines] = []
    for (face, size, x), column in groupby(sorted(runs), key=lambda run: run[:3]):
        placed = list(column)
        found.append((face, size, x, -placed[0][3], [run[4] for run in placed]))
    return found


def bare(pages: list[list[Lines]]) -> bytes:
    """The same lines with text objects alone."""
    stream = io.BytesIO()
    canvas = Canvas(stream, pagesize=landscape(A4), pageCompression=1, initialFontName="Vera")
    for page in pages:
        for face, size, x, y, lines in page:
            text = canvas.beginText(x, y)
            text.setFont(face, size, 14)
            for line in lines:
                text.textLine(line)
            canvas.drawText(text)
        canvas.showPage()
    canvas.save()
    return stream.getvalue()


def seconds(act: Callable[[], object]) -> float:
    """Processor time of one round; the other work of the machine is left out."""
    gc.collect()
    begun = time.process_time()
    act()
    return time.process_time() - begun


def measure(report: RecallReport | None = None) -> dict[str, float]:
    """Seconds for a paper and for its bare lines, best of some rounds, their ratio.

    Args:
        report: What is drawn; left out, a made-up one with 1,000 sessions exposed.
    """
    report = report or a_report(1000)
    pages = laid_out(report)
    rounds = [(seconds(lambda: whole(report)), seconds(lambda: bare(pages))) for _ in range(ROUNDS)]
    paper, lines = (min(times) for times in zip(*rounds, strict=True))
    return {
        "paper_seconds": round(paper, 3),
        "bare_seconds": round(lines, 3),
        "ratio": round(paper / lines, 2),
        "pages": len(pages),
        "lines": sum(len(texts) for page in pages for *_, texts in page),
        "bytes": len(whole(report)),
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
