"""Which workstation a browser is: a signed cookie that lasts, naming the workstation's code.

Signed, so that nobody lends his act to another workstation's name by typing; it proves no person.
"""

from datetime import timedelta
from typing import Final

from flask import Response, g, request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response as AnyResponse

from inventory.domain.workstation import Workstation
from inventory.store import keyring, reading, workstations

COOKIE: Final = "workstation"
LASTS: Final = timedelta(days=400)
"""As long as browsers keep any cookie; each visit to its page begins anew."""


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(keyring().derived("workstation"), salt="cookie")


def find_workstation_here() -> Workstation | None:
    """The workstation that this browser is, or None; asked for once in a request."""
    if "workstation" not in g:
        g.workstation = _find()
    found: Workstation | None = g.workstation
    return found


def _find() -> Workstation | None:
    text = request.cookies.get(COOKIE, "")
    if not text or len(text) > 200:
        return None
    try:
        code = _signer().loads(text)
    except BadSignature:
        return None
    with reading() as connection:
        return workstations.find_workstation(connection, str(code))


def remember_workstation(answer: Response | AnyResponse, code: str) -> None:
    """Let this browser be a workstation from now on."""
    answer.set_cookie(
        COOKIE,
        str(_signer().dumps(code)),
        max_age=LASTS,
        secure=request.is_secure,
        httponly=True,
        samesite="Strict",
    )


def forget_workstation(answer: Response | AnyResponse) -> None:
    """Let this browser be no workstation."""
    answer.delete_cookie(COOKIE, secure=request.is_secure, httponly=True, samesite="Strict")
