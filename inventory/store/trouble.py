"""Why a database cannot be used, in a sentence for whoever starts a server or runs a command."""

from typing import Final

import sqlalchemy as sa

_SIGNS: Final = (
    (
        ("no such table", "no such column", "undefinedtable", "undefinedcolumn"),
        "The database is not migrated to this version. Run: flask db upgrade",
    ),
    (
        ("file is not a database", "hmac check failed"),
        "The database file cannot be read with the keys in KEY_DIR: it was made with others, or it"
        " is damaged. Bring back the keys that belong to it; new ones do not open it.",
    ),
    (
        ("unable to open database file",),
        "The database file cannot be opened. Check that its folder is there and may be written"
        " (DATABASE_URL, INSTANCE_DIR).",
    ),
    (
        ("readonly database", "read-only", "insufficientprivilege"),
        "The database does not let us write. Check whose file it is, or what our role may do.",
    ),
    (
        ("database is locked", "locknotavailable", "querycanceled"),
        "The database is busy with somebody else's work. Try again in a moment.",
    ),
    (("disk is full", "diskfull"), "The disk of the database is full. Make room and try again."),
)


def why(error: Exception) -> str | None:
    """What to do about an error of the database; None where the mistake is ours.

    Examples:
        >>> why(sa.exc.OperationalError("SELECT 1", {}, Exception("no such table: site")))
        'The database is not migrated to this version. Run: flask db upgrade'
        >>> why(ValueError("no such table"))
    """
    if not isinstance(error, sa.exc.DBAPIError):
        return None
    kind = type(error.orig).__name__.lower()
    said = f"{kind} {error.orig}".lower()
    for signs, sentence in _SIGNS:
        if any(sign in said for sign in signs):
            return sentence
    if isinstance(error, sa.exc.OperationalError):
        first = str(error.orig).strip().partition("\n")[0]
        return (
            f"The database does not answer; check DATABASE_URL, and that it runs. It says: {first}"
        )
    return None
