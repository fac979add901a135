"""The fields and parameters of every call, read out of the description that we give to others."""

from collections.abc import Iterator, Mapping
from typing import Any

Described = Mapping[str, Any]


def operations(spec: Described, method: str) -> Iterator[tuple[str, Described]]:
    """The calls of a method: their addresses, and what is said of them."""
    for path, calls in spec["paths"].items():
        if method in calls:
            shared = calls.get("parameters", [])
            more = calls[method].get("parameters", [])
            yield path, {**calls[method], "parameters": [*shared, *more]}


def body_of(spec: Described, call: Described) -> dict[str, Described]:
    """The places of what a call takes, `lines.0.packs`, each with its schema."""
    schema = call["requestBody"]["content"]["application/json"]["schema"]
    return dict(_leaves(spec, schema, ""))


def _leaves(spec: Described, schema: Described, path: str) -> Iterator[tuple[str, Described]]:
    found = _resolved(spec, schema)
    if "properties" in found:
        for name, each in found["properties"].items():
            yield from _leaves(spec, each, f"{path}.{name}" if path else name)
    elif "items" in found:
        yield from _leaves(spec, found["items"], f"{path}.0")
    else:
        yield path, found


def _resolved(spec: Described, schema: Described) -> Described:
    for each in schema.get("allOf", ()):
        return _resolved(spec, each)
    if "$ref" in schema:
        return _resolved(spec, spec["components"]["schemas"][schema["$ref"].rpartition("/")[2]])
    return schema


def queries_of(call: Described) -> dict[str, Described]:
    """The parameters of a call's address, each with its schema."""
    return {each["name"]: each["schema"] for each in call["parameters"] if each["in"] == "query"}


def is_free(schema: Described) -> bool:
    """Whether it is a text that people choose."""
    return _is(schema, "string") and not {"enum", "format"} & {*schema}


def is_counted(schema: Described) -> bool:
    """Whether it is a number."""
    return _is(schema, "integer")


def takes_nothing(schema: Described) -> bool:
    """Whether an empty text is taken."""
    return is_free(schema) and not schema.get("minLength")


def takes_null(schema: Described) -> bool:
    """Whether it may be null."""
    return _is(schema, "null")


def _is(schema: Described, kind: str) -> bool:
    kinds = schema.get("type", "")
    return kind in ([kinds] if isinstance(kinds, str) else kinds)
