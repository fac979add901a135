"""How much longer a recall paper takes than its bare lines: `python -m bench.recall_pdf`.

The bare form draws the very same lines of all pages, already broken and placed, with reportlab's
text objects: one for each column of each page. Target: a ratio of at most 2.
"""

import io
import json
import time
from collections.abc import Callable
from itertools import groupby
from zoneinfo import ZoneInfo

from reportlab.lib.pagesizes import A4, landscape
from reportlab.pdfgen.canvas import Canvas

from bench.recall_reports import a_checkpoint, a_report
from inventory.domain.recall import RecallReport
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


def laid_out(report: RecallReport) -> list[Page]:
    """The pages of the paper before they are inked."""
    kept: list[Page] = []
    inked = Paper.pdf

    def keeping(paper: Paper) -> bytes:
        kept.extend(paper.pages)
        return inked(paper)

    Paper.pdf = keeping  # type: ignore[method-assign]
    try:
        whole(report)
    finally:
        Paper.pdf = inked  # type: ignore[method-assign]
    return kept


def columns(page: Page) -> list[tuple[str, float, float, float, list[str]]]:
    """Lines of a page that stand evenly one below the other: face, size, x, y, texts."""
    runs = sorted(page.runs, key=lambda run: (run[2], run[3], run[0], -run[1]))
    found = []
    for (face, size, x), column in groupby(runs, key=lambda run: (run[2], run[3], run[0])):
        placed = list(column)
        found.append((face, size, x, placed[0][1], [run[4] for run in placed]))
    return found


def bare(pages: list[list[tuple[str, float, float, float, list[str]]]]) -> bytes:
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
    """The shortest of some rounds."""
    times = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        act()
        times.append(time.perf_counter() - begun)
    return min(times)


def measure(exposed: int = 1000) -> dict[str, float]:
    """Seconds for the paper and for its bare lines, their ratio, pages and lines."""
    report = a_report(exposed)
    pages = laid_out(report)
    prepared = [columns(page) for page in pages]
    paper, lines = seconds(lambda: whole(report)), seconds(lambda: bare(prepared))
    return {
        "paper_seconds": round(paper, 3),
        "bare_seconds": round(lines, 3),
        "ratio": round(paper / lines, 2),
        "pages": len(pages),
        "lines": sum(len(page.runs) for page in pages),
        "bytes": len(whole(report)),
    }


if __name__ == "__main__":
    print(json.dumps(measure(), indent=2))
