"""The columns of analysis.csv: one row per subject, analysis visit and group, ready for analysis."""

from __future__ import annotations

from collections.abc import Iterator

from reading.charter.terms import EVENT_KINDS, STRATEGIES
from scoring.datasets.column_forms import DATE, DECIMAL, INTEGER, TEXT, YES_NO, Form
from scoring.datasets.columns import DatasetColumn, DatasetTable
from scoring.endpoint.films import PARAMS
from studies.models import VisitKind

WHOLE, NUMBER, EXACT = Form(INTEGER, 12), Form(DECIMAL, 24), Form(TEXT, 100)
DTYPES = ("extrapolated", "carried", "interpolated")
CRITERIA = 4


def criterion_columns() -> Iterator[DatasetColumn]:
    """Each criterion with its flag."""
    for number in range(1, CRITERIA + 1):
        yield DatasetColumn(
            f"crit{number}",
            "Condition of no progression with the source of its threshold; empty at the baseline and where unused",
            Form(TEXT, 80),
        )
        yield DatasetColumn(
            f"crit{number}_fl", "Y when the condition holds, N when not; empty when chg is missing", YES_NO
        )


ANALYSIS = DatasetTable(
    "analysis.csv",
    "One row per subject, analysis visit and group, ready for analysis: chg = aval - base in every row",
    (
        DatasetColumn("subject", "Subject code, unique in the trial", Form(TEXT, 64)),
        DatasetColumn("site", "Site code"),
        DatasetColumn("param", "Group of sites that was summed", Form(TEXT, 9, PARAMS)),
        DatasetColumn(
            "basetype",
            "Which baseline base is; one for each subject, param and basetype. W52 PAIRED: the baseline computed"
            " from the sites evaluable at both visits",
            Form(TEXT, 60),
        ),
        DatasetColumn("avisit", "Analysis visit: code of the planned visit"),
        DatasetColumn("avisitn", "Number of the planned visit in the protocol, from 1 by target day", WHOLE),
        DatasetColumn("target_day", "Planned day of the visit, in days since the baseline film (day 0)", WHOLE),
        DatasetColumn("ady", "Day of the film used for the visit, in days since the baseline film (day 0)", WHOLE),
        DatasetColumn(
            "window",
            "Whether that film is inside the window of the visit; none without a film or a baseline",
            Form(TEXT, 4, ("in", "out", "none")),
        ),
        DatasetColumn("aval", "Analysis value: base + chg as written; empty when missing", NUMBER),
        DatasetColumn("base", "Baseline that belongs to aval, rounded once, half to even, to 4 decimals", NUMBER),
        DatasetColumn(
            "chg", "Change from baseline, rounded once, half to even, to 4 decimals; 0 at the baseline", NUMBER
        ),
        DatasetColumn(
            "status_base", "Covariate of analysis: the status total at baseline, the same in every row", NUMBER
        ),
        DatasetColumn("dtype", "How aval was derived; empty when it was observed", Form(TEXT, 12, DTYPES)),
        DatasetColumn("reason", "Why aval is missing; empty otherwise", Form(TEXT, 300)),
        DatasetColumn(
            "event_kind",
            "Kind of the intercurrent event that decides the values of later visits; empty without one",
            Form(TEXT, 15, tuple(EVENT_KINDS)),
        ),
        DatasetColumn("event_day", "Day of that event, in days since the baseline film", WHOLE),
        DatasetColumn(
            "post_event",
            "Y when the film, or the target day without a film, is after the event; empty without an event",
            YES_NO,
        ),
        DatasetColumn("adjudicated", "Y when the case was adjudicated", YES_NO),
        DatasetColumn("readers", "Codes of the readers averaged in aval and base"),
        DatasetColumn(
            "assessed", "Sites whose entered score was used at both visits; the smallest number of any reader", WHOLE
        ),
        DatasetColumn("imputed", "Sites whose value was imputed; the largest number of any reader", WHOLE),
        *criterion_columns(),
        DatasetColumn("visit", "Code of the visit whose film is used for the analysis visit"),
        DatasetColumn("visit_kind", "Kind of that visit", Form(TEXT, 17, tuple(VisitKind.values))),
        DatasetColumn("film_date", "Day of its first film (ISO 8601)", Form(DATE, 10)),
        DatasetColumn("status", "Status total at that visit, as in totals.csv; empty when missing", NUMBER),
        DatasetColumn("aval_exact", "Exact analysis value as a fraction n/d; empty when missing", EXACT),
        DatasetColumn("base_exact", "Exact baseline as a fraction n/d; empty when missing", EXACT),
        DatasetColumn("chg_exact", "Exact change as a fraction n/d; empty when missing", EXACT),
    ),
)

EVENTS = DatasetTable(
    "events.csv",
    "One row per intercurrent event that was imported: only kinds that the charter declares independent of the arm",
    (
        DatasetColumn("subject", "Subject code, unique in the trial", Form(TEXT, 64)),
        DatasetColumn("kind", "Kind of event", Form(TEXT, 15, tuple(EVENT_KINDS))),
        DatasetColumn("date", "Day of the event (ISO 8601)", Form(DATE, 10)),
        DatasetColumn("source", "Where the event was taken from", Form(TEXT, 80)),
        DatasetColumn("strategy", "The charter's strategy for its kind", Form(TEXT, 20, tuple(STRATEGIES))),
        DatasetColumn("list", "Version of the event list", WHOLE),
    ),
)
