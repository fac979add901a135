"""What people type into a page is read by a form of WTForms, never by hand."""

import ast
from collections.abc import Callable
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
    assert _modules_with(_reads_by_hand) == set(READS_BY_HAND)


def test_every_form_reads_texts_alone():
    """Flask-WTF's own would take JSON and files in their place; `PageForm` does not."""
    assert _modules_with(_is_form_of_its_own) == {"forms.py"}


def _modules_with(found: Callable[[ast.AST], bool]) -> set[str]:
    return {
        path.name
        for path in Path(web.__file__).parent.glob("*.py")
        if any(found(node) for node in ast.walk(ast.parse(path.read_text())))
    }


def _reads_by_hand(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr in ("form", "values")
        and isinstance(node.value, ast.Name)
        and node.value.id == "request"
    )


def _is_form_of_its_own(node: ast.AST) -> bool:
    bases = node.bases if isinstance(node, ast.ClassDef) else []
    return any(isinstance(base, ast.Name) and base.id == "FlaskForm" for base in bases)
