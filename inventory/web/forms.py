"""What the forms of our pages share: what they read, and where their problems are shown."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from flask import request
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

from inventory.domain.problem import Problem
from inventory.web.scanning import notices
from inventory.web.speech import spoken

CHOOSE: Final = {"reason-missing": lazy_gettext("Choose the reason.")}
"""What a list of reasons says where none was chosen: its words, not their codes, stand there."""


class PageForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """A form of a page of ours: only its texts are read, and no JSON or file in their place."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # the same
        """How it reads what was sent."""

        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:
            """The fields that were sent; Flask-WTF would take JSON of any shape, and files too."""
            if formdata is None or isinstance(formdata, MultiDict):
                return formdata
            return request.form or None


def placed(
    form: FlaskForm,
    problems: Iterable[Problem],
    fields: Mapping[str, str],
    words: Mapping[str, LazyString] = MappingProxyType({}),
) -> list[tuple[str, str]]:
    """Show problems beside the fields that they are about.

    Args:
        form: Has the fields.
        problems: Of an act.
        fields: Name of the field that a problem is about, by the problem's code.
        words: What is said beside the field in place of the problem's sentence, by code.

    Returns:
        The notices of those that are about no field.
    """
    left = []
    for problem in problems:
        if name := fields.get(problem.code):
            said = str(words.get(problem.code) or spoken(problem.message))
            form[name].errors = [*form[name].errors, said]
        else:
            left.append(problem)
    return notices(left)
