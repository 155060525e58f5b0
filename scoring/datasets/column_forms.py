"""Type, length and codelist of the columns of a dataset, by the column's name, for the typed codebook."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reading.models import VoidCause
from studies.models import VisitKind

TEXT, INTEGER, DECIMAL, DATE, TIME = "text", "integer", "decimal", "date", "time"


@dataclass(frozen=True)
class Form:
    """How a column is written: type, largest number of characters, and every value allowed besides an empty cell."""

    kind: str = TEXT
    length: int = 40
    codes: tuple[str, ...] = ()


YES = Form(TEXT, 1, ("Y",))
YES_NO = Form(TEXT, 1, ("Y", "N"))
NUMBER, WHOLE, DAY, MOMENT = Form(DECIMAL, 24), Form(INTEGER, 12), Form(DATE, 10), Form(TIME, 24)
BY_FORM = {
    WHOLE: "VISITPOS STEP POSITION ASSESSED IMPUTED CASENUM CHARTVER QUEUEPOS REVISION AVALMAX OLDVAL",
    NUMBER: "AVAL LARGEST THRESHOLD FIRSTVAL LASTVAL DIFF",
    DAY: "FILMDTC",
    MOMENT: "SCOREDTC SIGNDTC CAPTDTC",
    YES: "COUNTFL REPEATFL AFTERFL FIRSTFL LASTFL FIRSTDISC STEPCOUNTS REPEATDRAWN",
    Form(TEXT, 1, ("N",)): "CAPTFL",
    Form(TEXT, 1, ("L", "R")): "SIDE",
    Form(TEXT, 4, ("hand", "foot")): "REGION VIEW",
    Form(TEXT, 9, ("erosion", "narrowing", "grade")): "FEATURE",
    Form(TEXT, 17, tuple(VisitKind.values)): "VISITTYPE",
    Form(TEXT, 11, ("READER 1", "READER 2", "READER 3", "ADJUDICATOR")): "READER",
    Form(TEXT, 12, ("primary", "adjudication", "repeat")): "READKIND",
    Form(TEXT, 11, ("consensus", "adjudicated", "voided", "stopped")): "OUTCOME",
    Form(TEXT, 13, tuple(VoidCause.values)): "VOIDCAUSE",
    Form(TEXT, 7, ("added", "removed", "altered")): "CHANGE",
    Form(TEXT, 6, ("total", "change")): "KIND",
    Form(TEXT, 64): "USUBJID COMMITMENT DIGEST",
    Form(TEXT, 80): "BATCH",
    Form(TEXT, 100): "EXACT FIRSTEXACT LASTEXACT",
    Form(TEXT, 300): "VOIDREASON NAREASON ROW",
    Form(TEXT, 500): "CHGTEXT BEFORE AFTER MEANING CODELIST",
}


def by_name() -> Iterator[tuple[str, Form]]:
    """Every name with its form."""
    for form, names in BY_FORM.items():
        yield from ((name, form) for name in names.split())


FORMS = dict(by_name())


def form_of(name: str) -> Form:
    """The form of a column; text of at most 40 characters where none is declared.

    >>> form_of("VISITPOS").kind, form_of("SITEID").length
    ('integer', 40)
    """
    return FORMS.get(name, Form())
