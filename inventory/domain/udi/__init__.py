"""Reading the barcodes of medical devices: GS1, HIBC and ICCBBA in, one `Udi` out."""

from inventory.domain.udi.assemble import read_udi
from inventory.domain.udi.udi import Udi, UdiError, Unreadable
from inventory.domain.udi.wedge import PLAIN_KEYBOARD, Keyboard, Layout

__all__ = ["PLAIN_KEYBOARD", "Keyboard", "Layout", "Udi", "UdiError", "Unreadable", "read_udi"]
