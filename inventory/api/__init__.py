"""The calls under `/api/v1`, one module a noun, described in OpenAPI 3.1 at `openapi.json`."""

from typing import Final

from apispec import APISpec
from flask import Flask

from inventory.api import (
    entries,
    items,
    lots,
    patient_sessions,
    places,
    recalls,
    receipts,
    stock,
    transfers,
)
from inventory.api.calls import Noun
from inventory.api.errors import MEDIA_TYPE, PathApi
from inventory.api.schemas import ProblemAnswer, may_be_empty

NOUNS: Final = (
    items,
    receipts,
    transfers,
    patient_sessions,
    recalls,
    entries,
    lots,
    stock,
    places,
)

_CONFIG: Final = {
    "API_TITLE": "KitTrace",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/api/v1",
    "OPENAPI_JSON_PATH": "openapi.json",
}


def register_api(app: Flask) -> None:
    """Give an application its calls."""
    app.config.update(_CONFIG)
    api = PathApi(app)
    _describe(api.spec)
    api.ma_plugin.converter.add_parameter_attribute_function(may_be_empty)
    calls = Noun("api", __name__, url_prefix="/api/v1")
    for noun in NOUNS:
        calls.register_blueprint(noun.blueprint)
        api.spec.tag({"name": noun.blueprint.name, "description": noun.blueprint.description})
    api.register_blueprint(calls)


def _describe(spec: APISpec) -> None:
    """What all calls share: the token, and the shape of a problem."""
    spec.components.security_scheme(
        "token",
        {
            "type": "http",
            "scheme": "bearer",
            "description": "From `flask people token NAME`; it may do what that person may.",
        },
    )
    spec.options["security"] = [{"token": []}]
    spec.components.response(
        "Problem",
        {
            "description": "What went wrong, and what to do next.",
            "content": {MEDIA_TYPE: {"schema": ProblemAnswer}},
        },
    )
