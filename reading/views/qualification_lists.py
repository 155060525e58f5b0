"""The lists of qualifications and of completed trainings: days and words, no figures."""

from __future__ import annotations

from django.db.models import Count, Q
from django.http import HttpRequest

import instruments
from config.cells import Badge, Column
from config.filters import ChoiceFilter
from config.listing import Listing
from reading.models import Campaign, Qualification, TrainingResult
from reading.views.training_lists import TARGET_NAMES
from studies.models import Trial

STATES = {"valid": ("Valid", "good"), "expired": ("Expired", "waiting"), "withdrawn": ("Withdrawn", "neutral")}


def state_badge(row: Qualification) -> Badge:
    """Whether the qualification is valid today."""
    return Badge(row.state, *STATES[row.state])


INSTRUMENT = Column("instrument", "Instrument", lambda row: instruments.get(row.instrument).title, "instrument")
DAYS = [
    Column("state", "State", state_badge),
    Column("since", "Since", "granted_at", "granted_at"),
    Column("until", "Valid until", "expires_on", "expires_on", help="The last day; empty if there is none"),
    Column("ended", "Ended early", "revoked_at", "revoked_at"),
]
WITHDRAW = Column("end", "", lambda row: "", template="reading/cells/disqualify.html", csv=False)
QUALIFY = Column("qualify", "", lambda row: "", template="reading/cells/qualify.html", csv=False)


def qualified_table(request: HttpRequest, trial: Trial, writes: bool) -> Listing:
    """Every qualification, also those expired or withdrawn."""
    columns = [
        Column("reader", "Reader", "reader", "reader__name"),
        INSTRUMENT,
        *DAYS,
        Column("evidence", "Evidence", "evidence", "evidence"),
        Column("by", "Granted by", lambda row: row.signature.printed_name if row.signature else ""),
        *([WITHDRAW] if writes else []),
    ]
    rows = trial.qualifications.select_related("reader", "trial", "signature")
    return Listing(
        request,
        rows,
        columns=columns,
        name="qualifications",
        search=["reader__name"],
        sort="reader",
        empty="No qualification has been recorded yet.",
        hidden=["ended", "by"],
    )


def own_qualifications(request: HttpRequest, reader: int) -> Listing:
    """A reader's own qualifications in every trial."""
    columns = [Column("trial", "Trial", "trial.code", "trial__code"), INSTRUMENT, *DAYS]
    rows = Qualification.objects.filter(reader_id=reader).select_related("trial")
    empty = "No qualification has been recorded for you yet."
    return Listing(
        request,
        rows,
        columns=columns,
        name="own-qualifications",
        caption="Your qualifications",
        prefix="qualifications",
        sort="-since",
        empty=empty,
    )


def trained_table(request: HttpRequest, trial: Trial, writes: bool, campaign: Campaign | None = None) -> Listing:
    """Who completed which training, when, whether they passed and which targets they missed."""
    rows = TrainingResult.objects.filter(campaign__trial=trial).select_related("reader", "campaign__trial")
    granted = Count("qualifications", filter=Q(qualifications__revoked_at=None))
    columns = [
        Column("reader", "Reader", "reader", "reader__name"),
        Column("campaign", "Training campaign", "campaign.code", "campaign__code"),
        Column(
            "result",
            "Result",
            lambda row: "Passed" if row.passed else "Not passed",
            "passed",
            ChoiceFilter("passed", [("True", "Passed"), ("False", "Not passed")]),
        ),
        Column("missed", "Targets not met", missed_targets),
        Column("taken", "Completed", "taken_at", "taken_at"),
        Column("qualified", "Qualified by this training", lambda row: bool(row.granted)),
        *([QUALIFY] if writes else []),
    ]
    return Listing(
        request,
        (rows.filter(campaign=campaign) if campaign else rows).annotate(granted=granted),
        columns=columns,
        name="training-records",
        prefix="training",
        search=["reader__name", "campaign__code"],
        sort="-taken",
        empty="No reader has completed a training campaign yet.",
    )


def missed_targets(row: TrainingResult) -> str:
    """The targets that were not met, by name."""
    return ", ".join(name for key, name in TARGET_NAMES.items() if row.figures[key]["met"] is False)
