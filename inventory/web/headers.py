"""Headers of every answer: what a browser may load, remember and be framed by."""

import secrets
import time
from typing import Final

from flask import Flask, Response, current_app, g, request
from flask_talisman import Talisman

from config import Settings
from inventory.web.addresses import for_api, pages_only

POLICY: Final = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "media-src": "'self' blob:",
    "manifest-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "object-src": "'none'",
    "frame-ancestors": "'none'",
}

FEATURES: Final = {
    "camera": "(self)",
    "geolocation": "()",
    "microphone": "()",
    "payment": "()",
    "usb": "()",
}


OF_A_CALL: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
}
"""Headers of the API's answers, which are data: a browser runs, frames and loads nothing of them.

They never change, and building the policy of a page for each call costs as much as a statement.
"""

SECURE_FOR: Final = "max-age=31556926"
"""A year: a browser that has seen this installation over TLS asks for it so from then on."""


def init_headers(app: Flask, settings: Settings) -> None:
    """Name each request, set each answer's headers, and make cookies hard to take."""
    secure = settings.secure_cookies
    app.before_request(_begin)
    with pages_only(app):
        Talisman(
            app,
            content_security_policy=POLICY,
            content_security_policy_nonce_in=["script-src"],
            permissions_policy=FEATURES,
            document_policy={},
            force_https=False,  # a redirect would hide that something was sent in the open
            frame_options="DENY",
            referrer_policy="same-origin",
            session_cookie_secure=secure,
            session_cookie_samesite="Strict",
            strict_transport_security=secure,
            strict_transport_security_include_subdomains=False,
        )
    app.config.update(
        SESSION_COOKIE_NAME="__Host-kittrace" if secure else "kittrace",
        SESSION_COOKIE_PATH="/",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_SECURE=secure,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
    )
    app.after_request(_finish)


def _begin() -> None:
    g.request_id = secrets.token_hex(8)
    g.began = time.perf_counter()


def _finish(answer: Response) -> Response:
    if for_api():
        answer.headers.extend(OF_A_CALL)
        if current_app.config["SESSION_COOKIE_SECURE"]:
            answer.headers["Strict-Transport-Security"] = SECURE_FOR
    answer.headers["X-Request-ID"] = g.get("request_id", "")
    answer.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if not (request.endpoint or "").endswith("static") and "Cache-Control" not in answer.headers:
        answer.headers["Cache-Control"] = "no-store"
    return answer
