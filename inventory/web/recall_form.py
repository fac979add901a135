"""The forms of recalls: the notice with its items, the lots of each, and why one is lifted."""

from typing import Any, Final

from flask_babel import lazy_gettext
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)

from inventory.domain.chain import plain_text
from inventory.domain.problem import Problem
from inventory.operations import noting
from inventory.operations.recalling import LONGEST
from inventory.web.forms import PageForm
from inventory.web.navigation import fresh_key
from inventory.web.speech import N_, spoken

LONGEST_SEARCH: Final = 200

HEAD: Final = (
    N_("reference"),
    N_("manufacturer"),
    N_("reason"),
)
"""What is typed of a notice besides its items, by the names that the sentences about it bear."""


def _typed(text: str | None) -> str:
    """A text as the ledger would keep it."""
    return plain_text((text or "").strip())


class NoticeForm(PageForm):
    """A recall to be opened; what is missing in it is told, and kept, by the act alone."""

    reference = StringField(
        lazy_gettext("Manufacturer's reference"),
        filters=[_typed],
        render_kw={"maxlength": LONGEST["reference"], "autocomplete": "off"},
    )
    manufacturer = StringField(
        lazy_gettext("Manufacturer"),
        filters=[_typed],
        render_kw={"maxlength": LONGEST["manufacturer"], "autocomplete": "off"},
    )
    reason = TextAreaField(
        lazy_gettext("Reason, in the notice's words"),
        filters=[_typed],
        render_kw={"maxlength": LONGEST["reason"], "rows": 3},
    )
    key = HiddenField(default=fresh_key, filters=[lambda key: key or fresh_key()])
    item = SelectMultipleField(choices=[], validate_choice=False)
    search = StringField(
        lazy_gettext("Find the item"),
        filters=[lambda text: (text or "").strip()[:LONGEST_SEARCH]],
        render_kw={
            "maxlength": LONGEST_SEARCH,
            "autocomplete": "off",
            "spellcheck": "false",
            "placeholder": lazy_gettext("Name, REF or device identifier"),
        },
    )
    seen = HiddenField()
    do = StringField(default="find")

    @property
    def codes(self) -> list[str]:
        """The codes of the items, each once."""
        return [code for code in dict.fromkeys(self.item.data or ()) if code]

    def place(self, problem: Problem) -> bool:
        """Show a problem at the field that it is about; False where it is about none here."""
        name = named_in(problem)
        if name in HEAD:
            add_error(self[name], problem)
        return name in HEAD


class LotsForm(PageForm):
    """The lots of one item of a recall; the names of the fields end in the code of the item."""

    class Meta(PageForm.Meta):
        """How its fields are named."""

        csrf = False  # it is a part of the notice's form, which has the proof

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Field:
            """A field, as `lots-ITEM` for `lots`."""
            named = options | {"name": f"{options['name']}-{form.item}"}
            field: Field = super().bind_field(form, unbound_field, named)
            return field

    lots = TextAreaField(
        lazy_gettext("Lots, exactly as printed"),
        description=lazy_gettext("One a line, or parted by commas; paste them from the notice."),
        render_kw={"rows": 4, "spellcheck": "false", "autocapitalize": "none"},
    )
    every = BooleanField(lazy_gettext("All lots of this item"), render_kw={"value": "yes"})

    def __init__(self, item: str) -> None:
        self.item = item
        super().__init__()


class LiftForm(PageForm):
    """Why a recall is lifted."""

    reason = TextAreaField(
        lazy_gettext("Why it is lifted"),
        id="lift-reason",
        render_kw={"maxlength": noting.LONGEST, "rows": 2, "required": True},
    )


def named_in(problem: Problem) -> str:
    """What of a notice a problem is about, as `reference` of `reference-missing`."""
    return problem.message.values.get("name") or problem.code.removesuffix("-missing")


def add_error(field: Field, problem: Problem) -> None:
    """Show a problem beside a field."""
    field.errors = [*field.errors, spoken(problem.message)]
