"""Intercurrent events: what a statistician may import and when, and what a dataset makes of it."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.forms import ChoiceField
from django.test import Client
from django.utils import timezone

from accounts.roles import Role
from accounts.sign_in import BACKEND
from audit.models import Event
from audit.redaction import shown
from config.errors import WrongState
from instruments.definition import Item
from jobs.carrying import run_due_jobs
from reading.campaigns.opening import close_campaign
from reading.charter.terms import Terms
from reading.forms.charter import CharterForm
from reading.issuing.assignments import request_batch
from reading.models import Campaign, Read
from scoring.consensus.rules import fixed_thresholds
from scoring.consensus.signed_series import visits_of
from scoring.datasets.building import request_dataset
from scoring.datasets.locking import request_lock
from scoring.endpoint.event_lists import import_events
from scoring.models import Dataset, EventList
from studies.desk import confirmed
from studies.models import Visit
from tests.reading.builders import BuiltTrial, GradeOf, build_reading_trial, open_campaign_of, read_through
from tests.scoring.cdisc.small_campaign import records
from tests.scoring.packages import package_of
from tests.scoring.test_analysis_table import cells, change_films, of
from tests.scoring.test_randomisation import rows_of

pytestmark = pytest.mark.django_db
PAGE = "/trials/TWO/results/C1/events/"
HEAD = "subject,kind,date,source\n"
RESCUE = f"{HEAD}S000,rescue,2025-07-01,CRF\n"
THRESHOLDS = {"zero_threshold": False, "sdc_threshold": False, "fixed_threshold": 4.4, "threshold_strict": False}


@pytest.fixture
def built_trial() -> BuiltTrial:
    return rescued_trial()


def rescued_trial() -> BuiltTrial:
    """Two subjects; S001 has no film at W24."""
    built_trial = build_reading_trial(subjects=2)
    change_films(built_trial, "S001", "W24", status="withdrawn")
    return built_trial


@pytest.fixture
def campaign(built_trial: BuiltTrial) -> Campaign:
    return issued(built_trial)


def issued(built_trial: BuiltTrial) -> Campaign:
    """Rescue is declared independent of the arm, a switch is not. Changes are 2 at W24 and 10 at W52."""
    independent = {"rescue_independent": True, "death_independent": True, "missing_visit": "interpolated"}
    campaign = open_campaign_of(built_trial, concordant_share=0.0, **independent, **THRESHOLDS)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    coordinator = built_trial.actor("coordinator")
    request_batch(campaign=campaign, actor=coordinator, name="one", due_on=None, readers=readers, size=9)
    run_due_jobs()
    return campaign


@pytest.fixture
def closed(built_trial: BuiltTrial, campaign: Campaign) -> Campaign:
    return read_and_closed(built_trial, campaign)


def all_read_and_closed(built_trial: BuiltTrial) -> Campaign:
    """The campaign, read and closed."""
    return read_and_closed(built_trial, issued(built_trial))


def read_and_closed(built_trial: BuiltTrial, campaign: Campaign) -> Campaign:
    """The issued campaign, read and closed."""
    codes = dict(Visit.objects.values_list("pk", "code"))
    for read in Read.objects.all():
        read_through(read, by_visit({token: codes[pk] for token, pk in visits_of(read).items()}))
    run_due_jobs()
    close_campaign(campaign=campaign, actor=built_trial.actor("coordinator"))
    campaign.refresh_from_db()
    return campaign


def by_visit(shown: dict[str, str]) -> GradeOf:
    return lambda timepoint, item: grade(shown[timepoint.token], item)


def grade(visit: str, item: Item) -> int:
    """2 at W24 and 10 at W52: one or five sites with grade 2."""
    sites = {"W00": 0, "W24": 1, "W52": 5}[visit]
    return 2 if item.key in [f"GL-{joint}" for joint in ("PIP2", "PIP3", "PIP4", "PIP5", "MCP2")][:sites] else 0


def give(built_trial: BuiltTrial, campaign: Campaign, text: str) -> EventList:
    actor, user = built_trial.actor("statistician"), built_trial.people["statistician"]
    return import_events(campaign=campaign, actor=actor, user=user, text=text)


def browser(built_trial: BuiltTrial) -> Client:
    client = Client()
    client.force_login(built_trial.people["statistician"], backend=BACKEND)
    return client


def built(built_trial: BuiltTrial, campaign: Campaign) -> Dataset:
    dataset = request_dataset(campaign=campaign, actor=built_trial.actor("statistician"))
    run_due_jobs()
    dataset.refresh_from_db()
    assert dataset.failure == ""
    return dataset


def test_events_are_imported_only_after_the_campaign_is_closed(built_trial: BuiltTrial, campaign: Campaign) -> None:
    with pytest.raises(WrongState, match="Events can be imported only after a campaign is closed"):
        give(built_trial, campaign, RESCUE)
    assert "Events can be imported after a campaign is closed" in browser(built_trial).get(PAGE).content.decode()


def test_each_wrong_line_is_named_and_nothing_is_imported(built_trial: BuiltTrial, closed: Campaign) -> None:
    tomorrow = (timezone.now() + timedelta(days=2)).date().isoformat()
    lines = [
        "S000,rescue,2025-07-01,CRF",
        "S999,rescue,2025-07-01,CRF",
        "S000,rescue,2025-08-01,CRF",
        "S001,switch,2025-07-01,CRF",
        "S001,pregnancy,2025-07-01,CRF",
        "S001,rescue,01.07.2025,CRF",
        "S001,rescue,20250701,CRF",
        f"S001,rescue,{tomorrow},CRF",
        "S001,death,2025-07-01,",
    ]
    page = browser(built_trial).post(PAGE, {"text": HEAD + "\n".join(lines)})
    assert page.status_code == 400
    assert "The list has 8 errors, so nothing was imported." in page.content.decode()
    faults = [(fault.line, fault.says) for fault in page.context["faults"]]
    expected = [
        (3, "The trial has no subject “S999”."),
        (4, "Line 2 has an event of this kind for the same subject. Keep one."),
        (5, "The charter does not declare events of switch of treatment independent of the arm"),
        (6, "The kind cannot be “pregnancy”. Write rescue, discontinuation, death or switch."),
        (7, "The date cannot be “01.07.2025”. Write it as 2025-04-23."),
        (8, "The date cannot be “20250701”. Write it as 2025-04-23."),
        (9, f"The date {tomorrow} is in the future"),
        (10, "The source has 0 characters."),
    ]
    assert [line for line, _ in faults] == [line for line, _ in expected]
    for (_, says), (_, begins) in zip(faults, expected, strict=True):
        assert says.startswith(begins)
    assert not EventList.objects.exists()


def test_an_event_of_this_morning_in_auckland_is_taken(
    built_trial: BuiltTrial, closed: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confirmed, "now", lambda: datetime(2025, 6, 30, 11, 0, tzinfo=UTC))
    give(built_trial, closed, RESCUE)
    page = browser(built_trial).post(PAGE, {"text": RESCUE.replace("07-01", "07-02")})
    assert [fault.says for fault in page.context["faults"]] == [
        "The date 2025-07-02 is in the future. Write a day up to 2025-07-01."
    ]


def test_versions_are_kept_and_the_same_list_is_no_new_one(built_trial: BuiltTrial, closed: Campaign) -> None:
    client = browser(built_trial)
    for text in (RESCUE, RESCUE, HEAD):
        assert client.post(PAGE, {"text": text}).status_code == 302
    assert [(one.number, len(one.events)) for one in EventList.objects.all()] == [(2, 0), (1, 1)]
    imports = Event.objects.filter(action="scoring.events.imported")
    assert imports.count() == 2
    sentence = shown(imports.earliest("pk"), Role.AUDITOR).sentence
    assert sentence == "statistician imported event list 1 of campaign C1: 1 event"
    assert client.get(f"{PAGE}1.csv").content.decode("utf-8-sig").split() == RESCUE.split()
    assert client.get(f"{PAGE}example.csv").content.decode("utf-8-sig").startswith(HEAD)
    assert "Event" in client.get(PAGE).content.decode()


def test_the_dataset_applies_the_events_by_the_charters_strategy(
    built_trial: BuiltTrial, closed: Campaign, tmp_path: Path
) -> None:
    """Rescue on day 181: W24 (day 168) stands; W52 (day 364) is 2 x 364/168 = 13/3 and not the 10 of its film.

    Without a film at W24, its change is 10 x 168/364 = 60/13 by interpolation.
    """
    before = built(built_trial, closed)
    give(built_trial, closed, RESCUE)
    with pytest.raises(WrongState, match="Event list 1 came after this dataset was requested"):
        request_lock(dataset=before, **built_trial.signs("statistician"))
    dataset = built(built_trial, closed)
    with package_of(dataset) as archive:
        archive.extractall(tmp_path / "copy")
    (folder,) = (tmp_path / "copy").iterdir()
    values_are_those_by_hand(rows_of(folder / "analysis.csv"))
    assert {row["CRIT1"] for row in records(folder, "adxr")} == {"CHG < 0.5"}
    (event,) = rows_of(folder / "events.csv")
    assert event == {
        "subject": "S000", "kind": "rescue", "date": "2025-07-01", "source": "CRF",
        "strategy": "linear-extrapolation", "list": "1",
    }  # fmt: skip
    readme = (folder / "README.md").read_text()
    assert "Event list 1 is applied by the charter's strategies" in readme
    assert "events of the kind discontinuation and switch." in readme
    assert dataset.counts["rows"]["events.csv"] == 1


def values_are_those_by_hand(rows: list[dict[str, str]]) -> None:
    columns = "aval base chg dtype event_kind event_day post_event basetype visit"
    assert cells(of(rows, "S000", "W24"), columns) == [
        "2.0000", "0.0000", "2.0000", "", "rescue", "181", "N", "W24 PAIRED", "W24",
    ]  # fmt: skip
    assert cells(of(rows, "S000", "W52"), columns) == [
        "4.3333", "0.0000", "4.3333", "extrapolated", "rescue", "181", "Y", "W24 PAIRED", "",
    ]  # fmt: skip
    assert of(rows, "S000", "W52")["chg_exact"] == "13/3"
    assert cells(of(rows, "S000", "W52"), "crit1 crit1_fl crit2 crit2_fl crit3 crit4") == [
        "CHG < 0.5 (fixed number)", "N", "CHG < 4.4 (fixed number)", "Y", "", "",
    ]  # fmt: skip
    assert cells(of(rows, "S001", "W24"), "chg_exact dtype basetype visit") == [
        "60/13", "interpolated", "W24 INTERPOLATED", "",
    ]  # fmt: skip
    assert cells(of(rows, "S001", "W52"), columns) == [
        "10.0000", "0.0000", "10.0000", "", "", "", "", "W52 PAIRED", "W52",
    ]  # fmt: skip


def test_a_charter_begins_with_the_terms_that_apply_where_it_says_nothing(built_trial: BuiltTrial) -> None:
    form = CharterForm(built_trial.trial)
    for name in [field.name for field in fields(Terms) if field.name in form.fields]:
        initial = form.fields[name].initial
        if initial is None:
            initial = form[name].subwidgets[0].data["value"] if isinstance(form.fields[name], ChoiceField) else False
        assert initial == getattr(Terms, name), name


def test_a_threshold_that_is_chosen_twice_is_one_criterion() -> None:
    chosen = fixed_thresholds(Terms(zero_threshold=False, fixed_threshold=0.5))
    assert [one.says for one in chosen] == ["progression: change > 0.5; no progression: change <= 0.5"]
