"""Repeats, visits read alone first, third reads that nothing uses, and values that no transport file can hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from jobs.carrying import run_due_jobs
from reading.campaigns.opening import close_campaign
from reading.issuing.assignments import request_batch
from reading.models import Read, ReadKind
from scoring.cdisc.facts import sas_date
from scoring.datasets.building import request_dataset
from scoring.models import DatasetStatus
from studies.models import Film, Subject
from tests.reading.builders import build_reading_trial, open_campaign_of, read_through
from tests.reading.test_line import by_visit, read_all
from tests.scoring.cdisc.small_campaign import built, cells, every_key_is_unique_and_every_term_listed, picked, records
from tests.scoring.test_randomisation import read_with_repeats, rows_of
from tests.tracking import record_rows

pytestmark = pytest.mark.django_db


def test_repeats_and_visits_read_alone_first_are_numbered_and_kept_apart(tmp_path: Path) -> None:
    """Alone first, then together: readings 1 and 2 of a visit; the repeat of both is 3 and 4. Larsen has no term."""
    built_trial = build_reading_trial(subjects=5, visits=("W00", "W24"))
    campaign = read_with_repeats(built_trial, presentation="alone-then-together")
    campaign.refresh_from_db()
    close_campaign(campaign=campaign, actor=built_trial.actor("coordinator"))
    folder = built(built_trial, campaign, tmp_path / "copy")
    every_key_is_unique_and_every_term_listed(folder, "larsen-1995")
    rows = records(folder, "mk")
    assert len(rows) == len(rows_of(folder / "scores.csv"))
    assert {(row["MKREPNUM"], row["MKACPTFL"]) for row in rows} == {(1.0, ""), (2.0, "Y"), (3.0, ""), (4.0, "")}
    repeats = {row["QVAL"] for row in picked(records(folder, "suppmk"), QNAM="MKREPTYP")}
    assert repeats == {"INTRA-READER"}
    totals = records(folder, "adxr")
    single = {(row["READREP"], row["PARCAT1"]) for row in totals}
    assert single == {(2.0, "SINGLE READER"), (4.0, "SINGLE READER"), (None, "AVERAGE")}
    assert len(picked(totals, READREP=4.0)) == 2 * (2 + 2)


def test_a_value_that_a_transport_file_cannot_hold_stops_the_build_and_is_named() -> None:
    """No page accepts such a code; it came from elsewhere."""
    built_trial = build_reading_trial(subjects=1, visits=("W00", "W24"))
    campaign = open_campaign_of(built_trial, concordant_share=0.0)
    read_all(built_trial, campaign)
    subjects = Subject.objects.filter(trial=built_trial.trial)
    subjects.update(code="Zürich-1")
    record_rows(built_trial.trial.code, list(subjects))
    campaign.refresh_from_db()
    close_campaign(campaign=campaign, actor=built_trial.actor("coordinator"))
    dataset = request_dataset(campaign=campaign, actor=built_trial.actor("statistician"))
    run_due_jobs()
    dataset.refresh_from_db()
    assert dataset.status == DatasetStatus.FAILED
    assert dataset.failure == "Row 1 of MK: USUBJID is “Zürich-1”. Only printable ASCII can be written."


def test_the_third_read_of_a_concordant_case_is_a_record_that_nothing_uses(tmp_path: Path) -> None:
    built_trial = build_reading_trial(subjects=1, visits=("W00", "W24"))
    campaign = open_campaign_of(built_trial, concordant_share=1.0)
    read_all(built_trial, campaign)
    read_through(Read.objects.get(kind=ReadKind.ADJUDICATION))
    run_due_jobs()
    campaign.refresh_from_db()
    close_campaign(campaign=campaign, actor=built_trial.actor("coordinator"))
    folder = built(built_trial, campaign, tmp_path / "copy")
    every_key_is_unique_and_every_term_listed(folder, "larsen-1995")
    flags = {(row["MKEVALID"], row["MKACPTFL"]) for row in records(folder, "mk")}
    assert flags == {("READER 1", "Y"), ("READER 2", "Y"), ("ADJUDICATOR 1", "")}
    reasons = {row["QVAL"] for row in picked(records(folder, "suppmk"), QNAM="MKADJRSN")}
    assert reasons == {"CONCORDANT CASE, RESULT NOT USED"}
    assert {row["PARCAT1"] for row in records(folder, "adxr")} == {"SINGLE READER", "AVERAGE"}
    assert {row["ANL01FL"] for row in picked(records(folder, "adxrj"), EVALID="ADJUDICATOR 1")} == {""}


def test_a_value_made_by_the_charter_is_in_adxr_as_in_the_analysis_table(tmp_path: Path) -> None:
    """S000 has no film at W24. From 0 at day 0 to 24 at day 364, day 168 is 24 x 168/364 = 11.0769."""
    built_trial = build_reading_trial(subjects=2)
    films = Film.objects.filter(visit__code="W24", visit__subject__code="S000")
    films.update(status="withdrawn")
    record_rows(built_trial.trial.code, list(films))
    campaign = open_campaign_of(built_trial, concordant_share=0.0, missing_visit="interpolated")
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    request_batch(
        campaign=campaign, actor=built_trial.actor("coordinator"), name="one", due_on=None, readers=readers, size=9
    )
    run_due_jobs()
    for read in Read.objects.all():
        read_through(read, by_visit(read, "W52", 2))
    run_due_jobs()
    campaign.refresh_from_db()
    close_campaign(campaign=campaign, actor=built_trial.actor("coordinator"))
    folder = built(built_trial, campaign, tmp_path / "copy")
    every_key_is_unique_and_every_term_listed(folder, "larsen-1995")
    (row,) = [row for row in rows_of(folder / "analysis.csv") if row["dtype"]]
    assert [row[name] for name in ("avisit", "aval", "base", "chg")] == ["W24", "11.0769", "0.0000", "11.0769"]
    rows = picked(records(folder, "adxr"), BASETYPE="CAMPAIGN C1 REPEAT 1 W00 TO W24 INTERP")
    columns = "AVISIT AVISITN AVAL BASE CHG ABLFL ANL01FL DTYPE CRIT1FL ADT"
    assert [cells(one, columns) for one in rows] == [
        ["W00", 1.0, 0.0, 0.0, 0.0, "Y", "Y", "INTERP", "", sas_date("2025-01-01")],
        ["W24", 2.0, 11.0769, 0.0, 11.0769, "", "Y", "INTERP", "N", None],
    ]
