"""Alarms about readers: raised once by the charter's rules, sent once without a name, handled with a reason."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts.sign_in import BACKEND
from audit.models import Event
from audit.redaction import shown
from audit.sentences import HIDDEN
from audit.trail import audited_atomic
from config.errors import BadInput
from jobs.carrying import run_due_jobs
from jobs.queue import add
from reading.charter.terms import Terms
from reading.models import Campaign
from scoring.models import AlarmRule, ReaderAlarm
from scoring.monitoring.alarm_rules import alarms_about
from scoring.monitoring.alarms import KIND, ask_daily, handle_alarm
from scoring.monitoring.campaign import Monitored
from scoring.monitoring.pairs import ComparedCase
from scoring.monitoring.reader import MonitoredReader
from tests.reading.builders import BuiltTrial, build_reading_trial, open_campaign_of
from tests.scoring.monitoring.signed_cases import add_signed

PAGE = "/trials/TWO/alarms/"
RETRAIN = {"action": "retrain", "reason": "Cases 1 to 12 were looked at together"}


@pytest.fixture
def built_trial() -> BuiltTrial:
    return build_reading_trial(subjects=1, visits=("W00", "W24"))


def signed_campaign(built_trial: BuiltTrial, **terms: object) -> Campaign:
    """Twelve cases of two readers; a quarter of the sites is not assessable, and every second case is discordant."""
    campaign = open_campaign_of(built_trial, **terms)
    pair = built_trial.people["reader"], built_trial.people["reader.two"]
    add_signed(campaign, [(*pair, 1.0, place % 2 == 0) for place in range(12)])
    return campaign


def look(campaign: Campaign, key: str) -> None:
    """Another day's look."""
    with audited_atomic():
        add(kind=KIND, key=key, payload={"campaign": campaign.pk})
    run_due_jobs()


def signed_in(built_trial: BuiltTrial, who: str) -> Client:
    client = Client()
    client.force_login(built_trial.people[who], backend=BACKEND)
    return client


def lines(client: Client, address: str) -> list[dict[str, str]]:
    text = b"".join(client.get(address)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.django_db
def test_an_alarm_is_raised_and_sent_once_and_either_person_records_what_is_done(built_trial: BuiltTrial) -> None:
    campaign = signed_campaign(built_trial)
    lead, coordinator = signed_in(built_trial, "lead"), signed_in(built_trial, "coordinator")
    assert "No rule of the charter has raised an alarm." in lead.get(PAGE).content.decode()
    ask_daily()
    ask_daily()
    run_due_jobs()
    look(campaign, "the next day")
    raised = ReaderAlarm.objects.order_by("pk")
    assert [(alarm.reader.name, alarm.rule) for alarm in raised] == [("reader", "missing"), ("reader.two", "missing")]
    assert [sorted(one.bcc) for one in mail.outbox] == [["coordinator@two.example", "lead@two.example"]] * 2
    assert mail.outbox[0].subject == "TWO: an alarm about a reader"
    assert "share of sites not assessable" in mail.outbox[0].body
    assert "reader.two" not in "".join(str(one.body) for one in mail.outbox)
    (_, first) = lines(lead, f"{PAGE}?format=csv")
    assert first["Found"] == "25.0 % of the sites were not assessable; the charter allows 20 %."
    assert first["Done"] == "Not recorded yet"
    assert lines(lead, "/trials/TWO/results/C1/readers/?alarms-format=csv")[1] == first
    assert "Found" not in lines(coordinator, f"{PAGE}?format=csv")[0]
    address = f"{PAGE}{raised[0].pk}/"
    assert "25.0 %" in lead.get(address).content.decode()
    assert "25.0 %" not in coordinator.get(address).content.decode()
    assert lead.post(address, {"action": "retrain", "reason": " "}).status_code == 400
    assert lead.post(address, {"action": "dismiss", "reason": "because"}).status_code == 400
    assert lead.post(address, RETRAIN).status_code == 302
    assert lead.post(address, RETRAIN).status_code == 302
    for page in (address, PAGE, f"{PAGE}?format=csv"):
        assert RETRAIN["reason"] in b"".join(lead.get(page)).decode()
        assert RETRAIN["reason"] not in b"".join(coordinator.get(page)).decode()
    recorded = Event.objects.get(action="scoring.alarm.handled")
    assert [shown(recorded, role).reason for role in ("lead", "auditor")] == [RETRAIN["reason"], HIDDEN]
    assert coordinator.post(address, {"action": "suspend", "reason": "on leave"}).status_code == 302
    page = coordinator.get(address).content.decode()
    assert '<a href="/trials/TWO/suspensions/">Suspensions</a>: suspend the reader.' in page
    assert "on leave" in page
    handled = Event.objects.filter(action="scoring.alarm.handled").order_by("pk").values_list("body", flat=True)
    assert [json.loads(body)["changes"]["action"] for body in handled] == [["", "retrain"], ["retrain", "suspend"]]


@pytest.mark.django_db
def test_an_action_that_does_not_exist_is_refused_with_those_that_do(built_trial: BuiltTrial) -> None:
    campaign, user = open_campaign_of(built_trial), built_trial.people["lead"]
    alarm = ReaderAlarm(pk=1, campaign=campaign, reader=built_trial.people["reader"], rule="drift")
    given: dict[str, Any] = {"alarm": alarm, "actor": built_trial.actor("lead"), "user": user, "reason": "none"}
    says = "cannot be “dismiss”. Choose Nothing, Train the reader again or Suspend the reader."
    with pytest.raises(BadInput, match=says):
        handle_alarm(action="dismiss", **given)


@pytest.mark.django_db
def test_a_rule_without_a_limit_raises_nothing_and_one_below_the_share_does(built_trial: BuiltTrial) -> None:
    campaign = signed_campaign(built_trial, alarm_missing=0.0, alarm_discordant=0.4)
    look(campaign, "today")
    assert {alarm.rule for alarm in ReaderAlarm.objects.all()} == {"discordant"}


def test_drift_raises_an_alarm_only_where_the_charter_says_so() -> None:
    """From case 41 on, the differences are 6 points higher; who of the two changed cannot be said."""
    compared = [ComparedCase(place, place, 1, 2, (-1.0) ** place + 6 * (place > 40), False) for place in range(1, 61)]
    readers = [MonitoredReader(pk, pk, f"R{pk}", [], compared, 0.0, None) for pk in (1, 2)]
    begun = datetime(2026, 1, 1, tzinfo=UTC)
    signed = {(pk, one.case): begun + timedelta(hours=one.case) for one in compared for pk in (1, 2)}
    monitored = Monitored(readers, compared, signed)
    for reader in readers:
        found = alarms_about(reader, monitored, Terms())
        assert list(found) == [AlarmRule.DRIFT]
        assert "With 2 readers, the differences do not show who changed." in found[AlarmRule.DRIFT]
        assert alarms_about(reader, monitored, Terms(alarm_drift=False)) == {}
