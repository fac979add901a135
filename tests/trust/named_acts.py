"""The names of all acts that a key can be sent with, as the program's own text has them."""

import ast
from collections.abc import Iterator
from pathlib import Path

import inventory


def names_of_acts() -> set[str]:
    """Every name that is passed to `act_once` anywhere in the program."""
    paths = sorted(Path(inventory.__file__).parent.rglob("*.py"))
    texts = [path.read_text() for path in paths]
    return {name for text in texts if "act_once" in text for name in names_in(text)}


def names_in(text: str) -> Iterator[str]:
    """The names that the calls of `act_once` in a module pass.

    A name of several acts, made with a parameter of the function around it, counts once for each
    call of that function.
    """
    tree = ast.parse(text)
    for around in ast.walk(tree):
        if not isinstance(around, ast.FunctionDef):
            continue
        for call in _calls(around, "act_once"):
            match call.args[2]:
                case ast.Constant(value=str(name)):
                    yield name
                case ast.JoinedStr(values=parts):
                    yield from _filled(tree, around, parts)
                case other:
                    raise AssertionError(f"no name to be read: {ast.unparse(other)}")


def _filled(tree: ast.Module, around: ast.FunctionDef, parts: list[ast.expr]) -> Iterator[str]:
    parameters = [each.arg for each in around.args.args]
    for call in _calls(tree, around.name):
        given = dict(zip(parameters, call.args, strict=False))
        yield "".join(_said(part, given) for part in parts)


def _said(part: ast.expr, given: dict[str, ast.expr]) -> str:
    match part:
        case ast.Constant(value=str(text)):
            return text
        case ast.FormattedValue(value=ast.Name(id=parameter)):
            return _said(given[parameter], {})
    raise AssertionError(f"no name to be read: {ast.unparse(part)}")


def _calls(tree: ast.AST, name: str) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called)) if called == name:
                yield node
