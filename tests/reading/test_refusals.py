"""Refusals about charters, campaigns and reads: they name the thing, its state, and what to do instead."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

import instruments
from jobs.carrying import run_due_jobs
from reading.campaigns.opening import close_campaign, create_campaign, move_campaign, open_campaign
from reading.campaigns.reference_table import HEAD, LARGEST, read_references
from reading.campaigns.reopening import reopen_campaign
from reading.campaigns.revealing import reveal_seeds
from reading.campaigns.training import bring_references, issue_training, make_training
from reading.charter.terms import read_terms
from reading.charter.versions import disqualify_reader, draft_charter, qualify_reader, sign_charter
from reading.issuing.adjudication import ask_adjudicators
from reading.issuing.assignments import request_batch
from reading.leak_scan.scans import acknowledge_scan
from reading.models import Campaign, CampaignStatus, Qualification
from tests.reading.builders import PASSWORD, BuiltTrial, build_reading_trial, open_campaign_of, scanned
from tests.refused import said

database = pytest.mark.django_db


@pytest.fixture
def built_trial() -> BuiltTrial:
    return build_reading_trial(subjects=1, visits=("W00", "W24"))


@pytest.fixture
def campaign(built_trial: BuiltTrial) -> Campaign:
    return open_campaign_of(built_trial, concordant_share=0.0, batch_size=3)


def batch(built_trial: BuiltTrial, campaign: Campaign, *names: str, size: int = 1) -> None:
    people = [built_trial.people[name] for name in names or ("reader", "reader.two")]
    request_batch(
        campaign=campaign, actor=built_trial.actor("coordinator"), name="one", due_on=None, readers=people, size=size
    )


def draft(built_trial: BuiltTrial, campaign: Campaign, code: str) -> Campaign:
    """Another campaign under the same charter, in preparation."""
    return create_campaign(
        trial=built_trial.trial,
        actor=built_trial.actor("coordinator"),
        charter=campaign.charter,
        code=code,
        title="Another",
    )


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        ({"colour": "red"}, "A charter has no term “colour”. It has adjudication threshold, alarm discordant,"),
        ({"display_mode": "twice"}, "The display mode cannot be “twice”. Choose whole or joints."),
        ({"missing_limit": 2}, "The missing limit cannot be “2”. Give a number from 0 to 1."),
        ({"batch_size": None}, "The batch size cannot be nothing. Give a whole number from 0 to 5000."),
        ({"instrument": "sharp"}, "The instrument cannot be “sharp”. Choose svdh, "),
        ({"wording": "own"}, "Sharp/van der Heijde, feet as one value has no grade text “own”. Choose cdisc-2025"),
        (
            {"instrument": "larsen-1977"},
            "Larsen 1977 has unverified parts. Read its notes and acknowledge them to choose it.",
        ),
        (
            {"instrument": "larsen-1995", "entry_order": "two-pass"},
            "With Larsen 1995, long-term studies, the order of entry cannot be “All erosions, then all joint space "
            "narrowing”: it has no second feature. Choose “Joint by joint, all scores of a joint” or "
            "“Timepoint by timepoint”.",
        ),
    ],
)
def test_a_term_of_a_charter_names_what_can_be_chosen(terms: dict[str, Any], message: str) -> None:
    assert said(read_terms, terms).startswith(message)


@database
def test_a_charter_is_drafted_and_signed_by_what_the_trial_has(built_trial: BuiltTrial, campaign: Campaign) -> None:
    actor, trial = built_trial.actor("coordinator"), built_trial.trial
    unplanned = said(draft_charter, trial=trial, actor=actor, terms={"reference_visit": "W99"})
    assert unplanned == "The plan of the trial has no visit W99. Choose W00 or W24."
    assert sign_charter(charter=campaign.charter, **built_trial.signs("coordinator")) == campaign.charter, (
        "as the first did"
    )
    other = replace(built_trial.actor("coordinator"), user_id=built_trial.people["lead"].pk)
    again = said(
        sign_charter, charter=campaign.charter, actor=other, user=built_trial.people["lead"], password=PASSWORD
    )
    assert again == "Charter version 1 is already signed. Write a new draft to amend it."


@database
def test_a_reader_is_qualified_by_evidence_and_once_withdrawn_stays_so(built_trial: BuiltTrial) -> None:
    given: dict[str, Any] = {"trial": built_trial.trial, **built_trial.signs("coordinator"), "evidence": "ten films"}
    reader = {"reader": built_trial.people["reader"], "instrument": "svdh"}
    unknown = said(qualify_reader, **given | reader | {"instrument": "sharp"})
    assert unknown.startswith("The instrument cannot be “sharp”. Choose svdh, ")
    silent = said(qualify_reader, **given | reader | {"evidence": " "})
    assert silent == "The evidence is missing. Write in a sentence what was tested and when."
    other = said(qualify_reader, **given | reader | {"reader": built_trial.people["lead"]})
    assert other == "Choose a reader or adjudicator of this trial. lead is neither."
    qualify_reader(**given | reader)
    qualify_reader(**given | reader | {"instrument": "larsen-1995"})
    of_reader = Qualification.objects.held().filter(reader=built_trial.people["reader"])
    assert of_reader.filter(instrument="larsen-1995").count() == 2
    one: dict[str, Any] = {"qualification": of_reader.filter(instrument="larsen-1995")[0]}
    one |= {"actor": built_trial.actor("coordinator"), "reason": "on leave"}
    disqualify_reader(**one)
    assert {held.instrument for held in of_reader.all()} == {"svdh"}, "every one for the instrument is withdrawn"
    assert said(disqualify_reader, **one) == "The qualification of reader has already been withdrawn."


@database
def test_a_campaign_says_why_it_cannot_be_made_or_opened(built_trial: BuiltTrial, campaign: Campaign) -> None:
    actor, trial = built_trial.actor("coordinator"), built_trial.trial
    made: dict[str, Any] = {"trial": trial, "actor": actor, "title": "Again"}
    assert said(create_campaign, charter=campaign.charter, code="C1", **made) == (
        "Trial TWO already has a campaign C1. Choose another code."
    )
    amended = draft_charter(trial=trial, actor=actor, terms={"instrument": "larsen-1995"})
    assert said(create_campaign, charter=amended, code="C2", **made) == (
        "A campaign of trial TWO needs a signed charter of the same trial. Charter version 2 of trial TWO is a draft."
    )
    second = draft(built_trial, campaign, "C2")
    opened: dict[str, Any] = {"campaign": second, "actor": actor, "subjects": built_trial.subjects}
    assert said(open_campaign, visits=["W00"], **opened) == (
        "Campaign C2 cannot be opened yet. The leak scan has not been run."
    )
    scanned(second)
    assert said(open_campaign, visits=["W00"], **opened) == (
        "The charter requires films at 2 or more timepoints in each case. "
        "No chosen subject has films at that many of the visits W00."
    )
    acknowledged = {"made": second.leak_scans.get(), "actor": actor, "user": built_trial.people["coordinator"]}
    assert said(acknowledge_scan, reason="seen", **acknowledged) == (
        "The leak scan of campaign C2 has finished without a warning, so it cannot be acknowledged."
    )


@database
def test_a_campaign_goes_on_only_in_the_right_state_and_says_which(built_trial: BuiltTrial, campaign: Campaign) -> None:
    actor, second = built_trial.actor("coordinator"), draft(built_trial, campaign, "C2")
    assert said(ask_adjudicators, campaign=second, actor=actor) == (
        "Campaign C2 is in preparation. Adjudicators can be requested only while it is open."
    )
    assert said(reopen_campaign, campaign=second, **built_trial.signs("coordinator"), reason=" ") == (
        "A reason is needed. Write it in a sentence."
    )
    assert said(reopen_campaign, campaign=campaign, **built_trial.signs("coordinator"), reason="late film") == (
        "Campaign C1 is open. Only a campaign that is closed, and not locked, can be reopened."
    )
    assert said(close_campaign, campaign=second, actor=actor) == (
        "Campaign C2 is in preparation. It can be closed only while it is open."
    )
    assert said(
        open_campaign, campaign=campaign, actor=actor, subjects=built_trial.subjects, visits=built_trial.visits
    ) == ("Campaign C1 is open. Only a campaign in preparation can be opened.")
    assert said(move_campaign, campaign, CampaignStatus.LOCKED) == (
        "Campaign C1 is open. Only a campaign that is closed can be locked."
    )
    assert said(close_campaign, campaign=campaign, actor=actor) == (
        "Campaign C1 cannot be closed yet. 1 case has no result."
    )
    assert said(reveal_seeds, campaign=campaign, actor=built_trial.actor("statistician")) == (
        "Campaign C1 is open. Its seeds can be revealed once it is locked."
    )


@database
def test_a_batch_names_the_reader_or_the_size_that_is_wrong(built_trial: BuiltTrial, campaign: Campaign) -> None:
    assert said(batch, built_trial, campaign, size=4) == (
        "The charter allows at most 3 cases in a batch. You requested 4."
    )
    assert said(batch, built_trial, campaign, "lead") == (
        "Choose qualified readers of this trial. lead has no recorded qualification."
    )
    Qualification.objects.filter(reader=built_trial.people["reader"]).update(expires_on=date(2026, 2, 28))
    assert said(batch, built_trial, campaign) == (
        "The qualification of reader expired on 2026-02-28. Record a new qualification, or choose other readers."
    )
    Qualification.objects.update(expires_on=None)
    batch(built_trial, campaign)
    run_due_jobs()
    assert said(batch, built_trial, campaign) == (
        "No remaining case can be read by reader or reader.two. Choose other readers."
    )


@database
def test_training_says_what_is_missing(built_trial: BuiltTrial, campaign: Campaign) -> None:
    actor, lead, reader = built_trial.actor("coordinator"), built_trial.actor("lead"), built_trial.people["reader"]
    limits: dict[str, Any] = {"actor": actor, "least_status": 0.8, "least_change": 0.7}
    issued: dict[str, Any] = {"actor": actor, "name": "one", "due_on": None}
    assert said(make_training, campaign=campaign, **limits) == (
        "Campaign C1 is open. Only a campaign in preparation can be used for training."
    )
    assert said(bring_references, campaign=campaign, actor=lead, content=b"") == (
        "Campaign C1 is not a training campaign. Its reads count."
    )
    training = draft(built_trial, campaign, "T1")
    make_training(campaign=training, **limits)
    assert said(make_training, campaign=training, **limits) == "Campaign T1 is already a training campaign."
    assert said(issue_training, campaign=training, readers=[reader], **issued) == (
        "Campaign T1 is in preparation. Training is possible only while it is open."
    )
    Campaign.objects.filter(pk=campaign.pk).update(status=CampaignStatus.CLOSED)
    scanned(training)
    open_campaign(campaign=training, actor=actor, subjects=built_trial.subjects, visits=built_trial.visits)
    training = Campaign.objects.get(pk=training.pk)
    assert said(batch, built_trial, training) == "Campaign T1 is for training. Issue its reads on its training page."
    assert said(issue_training, campaign=training, readers=[built_trial.people["lead"]], **issued) == (
        "Choose readers of this trial. lead is not one."
    )
    assert said(issue_training, campaign=training, readers=[reader], **issued) == (
        "Campaign T1 does not have reference scores for every case. "
        "The imaging lead must import them before reads are issued."
    )
    bring_references(campaign=training, actor=lead, content=references(built_trial))
    issue_training(campaign=training, readers=[reader], **issued)
    run_due_jobs()
    assert said(issue_training, campaign=training, readers=[reader], **issued) == (
        "Every case has already been given to reader. Choose readers who do not have every case yet."
    )
    assert said(issue_training, campaign=training, readers=[], **issued) == (
        "No reader was chosen. Choose readers who do not have every case yet."
    )


def references(built_trial: BuiltTrial) -> bytes:
    """A grade of 0 for every item of every timepoint."""
    items = [item.key for item in instruments.get("larsen-1995").items]
    places = [(subject.code, visit) for subject in built_trial.subjects for visit in built_trial.visits]
    return "\n".join([",".join(HEAD), *(f"{s},{v},{item},0," for s, v in places for item in items)]).encode()


LINES = ",".join(HEAD)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"x" * (LARGEST + 1), "The file has 8,388,609 bytes. At most 8,388,608 are accepted."),
        (b"\xff\xfe", "The file cannot be read. Save it as CSV in UTF-8 and choose it again."),
        (b"", "The file needs the columns subject, visit, item, value and reason. It has no line of scores."),
        (b"a,b\n1,2\n", "The file needs the columns subject, visit, item, value and reason. It has a and b."),
        (
            f"{LINES}\nS1,W0,XX,1,\n".encode(),
            "Line 2 has the item “XX”, which Larsen 1995, long-term studies does not have.",
        ),
        (
            f"{LINES}\nS1,W0,GL-MCP2,,TIRED\n".encode(),
            "Line 2 has the reason “TIRED” and the value nothing. Give IMAGE, SURGERY,",
        ),
        (
            f"{LINES}\nS1,W0,GL-MCP2,9,\n".encode(),
            "Line 2 has the value “9” for item GL-MCP2. Give 0, 1, 2, 3, 4 or 5.",
        ),
        (
            f"{LINES}\nS1,W0,GL-MCP2,1,\n".encode(),
            "31 items are missing for subject S1, visit W0. Give a line for every item.",
        ),
    ],
)
def test_a_table_of_reference_scores_names_the_line_and_what_to_write(content: bytes, message: str) -> None:
    assert said(read_references, content, instruments.get("larsen-1995"), [("S1", "W0")]).startswith(message)
