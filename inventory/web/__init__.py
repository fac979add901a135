"""The pages. Every blueprint is listed here; who may use what stands in `permissions.py`.

All pages live in one blueprint `web`, so that an endpoint reads `web.<noun>.<verb>`.
"""

from typing import Final

from flask import Blueprint, Flask

from inventory.web import (
    camera,
    finding,
    health,
    items,
    labels,
    languages,
    ledger,
    lots,
    outcomes,
    patients,
    people,
    places,
    printing,
    provisional,
    recall_drafts,
    recalls,
    receiving,
    redating,
    scanner_check,
    scanning,
    sessions,
    start,
    stock,
    workstations,
)

PAGES: Final = (
    start.blueprint,
    sessions.blueprint,
    scanning.blueprint,
    camera.blueprint,
    finding.blueprint,
    provisional.blueprint,
    outcomes.blueprint,
    patients.blueprint,
    lots.blueprint,
    redating.blueprint,
    recall_drafts.blueprint,
    recalls.blueprint,
    ledger.blueprint,
    receiving.blueprint,
    stock.blueprint,
    places.blueprint,
    labels.blueprint,
    printing.blueprint,
    workstations.blueprint,
    scanner_check.blueprint,
    items.blueprint,
    people.blueprint,
    languages.blueprint,
    health.blueprint,
)


def register_pages(app: Flask) -> None:
    """Give an application its pages."""
    web = Blueprint("web", __name__)
    for page in PAGES:
        web.register_blueprint(page)
    app.register_blueprint(web)
