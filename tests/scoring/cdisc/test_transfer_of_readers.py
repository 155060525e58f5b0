"""Whose scores a result uses, and under which number a reader is written, whatever becomes of their reads later."""

from __future__ import annotations

from pathlib import Path

import pytest

import instruments
from jobs.carrying import run_due_jobs
from reading.campaigns.opening import close_campaign
from reading.issuing.replacing import replace_reader
from reading.models import Campaign, Read, ReadKind
from reading.room.signing import return_read
from scoring.cdisc.facts import CampaignFacts
from scoring.cdisc.parameters import total_parameters
from scoring.cdisc.readings import short_slot
from scoring.cdisc.terms import codelists
from scoring.datasets.package import write_codebook
from studies.models import Film
from tests.reading.builders import BuiltTrial, build_reading_trial, open_campaign_of, read_through
from tests.scoring.cdisc.small_campaign import built, every_key_is_unique_and_every_term_listed, picked, records
from tests.scoring.test_randomisation import read_with_repeats, rows_of
from tests.scoring.three_readers import INSTRUMENT, add_third_reader, read_by_all
from tests.tracking import record_rows

pytestmark = pytest.mark.django_db


def test_no_read_is_accepted_for_a_value_that_does_not_exist(tmp_path: Path) -> None:
    """S000's W24 has one reader where the charter asks for two; S001's has no films of the feet."""
    built_trial = build_reading_trial(subjects=2)
    feet = Film.objects.filter(visit__subject__code="S001", visit__code="W24", view="foot")
    feet.update(status="withdrawn")
    record_rows(built_trial.trial.code, list(feet))
    campaign = open_campaign_of(built_trial, partial_visits="missing", concordant_share=0.0)
    totals = {("S000", "W00"): (10, 8), ("S000", "W24"): (12, None), ("S000", "W52"): (15, 14)}
    totals |= {("S001", visit): (1, 1) for visit in built_trial.visits}
    read_by_all(built_trial, campaign, totals)
    close(built_trial, campaign)
    folder = built(built_trial, campaign, tmp_path / "copy")
    accepted = {
        (subject, visit, region): {
            row["MKEVALID"]
            for row in picked(records(folder, "mk"), USUBJID=subject, VISIT=visit, MKSCAT=region, MKACPTFL="Y")
        }
        for subject, visit in totals
        for region in ("HAND", "FOOT")
    }
    none = {("S000", "W24", "HAND"), ("S000", "W24", "FOOT"), ("S001", "W24", "FOOT")}
    assert accepted == {key: set() if key in none else {"READER 1", "READER 2"} for key in accepted}
    flagged = {(row["USUBJID"], row["AVISIT"], row["EVALID"]) for row in picked(records(folder, "adxrj"), ANL01FL="Y")}
    assert flagged == {(key[0], key[1], reader) for key, readers in accepted.items() for reader in readers}


def test_a_reader_keeps_their_number_when_they_or_others_are_replaced(tmp_path: Path) -> None:
    """A repeat stays in the dataset under its reader's number; the replacement is the third person of the case."""
    built_trial = build_reading_trial(subjects=5, visits=("W00", "W24"))
    third = add_third_reader(built_trial)
    campaign = read_with_repeats(built_trial)
    repeat = Read.objects.filter(kind=ReadKind.REPEAT).order_by("pk")[0]
    people = list(repeat.case.reads.filter(kind=ReadKind.PRIMARY).order_by("pk").values_list("reader", flat=True))
    replace_signed(built_trial, repeat)
    close(built_trial, campaign)
    folder = built(built_trial, campaign, tmp_path / "copy")
    every_key_is_unique_and_every_term_listed(folder, INSTRUMENT)
    of_case = {read.token: read for read in repeat.case.reads.all()}
    rows = [row for row in rows_of(folder / "scores.csv") if row["READID"] in of_case]
    numbers = {(of_case[row["READID"]].reader_id, row["REPEATFL"], row["READER"]) for row in rows}
    number_of = {pk: f"READER {place}" for place, pk in enumerate([*people, third.pk], 1)}
    first = {(pk, "", number) for pk, number in number_of.items() if pk != repeat.reader_id}
    repeated = set(repeat.case.reads.filter(kind=ReadKind.REPEAT).values_list("reader", flat=True))
    assert numbers == first | {(pk, "Y", number_of[pk]) for pk in repeated}
    subject = rows[0]["USUBJID"]
    sources = {row["SOURCE"] for row in rows_of(folder / "totals.csv") if row["USUBJID"] == subject}
    assert sources == {number + (" REPEAT" if again else "") for _, again, number in numbers} | {"RESULT"}
    replaced = {row["USUBJID"] for row in picked(records(folder, "adxr"), PARAMCD="LATS3", EVALID="READER 3")}
    assert replaced == {subject}


def test_a_fourth_reader_of_a_case_has_parameters_and_terms_of_their_own(tmp_path: Path) -> None:
    """Three readers of a case, one of them replaced after signing: no published list has a READER 4."""
    instrument = instruments.get(INSTRUMENT)
    usual, more = total_parameters(instrument), total_parameters(instrument, 12)
    assert {place: more[place] for place in usual} == usual
    assert [(more["total", f"READER {n}"].code, short_slot(f"READER {n}")) for n in (4, 12)] == [
        ("LATS4", "R4"),
        ("LATS12", "R12"),
    ]
    lists = codelists(instrument, 4)
    assert [term.value for term in lists["MEDEVAL"].terms if term.extended] == ["READER 4"]
    assert set(lists["PARAMCD"].values) - set(codelists(instrument)["PARAMCD"].values) == {"LATS4"}
    write_codebook(tmp_path, CampaignFacts("TWO", "C1", 1, instrument, readers=4))
    codebook = {(row["FILE"], row["COLUMN"]): row["CODELIST"] for row in rows_of(tmp_path / "codebook.csv")}
    assert codebook["scores.csv", "READER"] == "READER 1;READER 2;READER 3;READER 4;ADJUDICATOR"


def replace_signed(built_trial: BuiltTrial, repeat: Read) -> None:
    """The first read of a repeat is returned to its reader, and then read by somebody else."""
    first = Read.objects.get(case=repeat.case, reader=repeat.reader, kind=ReadKind.PRIMARY)
    return_read(read=first, reason="incomplete", note="", **built_trial.signs("coordinator"))
    first.refresh_from_db()
    actor, other = built_trial.actor("coordinator"), built_trial.people["reader.three"]
    replace_reader(read=first, actor=actor, new_reader=other, reason="The reader left the study")
    run_due_jobs()
    read_through(Read.objects.get(case=repeat.case, reader=other))
    run_due_jobs()


def close(built_trial: BuiltTrial, campaign: Campaign) -> None:
    campaign.refresh_from_db()
    close_campaign(campaign=campaign, actor=built_trial.actor("coordinator"))
