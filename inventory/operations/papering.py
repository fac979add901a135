"""What every paper carries: a signed checkpoint of each site's chain."""

from datetime import datetime

from inventory import store
from inventory.domain.chain import Checkpoint
from inventory.operations.checkpointing import checkpoint_now
from inventory.store import places


def address_for_paper(given: str) -> str:
    """The clinic's address; where none is set, those of its sites."""
    if given:
        return given
    with store.reading() as connection:
        addresses = [site.address for site in places.list_sites(connection)]
    return "  ·  ".join(dict.fromkeys(filter(None, addresses)))


def checkpoints_for_paper(at: datetime) -> tuple[Checkpoint, ...]:
    """Sign the end of every site's chain, for a paper that is about all of them."""
    with store.reading() as connection:
        sites = places.list_sites(connection)
    return tuple(checkpoint_now(site, at) for site in sites)
