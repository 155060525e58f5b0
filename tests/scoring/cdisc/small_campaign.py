"""A small campaign read, built and unpacked: a missing site, an adjudicated case, absent films, an unscheduled visit.

Every erosion site of the left hand has grade 1 at W00 and 2 later, a total of 16 and of 32. S000 lacks one of these
sites at W52; S001 is adjudicated; S002 has no films of the feet at W24 and an unscheduled visit after it.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import instruments
from instruments.definition import Item
from jobs.carrying import run_due_jobs
from reading.issuing.assignments import request_batch
from reading.models import Campaign, DisplayedTimepoint, Read, ReadKind, ReadStatus
from scoring.cdisc.terms import codelists
from scoring.cdisc.transfer import TABLES
from scoring.consensus.signed_series import visits_of
from scoring.datasets.building import request_dataset
from scoring.models import DatasetStatus
from studies.models import Film, Subject, Visit
from tests.reading.builders import (
    VIEWS,
    BuiltTrial,
    GradeOf,
    add_ready_film,
    build_reading_trial,
    open_campaign_of,
    read_through,
)
from tests.scoring.cdisc.transport_reader import TransportCell, read_transport
from tests.scoring.packages import package_of
from tests.tracking import record_new_rows, record_rows

MISSING_SITE, ADJUDICATED, NO_FEET = "S000", "S001", "S002"
INSTRUMENT = "svdh-two-sides"
Record = dict[str, TransportCell]


def build_small_trial() -> BuiltTrial:
    """Three subjects, three planned visits and an unscheduled one."""
    built_trial = build_reading_trial(subjects=3)
    feet = Film.objects.filter(visit__subject__code=NO_FEET, visit__code="W24", view="foot")
    feet.update(status="withdrawn")
    record_rows(built_trial.trial.code, list(feet))
    extra = Visit.objects.create(subject=Subject.objects.get(code=NO_FEET), code="U1", kind="unscheduled")
    for side, view in VIEWS:
        add_ready_film(extra, side, view, date(2025, 1, 1) + timedelta(days=250))
    record_new_rows(built_trial.trial.code)
    built_trial.visits.append("U1")
    return built_trial


def grades_of(read: Read) -> GradeOf:
    """What the reader enters at each visit."""
    visits = {visit.pk: visit for visit in Visit.objects.select_related("subject")}
    shown = {token: visits[pk] for token, pk in visits_of(read).items()}

    def grade(timepoint: DisplayedTimepoint, item: Item) -> int | None:
        visit = shown[timepoint.token]
        subject, week = visit.subject.code, visit.code
        if (subject, week, item.key) == (MISSING_SITE, "W52", "EL-MCP2"):
            return None
        if item.side == "R" or item.feature != "erosion":
            return 0
        if item.region == "foot":
            return foot_grade(read, item) if (subject, week) == (ADJUDICATED, "W52") else 0
        return 1 if week == "W00" else 2

    return grade


def foot_grade(read: Read, item: Item) -> int:
    """The first reader sees 20 points in four sides of the left foot, the adjudicator 2 in one, the second none."""
    if read.kind == ReadKind.ADJUDICATION:
        return 2 if item.key == "EL-MTP2-P" else 0
    return 5 if read.reader.name == "reader" and item.joint in ("MTP2", "MTP3") else 0


def read_small_trial(built_trial: BuiltTrial) -> Campaign:
    campaign = open_campaign_of(built_trial, instrument=INSTRUMENT, concordant_share=0.0, qualification_required=False)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    coordinator = built_trial.actor("coordinator")
    request_batch(campaign=campaign, actor=coordinator, name="one", due_on=None, readers=readers, size=9)
    run_due_jobs()
    for _ in range(2):
        for read in Read.objects.filter(status=ReadStatus.ISSUED):
            read_through(read, grades_of(read))
        run_due_jobs()
    return campaign


def built(built_trial: BuiltTrial, campaign: Campaign, where: Path) -> Path:
    """The dataset of a closed campaign, unpacked."""
    dataset = request_dataset(campaign=campaign, actor=built_trial.actor("statistician"))
    run_due_jobs()
    dataset.refresh_from_db()
    assert dataset.status == DatasetStatus.BUILT, dataset.failure
    with package_of(dataset) as archive:
        archive.extractall(where)
    (folder,) = where.iterdir()
    return folder


def records(folder: Path, name: str) -> list[Record]:
    return read_transport(folder / f"cdisc/{name}.xpt").rows


def picked(rows: list[Record], **wanted: TransportCell) -> list[Record]:
    return [row for row in rows if all(row[name] == value for name, value in wanted.items())]


def the(rows: list[Record], **wanted: TransportCell) -> Record:
    (row,) = picked(rows, **wanted)
    return row


def cells(row: Record, names: str) -> list[TransportCell]:
    return [row[name] for name in names.split()]


def every_key_is_unique_and_every_term_listed(folder: Path, instrument: str) -> None:
    """Records are in the order of their keys, which name one each; the files are as the specification says."""
    lists = codelists(instruments.get(instrument))
    for table in TABLES:
        found = read_transport(folder / "cdisc" / table.file)
        assert (found.name, found.label) == (table.name, table.label)
        assert [(one.name, one.label, one.length, one.number) for one in found.variables] == [
            (one.name, one.label, one.length, one.number) for one in table.variables
        ]
        keys = [[sortable(row[key]) for key in table.keys] for row in found.rows]
        assert keys == sorted(keys), table.name
        assert len({tuple(key) for key in keys}) == len(keys), table.name
        for one in table.variables:
            if listed := lists.get(one.codelist):
                assert {row[one.name] for row in found.rows} - {""} <= set(listed.values), one.name


def sortable(cell: TransportCell) -> tuple[float, str]:
    if cell is None:
        return -1e9, ""
    return (cell, "") if isinstance(cell, float) else (0.0, str(cell))
