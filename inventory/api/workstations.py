"""The workstation from which a call comes, where it says so: its scanner's set-up and its name."""

from dataclasses import replace
from typing import Any

from inventory import store
from inventory.api.calls import act_of_call
from inventory.api.fields import Body, Code
from inventory.api.schemas import LONGEST_CODE
from inventory.domain.udi import PLAIN_KEYBOARD, Keyboard
from inventory.operations.posting import Act
from inventory.store import workstations


class FromWorkstation(Body):
    """A call that may say where the barcodes in it were scanned."""

    workstation = Code(
        LONGEST_CODE,
        metadata={
            "description": "Code of the workstation, `WS...`, whose scanner sent the barcodes: its"
            " keyboard layout and separator are undone, and the entry names it."
        },
    )


def act_and_keyboard(body: dict[str, Any]) -> tuple[Act, Keyboard]:
    """The act of a call, and how the scanner is set up that sent its barcodes.

    Raises:
        NotFound: There is no such workstation.
    """
    act, code = act_of_call(), body.get("workstation", "")
    if not code:
        return act, PLAIN_KEYBOARD
    with store.reading() as connection:
        found = workstations.get_workstation(connection, code)
    return replace(act, workstation=found.name), found.keyboard
