"""What people type into a page is read by a form of WTForms, never by hand."""

import ast
from pathlib import Path

from inventory import web

READS_BY_HAND = {
    "acting.py": "the key of an act, which stands beside every form",
    "forms.py": "hands what was sent to every form",
    "input.py": "searches all that is sent before anything reads it",
    "languages.py": "the page to go back to, which nobody types",
    "limits.py": "counts attempts before the form of signing in is read",
}


def test_what_is_typed_is_read_by_forms_alone():
    by_hand = {
        path.name
        for path in Path(web.__file__).parent.glob("*.py")
        if any(_reads_by_hand(node) for node in ast.walk(ast.parse(path.read_text())))
    }
    assert by_hand - set(READS_BY_HAND) == set()


def _reads_by_hand(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr in ("form", "values")
        and isinstance(node.value, ast.Name)
        and node.value.id == "request"
    )
