"""Procedure definitions that ship. They name kinds of item, so that any maker's piece serves."""

from typing import Final

from inventory.domain.catalogue import ItemKind
from inventory.domain.problem import say
from inventory.domain.procedure import ProcedureDefinition, ProcedureLine

_LINES: Final = (
    ("anaesthesia", say("Local anaesthetic"), ItemKind.MEDICINE, 1, None),
    ("anaesthesia", say("Syringe"), ItemKind.SYRINGE, 1, None),
    ("anaesthesia", say("Needle for the anaesthetic"), ItemKind.NEEDLE, 1, None),
    ("harvest", say("Harvest cannula"), ItemKind.CANNULA, 1, None),
    ("harvest", say("Wash fluid"), ItemKind.FLUID, 1, None),
    ("processing", say("Processing kit"), ItemKind.PROCESSING_KIT, 1, 1),
    ("infiltration", say("Disc needle"), ItemKind.NEEDLE, 1, None),
    ("radiofrequency", say("RF electrode or needle"), ItemKind.ELECTRODE, 1, None),
    ("anywhere", say("Other consumable"), ItemKind.CONSUMABLE, 0, None),
)

DISC: Final = ProcedureDefinition(
    "disc-fat-prf",
    str(say("Disc: autologous processed fat + pulsed radiofrequency")),
    tuple(
        ProcedureLine(position, step, str(name), kind, frozenset(), least, most)
        for position, (step, name, kind, least, most) in enumerate(_LINES, start=1)
    ),
)
"""Lumbar disc: fat taken, washed, infiltrated, and pulsed radiofrequency, in one session."""

PROCEDURES: Final = {DISC.code: DISC}
