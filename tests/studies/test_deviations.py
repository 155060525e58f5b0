"""The deviation log: every version of an entry is kept, only the coordinator writes, and no reader may open it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from audit.models import Event
from audit.redaction import shown
from audit.verify import verify
from config.errors import BadInput, NotAllowed, WrongState
from studies.desk.confirmed import latest_day
from studies.forms.deviations import KEEP_OUT
from studies.models import DeviationStatus, DeviationVersion, VisitKind
from studies.plan import deviation_log
from studies.plan.deviation_entries import Entry
from studies.plan.deviation_log import close_deviation, correct_deviation, log_deviation, reopen_deviation
from studies.plan.subjects import enrol
from studies.plan.visits import add_visit
from tests.studies.planned import SETTING_UP, Planned

SAID: dict[str, Any] = {
    "noticed_on": date(2026, 3, 2),
    "category": "handling",
    "description": "The films were sent on paper.\nThey were scanned twice.",
    "effect": "possible",
    "effect_explained": "Lines of the scanner can hide an erosion.",
}
DONE = {"corrective_action": "The site sent the DICOM files.", "preventive_action": "The site was trained again."}


def logged(planned: Planned, **values: Any) -> DeviationVersion:
    """An open entry of the trial."""
    return log_deviation(trial=planned.trial, entry=Entry(**SAID | values), actor=planned.actor("coordinator"))


def closed(planned: Planned, seen: DeviationVersion, day: date = date(2026, 3, 9)) -> DeviationVersion:
    """The entry, closed."""
    return close_deviation(seen=seen, closed_on=day, reason="Both done.", actor=planned.actor("coordinator"))


def said(client: Client, url: str, typed: dict[str, Any] | None = None, status: int = 200) -> str:
    """A page, or the page after a form was sent."""
    answer = client.get(url) if typed is None else client.post(url, typed, follow=True)
    assert answer.status_code == status, url
    return b"".join(answer).decode()


def test_entries_are_numbered_within_their_trial_and_name_what_they_concern(ra1: Planned, ra2: Planned) -> None:
    whole, visit = logged(ra1), logged(ra1, visit=ra1.visit())
    other = logged(ra2, site=ra2.sites[1])
    assert [(one.number, one.version) for one in (whole, visit, other)] == [(1, 1), (2, 1), (1, 1)]
    assert [one.concerns for one in (whole, visit, other)] == [
        "The whole trial",
        "Site 01, subject 01-001, visit BL",
        "Site 02",
    ]


def test_a_correction_and_a_closure_are_new_versions_and_the_trail_vouches_for_each(ra1: Planned) -> None:
    coordinator, first = ra1.actor("coordinator"), logged(ra1, subject=ra1.subjects[0])
    entry = Entry(**SAID | DONE | {"subject": ra1.subjects[0], "effect": "none"})
    second = correct_deviation(seen=first, entry=entry, reason="The scans agree.", actor=coordinator)
    third = closed(ra1, second)
    fourth = reopen_deviation(seen=third, reason="It happened again.", actor=coordinator)
    kept = DeviationVersion.objects.of_trial(ra1.trial)
    assert [(one.version, one.status, one.effect, one.reason) for one in kept] == [
        (1, "open", "possible", ""),
        (2, "open", "none", "The scans agree."),
        (3, "closed", "none", "Both done."),
        (4, "open", "none", "It happened again."),
    ]
    assert list(kept.newest()) == [fourth] == list(kept.open())
    assert (third.closed_on, fourth.closed_on) == (date(2026, 3, 9), None)
    events = Event.objects.of_record("studies.deviation", "RA-1-1").order_by("pk")
    assert [event.action.rpartition(".")[2] for event in events] == ["logged", "corrected", "closed", "reopened"]
    assert shown(events[1], "auditor").reason == "The scans agree."
    assert not Event.objects.filter(body__contains="scanned twice").exists()
    assert not [one for one in verify().findings if one.table == DeviationVersion._meta.db_table]


def test_no_version_is_changed_or_deleted(ra1: Planned) -> None:
    rows = DeviationVersion.objects.filter(pk=logged(ra1).pk)
    with pytest.raises(IntegrityError, match="regulated"), transaction.atomic():
        rows.update(description="Nothing happened.")
    with pytest.raises(IntegrityError, match="regulated"), transaction.atomic():
        rows.delete()


def test_only_the_coordinator_writes(ra1: Planned) -> None:
    first = logged(ra1, **DONE)
    entry = Entry(**SAID | {"category": "other"})
    for role in ("sponsor", "auditor", "statistician", "lead", "reader"):
        actor = ra1.actor(role)
        with pytest.raises(NotAllowed):
            log_deviation(trial=ra1.trial, entry=entry, actor=actor)
        with pytest.raises(NotAllowed):
            correct_deviation(seen=first, entry=entry, reason="So.", actor=actor)
        with pytest.raises(NotAllowed):
            close_deviation(seen=first, closed_on=date(2026, 3, 9), reason="So.", actor=actor)
        with pytest.raises(NotAllowed):
            reopen_deviation(seen=first, reason="So.", actor=actor)
    assert DeviationVersion.objects.get() == first


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"noticed_on": date(2199, 1, 1)}, "was noticed cannot be 2199-01-01. Enter a date from 1900-01-01 to"),
        ({"category": "weather"}, "“weather” is not valid. Choose “Image acquisition”, “Image handling or transfer”"),
        ({"description": "  \n"}, "The description is missing. Enter up to 4,000 characters"),
        ({"description": "x" * 4001}, "The description has 4,001 characters"),
        ({"effect": "great"}, "Choose “No effect”, “Possible” or “Confirmed”"),
        ({"effect_explained": ""}, "The explanation of the effect is missing"),
        ({"corrective_action": "a\0b"}, "The corrective action contains a null character"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_name(ra1: Planned, values: dict[str, Any], said: str) -> None:
    with pytest.raises(BadInput, match=said.replace("(", r"\(")):
        logged(ra1, **values)
    assert not DeviationVersion.objects.exists()


def test_site_subject_and_visit_belong_together_and_to_the_trial(ra1: Planned, ra2: Planned) -> None:
    with pytest.raises(BadInput, match="does not belong to subject 02-001"):
        logged(ra1, visit=ra1.visit(), subject=ra1.subjects[1])
    with pytest.raises(BadInput, match="Subject 01-001 belongs to site 01, not 02"):
        logged(ra1, subject=ra1.subjects[0], site=ra1.sites[1])
    with pytest.raises(BadInput, match="Choose a site of trial RA-1"):
        logged(ra1, subject=ra2.subjects[0])


def test_an_entry_is_closed_only_with_both_actions_and_on_a_day_after_it_was_noticed(ra1: Planned) -> None:
    with pytest.raises(WrongState, match="has no corrective action"):
        closed(ra1, logged(ra1))
    with pytest.raises(WrongState, match="has no preventive action"):
        closed(ra1, logged(ra1, corrective_action="None needed: the film was not used."))
    whole = logged(ra1, **DONE)
    with pytest.raises(BadInput, match=f"cannot be 2026-03-01. Enter a date from 2026-03-02 to {latest_day()}"):
        closed(ra1, whole, date(2026, 3, 1))
    shut = closed(ra1, whole)
    with pytest.raises(WrongState, match="is already closed"):
        closed(ra1, shut)
    with pytest.raises(WrongState, match="Reopen it before"):
        correct_deviation(seen=shut, entry=Entry(**SAID), reason="So.", actor=ra1.actor("coordinator"))
    with pytest.raises(WrongState, match="is already open"):
        reopen_deviation(seen=whole, reason="So.", actor=ra1.actor("coordinator"))
    again = reopen_deviation(seen=shut, reason="It happened again.", actor=ra1.actor("coordinator"))
    earliest = again.written_at.date() - timedelta(days=1)
    with pytest.raises(BadInput, match=f"cannot be 2026-03-09. Enter a date from {earliest} to"):
        closed(ra1, again)
    assert closed(ra1, again, earliest).closed_on == earliest


def test_a_correction_changes_something_has_a_reason_and_never_overrides_one_that_was_not_read(ra1: Planned) -> None:
    coordinator, first = ra1.actor("coordinator"), logged(ra1)
    with pytest.raises(BadInput, match="Nothing in deviation 1 was changed"):
        correct_deviation(seen=first, entry=Entry(**SAID), reason="So.", actor=coordinator)
    entry = Entry(**SAID | {"category": "system"})
    with pytest.raises(BadInput, match="The reason is missing"):
        correct_deviation(seen=first, entry=entry, reason=" ", actor=coordinator)
    correct_deviation(seen=first, entry=entry, reason="It was the scanner.", actor=coordinator)
    with pytest.raises(WrongState, match="version 2 follows version 1"):
        correct_deviation(seen=first, entry=Entry(**SAID | DONE), reason="Completed.", actor=coordinator)
    assert DeviationVersion.objects.count() == 2


def test_the_coordinator_logs_corrects_closes_and_reopens_on_the_pages(ra1: Planned) -> None:
    client, log = ra1.client("coordinator"), ra1.url("deviations/")
    assert "No deviation has been logged in this trial." in said(client, log)
    assert 'value="W24" selected' in said(client, f"{log}new/?subject={ra1.subjects[0].pk}&visit=W24")
    typed = SAID | {"subject": ra1.subjects[0].pk, "visit": "BL"}
    assert "not one of the available choices" in said(client, f"{log}new/", typed | {"visit": "UNS-1"}, status=400)
    add_visit(subject=ra1.subjects[1], code="UNS-1", kind=VisitKind.UNSCHEDULED, actor=SETTING_UP)
    assert "Subject 01-001 has no visit UNS-1." in said(client, f"{log}new/", typed | {"visit": "UNS-1"}, status=400)
    assert "Choose the subject of the visit." in said(client, f"{log}new/", typed | {"subject": ""}, status=400)
    page = said(client, f"{log}new/", typed)
    assert "Deviation 1 was logged." in page
    assert "Site 01, subject 01-001, visit BL" in page
    one = f"{log}1/"
    assert "has no corrective action" in said(client, f"{one}close/", {"version": 1, **ending()}, status=400)
    form = said(client, f"{one}correct/")
    assert 'data-searchable=""' in form
    assert 'value="2026-03-02"' in form
    changed = typed | DONE | {"version": 1, "reason": "Completed."}
    assert "It is now version 2." in said(client, f"{one}correct/", changed)
    assert "has changed since you opened it" in said(
        client, f"{one}correct/", changed | {"category": "other"}, status=400
    )
    assert "Deviation 1 is closed." in said(client, f"{one}close/", {"version": 2, **ending()})
    assert "is already closed" in said(client, f"{one}close/", {"version": 3, **ending()}, status=400)
    assert "Enter a valid date" in said(client, f"{one}close/", {"version": 3, "closed_on": "soon"}, status=400)
    assert "Deviation 1 is open again." in said(client, f"{one}reopen/", {"version": 3, "reason": "It happened again."})
    assert "is already open" in said(client, f"{one}reopen/", {"version": 4, "reason": "Once more."}, status=400)
    earlier = said(client, f"{one}versions/1/")
    assert "None entered yet." in earlier
    assert "This is an earlier version." in earlier
    assert "Changed: Corrective action, Preventive action" in earlier


def test_an_entry_sent_twice_is_logged_once(ra1: Planned, monkeypatch: pytest.MonkeyPatch) -> None:
    client, new = ra1.client("coordinator"), ra1.url("deviations/new/")
    for _ in range(2):
        assert "Deviation 1 was logged." in said(client, new, SAID)
    assert "Deviation 2 was logged." in said(client, new, SAID | {"category": "system"})
    assert "Deviation 3 was logged." in said(client, new, SAID)
    changed = SAID | {"version": 1, "reason": "So.", "effect": "none"}
    said(client, ra1.url("deviations/3/correct/"), changed)
    assert "Deviation 4 was logged." in said(client, new, SAID)
    monkeypatch.setattr(deviation_log, "SENT_AGAIN", timedelta(0))
    assert "Deviation 5 was logged." in said(client, new, SAID)


def test_what_was_decided_on_an_earlier_version_is_refused_with_a_way_to_the_newest(ra1: Planned) -> None:
    client, one, actor = ra1.client("coordinator"), ra1.url("deviations/1/"), ra1.actor("coordinator")
    second = correct_deviation(seen=logged(ra1), entry=Entry(**SAID | DONE), reason="Completed.", actor=actor)
    earlier = correct_deviation(seen=second, entry=Entry(**SAID | DONE | {"effect": "none"}), reason="So.", actor=actor)
    page = said(client, f"{one}close/", {"version": 2, **ending()}, status=400)
    assert "version 3 follows version 2. Open it again" in page
    assert f'<a href="{one}">Open the newest version</a>' in page
    reopen_deviation(seen=closed(ra1, earlier), reason="It happened again.", actor=actor)
    page = said(client, f"{one}reopen/", {"version": 4, "reason": "Once more."}, status=400)
    assert "version 5 follows version 4. Open it again" in page
    assert f'<a href="{one}">Open the newest version</a>' in page
    for step in ("close", "reopen", "correct"):
        said(client, f"{one}{step}/", {"version": "+4", **ending()}, status=404)
        said(client, f"{one}{step}/", ending(), status=400)


def test_each_form_says_once_what_to_leave_out_and_a_line_end_counts_once(ra1: Planned) -> None:
    client, log = ra1.client("coordinator"), ra1.url("deviations/")
    long = SAID | DONE | {"description": "x\r\n" * 1999 + "xx"}
    assert "Deviation 1 was logged." in said(client, f"{log}new/", long)
    assert DeviationVersion.objects.get().description == "x\n" * 1999 + "xx"
    shown = [said(client, f"{log}{path}").count(KEEP_OUT) for path in ("new/", "1/correct/", "1/")]
    assert shown == [1, 1, 1]
    with pytest.raises(BadInput, match="The description has 4,001 characters"):
        logged(ra1, description="x\r\n" * 2000 + "x")


def ending() -> dict[str, str]:
    """What is typed to close an entry."""
    return {"closed_on": "2026-03-09", "reason": "Both done."}


def test_sponsor_statistician_lead_and_auditor_read_the_log_and_find_nothing_to_write(ra1: Planned) -> None:
    logged(ra1)
    for role in ("sponsor", "statistician", "lead", "auditor"):
        client = ra1.client(role)
        shown = said(client, ra1.url("deviations/")) + said(client, ra1.url("deviations/1/"))
        assert "They were scanned twice." in shown
        assert "Log a deviation" not in shown
        assert "Close the deviation" not in shown
        assert "Correct or complete" not in shown


def test_the_list_is_filtered_and_a_file_has_every_text_and_on_demand_every_version(ra1: Planned) -> None:
    first = logged(ra1, category="blinding", **DONE)
    logged(ra1, category="system", description="The server was down.")
    closed(ra1, first)
    client, log = ra1.client("sponsor"), ra1.url("deviations/")
    assert "server was down" not in said(client, f"{log}?status=closed")
    assert "scanned twice" not in said(client, f"{log}?category=system")
    assert "scanned twice" not in said(client, f"{log}?q=server")
    file = said(client, f"{log}?format=csv&category=blinding")
    assert "The site was trained again." in file
    assert file.count("scanned twice") == 1
    assert said(client, f"{log}?format=csv&versions=all").count("scanned twice") == 2
    assert "cannot be shown with versions “some”" in said(client, f"{log}?versions=some", status=400)


def test_open_deviations_are_counted_where_coordinator_and_sponsor_begin(ra1: Planned) -> None:
    client, sponsor = ra1.client("coordinator"), ra1.client("sponsor")
    assert "No deviation is open." in said(client, ra1.url())
    closed(ra1, logged(ra1, **DONE))
    for _ in range(6):
        logged(ra1)
    assert "All 6 open deviations" in said(client, ra1.url())
    home = said(client, "/")
    assert "Open deviations" in home
    assert "<strong>6</strong><span>open deviations in the log</span>" in said(sponsor, ra1.url("sites-by-month/"))
    assert "Open deviations" not in said(sponsor, "/")


def test_the_pages_ask_no_more_of_the_database_for_a_long_log_of_many_subjects(ra1: Planned) -> None:
    client, paths = ra1.client("coordinator"), ("deviations/", "deviations/1/", "deviations/1/correct/", "")
    logged(ra1, visit=ra1.visit())
    said(client, ra1.url())
    few = [queries(client, ra1.url(path)) for path in paths]
    for number in range(2, 30):
        logged(ra1, subject=enrol(trial=ra1.trial, site=ra1.sites[0], code=f"01-{number}", actor=SETTING_UP))
    assert [queries(client, ra1.url(path)) for path in paths] == few
    assert DeviationVersion.objects.filter(status=DeviationStatus.OPEN).count() == 29


def queries(client: Client, url: str) -> int:
    """How many statements a page needs."""
    with CaptureQueriesContext(
        connection,
    ) as asked:
        said(client, url)
    return len(asked)
