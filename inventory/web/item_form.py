"""The form of a new item, and where its problems are shown."""

from typing import Any, Final

from flask_babel import lazy_gettext
from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import DataRequired, Length, NumberRange, Optional

from inventory.domain.catalogue import ItemKind, PackagingLevel, Tracking
from inventory.domain.problem import Problem
from inventory.web.forms import PageForm
from inventory.web.speech import spoken

MOST_LEVELS: Final = 8

KIND_WORDS: Final = {
    ItemKind.PROCESSING_KIT: lazy_gettext("processing kit"),
    ItemKind.CANNULA: lazy_gettext("cannula"),
    ItemKind.NEEDLE: lazy_gettext("needle"),
    ItemKind.ELECTRODE: lazy_gettext("electrode"),
    ItemKind.SYRINGE: lazy_gettext("syringe"),
    ItemKind.MEDICINE: lazy_gettext("medicine"),
    ItemKind.FLUID: lazy_gettext("fluid"),
    ItemKind.CONSUMABLE: lazy_gettext("consumable"),
    ItemKind.INSTRUMENT: lazy_gettext("instrument"),
}
TRACKING_WORDS: Final = {
    Tracking.LOT: lazy_gettext("by lot"),
    Tracking.UNIT: lazy_gettext("piece by piece, each with a label of ours"),
}
ISSUER_WORDS: Final = {"gs1": "GS1 (GTIN)", "hibcc": "HIBC", "iccbba": "ICCBBA"}


class LevelForm(Form):
    """One level of packaging; empty where there is none."""

    class Meta(PageForm.Meta):
        """As of the form that it is part of, in the reader's language; the proof is that form's."""

        csrf = False

    di = StringField(
        lazy_gettext("Identifier in the barcode"),
        validators=[Length(max=40)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    issuer = SelectField(
        lazy_gettext("Kind of code"),
        choices=[SelectChoice(key, word) for key, word in ISSUER_WORDS.items()],
        default="gs1",
    )
    units = IntegerField(
        lazy_gettext("Units inside"),
        validators=[Optional(), NumberRange(min=1, max=100_000)],
        default=1,
        render_kw={"inputmode": "numeric"},
    )


class PackagingForm(PageForm):
    """Packaging levels, of a new item or further ones of an item that is here."""

    packaging = FieldList(FormField(LevelForm), min_entries=1, max_entries=MOST_LEVELS)

    def start_with(self, di: str) -> None:
        """Put the identifier of an unknown barcode into the first level."""
        if di:
            first = self.packaging[0].form
            first.di.data = di[:40]
            first.issuer.data = "gs1" if di.isdigit() else "hibcc"

    def levels(self) -> list[PackagingLevel]:
        """The levels that are filled in."""
        return [
            PackagingLevel(row["di"].strip(" "), row["issuer"], row["units"] or 0)
            for row in self.packaging.data
            if (row["di"] or "").strip()
        ]


class ItemForm(PackagingForm):
    """A new item."""

    name = StringField(
        lazy_gettext("Name"),
        description=lazy_gettext("As on the pack; this is what everybody will read."),
        validators=[DataRequired(lazy_gettext("Type the name.")), Length(max=200)],
        render_kw={"autocomplete": "off"},
    )
    reference = StringField(
        lazy_gettext("REF"),
        description=lazy_gettext("The manufacturer's number, beside the letters REF on the pack."),
        validators=[
            DataRequired(lazy_gettext("Type the REF, as it stands on the pack.")),
            Length(max=80),
        ],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    manufacturer = StringField(
        lazy_gettext("Manufacturer"),
        validators=[DataRequired(lazy_gettext("Type the manufacturer.")), Length(max=200)],
    )
    kind = SelectField(
        lazy_gettext("Kind"),
        choices=[SelectChoice(kind.value, word) for kind, word in KIND_WORDS.items()],
    )
    tracking = RadioField(
        lazy_gettext("Tracked"),
        choices=[SelectChoice(each.value, word) for each, word in TRACKING_WORDS.items()],
        default=Tracking.LOT.value,
    )
    single_use = BooleanField(lazy_gettext("Single use: never used twice"), default=True)
    back = HiddenField()

    def values(self) -> dict[str, Any]:
        """What `add_item` takes."""
        return {
            "name": self.name.data,
            "reference": self.reference.data,
            "manufacturer": self.manufacturer.data,
            "kind": ItemKind(self.kind.data),
            "tracking": Tracking(self.tracking.data),
            "single_use": self.single_use.data,
            "packaging": self.levels(),
        }


_FIELDS: Final = {
    "name-missing": "name",
    "reference-missing": "reference",
    "manufacturer-missing": "manufacturer",
}


def place_problem(form: PackagingForm, problem: Problem) -> bool:
    """Show a problem at the field that it is about; False where it is about none."""
    said = spoken(problem.message)
    if (name := _FIELDS.get(problem.code)) and name in form:
        form[name].errors = [*form[name].errors, said]
        return True
    di = problem.message.values.get("di")
    for row in form.packaging:
        if di and (row.form.di.data or "").strip(" ") == di:
            row.form.di.errors = [*row.form.di.errors, said]
            return True
    return False
