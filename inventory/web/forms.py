"""What the forms of our pages share: what they read, and where their problems are shown."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict

from inventory.domain.problem import Problem
from inventory.web.scanning import notices
from inventory.web.speech import spoken


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
    form: FlaskForm, problems: Iterable[Problem], fields: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Show problems beside the fields that they are about.

    Args:
        form: Has the fields.
        problems: Of an act.
        fields: Name of the field that a problem is about, by the problem's code.

    Returns:
        The notices of those that are about no field.
    """
    left = []
    for problem in problems:
        if name := fields.get(problem.code):
            form[name].errors = [*form[name].errors, spoken(problem.message)]
        else:
            left.append(problem)
    return notices(left)
