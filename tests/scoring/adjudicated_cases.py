"""A campaign in which two of three cases are adjudicated, with the points that each person sees."""

from __future__ import annotations

from datetime import date, timedelta

from instruments.definition import Item
from jobs.carrying import run_due_jobs
from reading.issuing.assignments import request_batch
from reading.models import Campaign, DisplayedTimepoint, Read, ReadKind, ReadStatus
from scoring.consensus.signed_series import visits_of
from studies.models import Visit
from tests.reading.builders import (
    VIEWS,
    BuiltTrial,
    GradeOf,
    add_ready_film,
    build_reading_trial,
    open_campaign_of,
    read_through,
)
from tests.tracking import record_new_rows

# Points at W24 that the first reader, the second reader and the adjudicator see, by subject; none at W00.
SEEN = {"S000": (20, 0, 2), "S001": (12, 4, 10), "S002": (1, 0, 0)}
SITES_TO_FIVE = 4


def make_built_trial() -> BuiltTrial:
    """Three subjects; S001 also has an unscheduled film ten days before W00, on which everybody sees 2 points."""
    built_trial = build_reading_trial(subjects=3, visits=("W00", "W24"))
    visit = Visit.objects.create(subject=built_trial.subjects[1], code="U1", kind="unscheduled")
    for side, view in VIEWS:
        add_ready_film(visit, side, view, date(2025, 1, 1) - timedelta(days=10))
    record_new_rows(built_trial.trial.code)
    built_trial.visits.append("U1")
    return built_trial


def grades_of(read: Read) -> GradeOf:
    """The points of a timepoint, spread over the sites of the left hand with 5 at most."""
    visits = {visit.pk: visit for visit in Visit.objects.select_related("subject")}
    shown = {token: visits[pk] for token, pk in visits_of(read).items()}
    who = 2 if read.kind == ReadKind.ADJUDICATION else 0 if read.reader.name == "reader" else 1

    def grade(timepoint: DisplayedTimepoint, item: Item) -> int:
        visit = shown[timepoint.token]
        points = {"W00": 0, "U1": 2, "W24": SEEN[visit.subject.code][who]}[visit.code]
        sites = [f"GL-PIP{finger}" for finger in range(2, 2 + SITES_TO_FIVE)]
        return max(0, min(5, points - 5 * sites.index(item.key))) if item.key in sites else 0

    return grade


def read_with_adjudication(built_trial: BuiltTrial, **terms: object) -> Campaign:
    campaign = open_campaign_of(built_trial, concordant_share=0.0, adjudication_threshold=3, **terms)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    coordinator = built_trial.actor("coordinator")
    request_batch(campaign=campaign, actor=coordinator, name="one", due_on=None, readers=readers, size=9)
    run_due_jobs()
    for _ in range(2):
        for read in Read.objects.filter(status=ReadStatus.ISSUED):
            read_through(read, grades_of(read))
        run_due_jobs()
    return campaign
