"""The events of a trial that was planned, read and locked, and whose arms are asked for, each as a person reads it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from accounts.roles import Role
from audit.models import Event
from audit.redaction import ShownEvent, shown
from studies.questions.threads import ask
from tests.audit.test_actions import LEFTOVERS
from tests.scoring.unsealing_cast import arms_of, make_opening

pytestmark = pytest.mark.django_db


@pytest.fixture
def trail(tmp_path: Path) -> list[Event]:
    opening = make_opening(tmp_path, read=True)
    opening.holders.seal(arms_of(opening))
    built_trial = opening.built_trial
    opening.ask()
    ask(
        trial=built_trial.trial,
        text="Which side is it?",
        actor=built_trial.actor("coordinator"),
        subject=built_trial.subjects[0],
    )
    return list(Event.objects.order_by("pk"))


def read_by(trail: list[Event], role: Role) -> dict[str, ShownEvent]:
    """By action, the last event of each."""
    return {event.action: shown(event, role) for event in trail}


def test_every_event_of_a_trial_reads_as_a_sentence_to_every_role(trail: list[Event]) -> None:
    assert len({event.action for event in trail}) > 20
    for event in trail:
        for role in Role:
            sentence = shown(event, role).sentence
            assert not LEFTOVERS.search(sentence), sentence


def test_a_signed_read_names_its_case_to_those_who_know_scores_alone(trail: list[Event]) -> None:
    """The number of readers of a case reveals whether it was adjudicated."""
    to_the_lead = read_by(trail, Role.LEAD)["reading.step.signed"].sentence
    to_the_auditor = read_by(trail, Role.AUDITOR)["reading.step.signed"].sentence
    assert re.fullmatch(r"\S+ signed read \d+ of case \d+", to_the_lead)
    assert to_the_auditor == to_the_lead.partition(" of case")[0]


def test_what_people_call_a_thing_is_in_the_sentence(trail: list[Event]) -> None:
    recorded = read_by(trail, Role.STATISTICIAN)
    assert recorded["reading.campaign.opened"].sentence.startswith("coordinator opened campaign C1 with 2 cases")
    assert re.match(r"coordinator issued|System \(issuing\) issued", recorded["reading.batch.issued"].sentence)
    assert recorded["scoring.lock.confirmed"].sentence == "signer confirmed the lock of dataset 1 of campaign C1"
    assert recorded["scoring.arms.requested"].sentence.startswith("statistician requested the arms of campaign C1")
