"""What every paper carries: a signed checkpoint of each site's chain."""

from datetime import datetime

from inventory import store
from inventory.domain.chain import Checkpoint
from inventory.operations.checkpointing import checkpoint_now
from inventory.store import places


def checkpoints_for_paper(at: datetime) -> tuple[Checkpoint, ...]:
    """Sign the end of every site's chain, for a paper that is about all of them."""
    with store.reading() as connection:
        sites = places.list_sites(connection)
    return tuple(checkpoint_now(site, at) for site in sites)
