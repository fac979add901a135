"""What somebody with SQL may do to entries, chains and what was signed for them."""

import re

import sqlalchemy as sa

from inventory.domain.chain import leaf_hash
from tests.trust.victim import Attack, Victim, session_entry

WRONG_KEY = b"x" * 32


def edit(victim: Victim) -> str:
    """The text of an entry says another name."""
    return victim.strike(
        30,
        "UPDATE entry SET text = replace(text, 'maria', 'luca'), \"by\" = 'luca' WHERE id = :entry",
    )


def edit_with_leaf(victim: Victim) -> str:
    edit(victim)
    text = victim.one(
        "SELECT text FROM entry WHERE site_id = :site AND number = 30", site=victim.site()
    )
    return victim.strike(
        30, "UPDATE entry SET leaf = :leaf WHERE id = :entry", leaf=leaf_hash(str(text))
    )


def edit_and_rechain_without_the_key(victim: Victim) -> str:
    edit(victim)
    victim.rechain(WRONG_KEY, 30)
    return "TO-30"


def delete(victim: Victim) -> str:
    victim.strike(40, "DELETE FROM movement WHERE entry_id = :entry")
    return victim.strike(40, "DELETE FROM entry WHERE id = :entry")


RENAMED = re.compile(r'(?<="number":)\d+|(?<="reverses":"TO-)\d+')


def _one_less(number: re.Match[str]) -> str:
    return str(int(number.group()) - 1)


def renumber(victim: Victim) -> None:
    """Close the gap that `delete` left, in the columns and in the texts."""
    rows = victim.connection.execute(
        sa.text("SELECT id, number, text FROM entry WHERE site_id = :s AND number > 40"),
        {"s": victim.site()},
    ).all()
    for key, number, text in sorted(rows, key=lambda row: row[1]):
        victim.run(
            "UPDATE entry SET number = :number, text = :text WHERE id = :id",
            number=number - 1,
            text=RENAMED.sub(_one_less, text),
            id=key,
        )


def delete_renumber_and_rechain(victim: Victim) -> str:
    delete(victim)
    renumber(victim)
    victim.rechain(WRONG_KEY, 40)
    return "TO-40"


def swap(victim: Victim) -> str:
    """Two entries change places."""
    for old, new in ((50, 9050), (51, 50), (9050, 51)):
        victim.run(
            "UPDATE entry SET number = :new WHERE site_id = :site AND number = :old",
            new=new,
            old=old,
            site=victim.site(),
        )
    return "TO-50"


def forge(victim: Victim) -> str:
    """An entry that nobody made stands at the end."""
    number = victim.last() + 1
    victim.run(
        'INSERT INTO entry (id, site_id, number, kind, at, occurred_at, "by", about, reason,'
        " reverses_id, text, leaf, mac) SELECT 99999, site_id, :number, kind, at, occurred_at,"
        ' "by", about, reason, NULL, text, leaf, mac FROM entry'
        " WHERE site_id = :site AND number = :last",
        number=number,
        site=victim.site(),
        last=number - 1,
    )
    return f"TO-{number}"


def duplicate_key(victim: Victim) -> str:
    """A JSON key twice: one reader takes the first, another the last. Even with the key."""
    entry = victim.strike(
        60,
        'UPDATE entry SET text = replace(text, \'"about":\', \'"about":"PS","about":\')'
        " WHERE id = :entry",
    )
    victim.rechain(victim.key, 60)
    return entry


def edit_with_the_key(victim: Victim) -> str:
    edit(victim)
    victim.rechain(victim.key, 30)
    return "TO-100"


def delete_with_the_key(victim: Victim) -> str:
    delete(victim)
    renumber(victim)
    victim.rechain(victim.key, 40)
    return "TO-100"


def cut_off(victim: Victim, count: int = 3) -> str:
    """The end is cut off, with the checkpoints of the database that speak of it."""
    last, site = victim.last(), victim.site()
    victim.run(
        "DELETE FROM movement WHERE entry_id IN"
        " (SELECT id FROM entry WHERE site_id = :site AND number > :keep)",
        site=site,
        keep=last - count,
    )
    victim.run(
        "DELETE FROM entry WHERE site_id = :site AND number > :keep", site=site, keep=last - count
    )
    victim.run(
        "DELETE FROM checkpoint WHERE site_id = :site AND size > :keep",
        site=site,
        keep=last - count,
    )
    return f"TO-{last - count + 1}"


def cut_off_and_rewrite_with_the_key(victim: Victim) -> str:
    last = victim.last()
    cut_off(victim)
    for number in range(last - 2, last + 1):
        at = victim.one(
            "SELECT text FROM entry WHERE site_id = :site AND number = 2", site=victim.site()
        )
        text = str(at).replace('"number":2,', f'"number":{number},')
        victim.run(
            'INSERT INTO entry (id, site_id, number, kind, at, occurred_at, "by", about, reason,'
            " reverses_id, text, leaf, mac) SELECT :id, site_id, :number, kind, at, occurred_at,"
            ' "by", about, reason, NULL, :text, leaf, mac FROM entry'
            " WHERE site_id = :site AND number = 2",
            id=90000 + number,
            number=number,
            text=text,
            site=victim.site(),
        )
    victim.rechain(victim.key, last - 2)
    return f"TO-{last}"


def move_an_entry_to_another_site(victim: Victim) -> str:
    """The last entry of TO stands at the end of CN's chain."""
    number = victim.last("CN") + 1
    victim.run(
        "UPDATE entry SET site_id = :cn, number = :number WHERE site_id = :to AND number = :last",
        cn=victim.site("CN"),
        number=number,
        to=victim.site(),
        last=victim.last(),
    )
    return f"CN-{number}"


def point_a_reversal_at_another_entry(victim: Victim) -> str:
    """The column names the entry of the same number in the other chain."""
    return victim.strike(
        30,
        "UPDATE entry SET reverses_id = (SELECT other.id FROM entry other WHERE"
        " other.site_id = :cn AND other.number = 3) WHERE id = :entry",
        cn=victim.site("CN"),
    )


def name_the_installation_otherwise_and_cut_off(victim: Victim) -> str:
    """Then no kept checkpoint seems to speak of this ledger; but every link holds the old name."""
    victim.run("UPDATE installation SET code = 'another'")
    cut_off(victim)
    return "TO-1"


def remove_a_site(victim: Victim) -> str:
    """A whole chain goes, and whatever names it."""
    cn = victim.site("CN")
    victim.run(
        "DELETE FROM movement WHERE entry_id IN (SELECT id FROM entry WHERE site_id = :cn)", cn=cn
    )
    for table in ("entry", "checkpoint", "answer", "location"):
        victim.run(f"DELETE FROM {table} WHERE site_id = :cn", cn=cn)
    victim.run("DELETE FROM site WHERE id = :cn", cn=cn)
    return "-"


def damage_a_checkpoint(victim: Victim) -> str:
    victim.run("UPDATE checkpoint SET note = replace(note, 'kittrace/', 'kittrace/x')")
    return "TO"


def damage_the_text_of_a_session(victim: Victim) -> str:
    """The text is no JSON any more, of an entry that a case rests on."""
    reference = session_entry(victim, victim.history.sessions[1])
    victim.run(
        "UPDATE entry SET text = replace(text, '\"facts\"', 'facts')"
        " WHERE kind = 'OPEN_SESSION' AND about = :code",
        code=victim.history.sessions[1],
    )
    return reference


ON_CHAINS: tuple[Attack, ...] = (
    edit,
    edit_with_leaf,
    edit_and_rechain_without_the_key,
    delete,
    delete_renumber_and_rechain,
    swap,
    forge,
    duplicate_key,
    edit_with_the_key,
    delete_with_the_key,
    cut_off,
    cut_off_and_rewrite_with_the_key,
    move_an_entry_to_another_site,
    point_a_reversal_at_another_entry,
    name_the_installation_otherwise_and_cut_off,
    remove_a_site,
    damage_a_checkpoint,
    damage_the_text_of_a_session,
)
