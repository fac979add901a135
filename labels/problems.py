"""Why a label is not printed: each says which field, what was expected and what was got."""


class LabelProblem(ValueError):
    """A label that must not be printed.

    Attributes:
        code: A noun of the fault, as in `symbol-unreadable`.
        field: The field of the label value that is at fault, as in `lot`.
    """

    code = "label-problem"

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


class BadSymbol(LabelProblem):
    """A symbol that could not be drawn, or that reads back as something else."""

    code = "symbol-unreadable"


class DoesNotFit(LabelProblem):
    """A text that must stand whole and has no room on the stock, even small and wrapped."""

    code = "label-text-too-long"


class NotPrintable(LabelProblem):
    """A text that must stand exactly and holds a character that cannot be seen or drawn."""

    code = "label-text-not-printable"
