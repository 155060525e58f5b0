"""The sponsor's list of visits: what differs, who may see it, what is decided, and what a later list keeps."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.navigation import places_of
from accounts.roles import Role
from accounts.sign_in import BACKEND
from accounts.waiting import waiting_at
from audit.models import Event
from audit.redaction import shown
from audit.verify import verify
from config.errors import BadInput, NotAllowed, WrongState
from reading.charter.versions import draft_charter, sign_charter
from reading.models import Campaign, CampaignStatus
from scoring.edc import files
from scoring.edc.differences import differences_of, rows_changed
from scoring.edc.files import COLUMNS, read_list
from scoring.edc.held import Held, HeldVisit
from scoring.edc.lists import compare_list, decided_state, resolutions_of, resolve_difference, shown_differences
from scoring.endpoint.event_files import FaultyList
from scoring.endpoint.event_lists import import_events
from scoring.models import EdcList, EdcResolution
from studies.desk.confirmed import latest_day
from studies.plan.visits import add_visit
from tests.reading.builders import PASSWORD, BuiltTrial, build_reading_trial, open_campaign_of

pytestmark = pytest.mark.django_db
PAGE = "/trials/TWO/edc/"
HEAD = "subject,visit,date\n"
RESCUE_HEAD = "subject,visit,date,rescue_date\n"
# What Blindread holds of S000 and S001; S001 has no line for W24.
AGREES = f"{HEAD}S000,W00,2025-01-01\nS000,W24,2025-06-18\nS001,W00,2025-01-01\n"
LATEST = date(2025, 12, 31)


@pytest.fixture
def built_trial() -> BuiltTrial:
    return build_reading_trial(subjects=2, visits=("W00", "W24"))


def compared(built_trial: BuiltTrial, text: str) -> EdcList:
    actor, user = built_trial.actor("coordinator"), built_trial.people["coordinator"]
    return compare_list(trial=built_trial.trial, actor=actor, user=user, text=text)


def resolved(built_trial: BuiltTrial, edc_list: EdcList, kind: str = "explained", **said: str) -> EdcResolution:
    """A resolution of the first difference of a list."""
    given = {"key": edc_list.differences[0]["key"], "text": "As the source says."} | said
    actor, user = built_trial.actor("coordinator"), built_trial.people["coordinator"]
    return resolve_difference(edc_list=edc_list, kind=kind, actor=actor, user=user, **given)


def browser(built_trial: BuiltTrial) -> Client:
    client = Client()
    client.force_login(built_trial.people["coordinator"], backend=BACKEND)
    return client


def charter_signed(built_trial: BuiltTrial, **terms: object) -> None:
    actor, user = built_trial.actor("coordinator"), built_trial.people["coordinator"]
    charter = draft_charter(trial=built_trial.trial, actor=actor, terms={"instrument": "larsen-1995", **terms})
    sign_charter(charter=charter, actor=actor, user=user, password=PASSWORD)


def events_imported(built_trial: BuiltTrial, campaign: Campaign, text: str) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(status=CampaignStatus.CLOSED)
    campaign.refresh_from_db()
    actor, user = built_trial.actor("statistician"), built_trial.people["statistician"]
    import_events(campaign=campaign, actor=actor, user=user, text=f"subject,kind,date,source\n{text}")


def rows_of(text: str) -> list[dict[str, Any]]:
    return read_list(text, latest=LATEST, no_rescue="")


def found(rows: list[dict[str, Any]], held: Held) -> list[tuple[str, int, str, str, str, str]]:
    names = ("kind", "line", "subject", "visit", "listed", "held")
    return [tuple(one[name] for name in names) for one in differences_of(rows, held)]


def test_every_kind_of_difference_between_a_line_and_its_visit_is_found() -> None:
    day, films = date(2025, 1, 1), 4
    visits = {
        ("1", "BL"): HeldVisit(films, (day,)),
        ("1", "W24"): HeldVisit(2, (date(2025, 6, 1), date(2025, 6, 2))),
        ("1", "W52"): HeldVisit(not_done="moved away"),
        ("2", "BL"): HeldVisit(1, (day,)),
        ("2", "W24"): HeldVisit(1),
        ("2", "W52"): HeldVisit(),
    }
    text = (
        "subject,visit,date,film\n1,BL,2025-01-01,YES\n1,W24,2025-06-01,yes\n1,W52,2025-12-01,yes\n"
        "2,BL,2025-01-01,no\n2,W52,,yes\n2,W76,2025-12-02,\n9,BL,2025-01-03,yes\n"
    )
    assert found(rows_of(text), Held({"1": "01", "2": "02"}, visits)) == [
        ("date", 3, "1", "W24", "2025-06-01", "2025-06-01 and 2025-06-02"),
        ("film-missing", 4, "1", "W52", "film taken", "not done: moved away"),
        ("film-not-listed", 5, "2", "BL", "no film taken", "1 film, 2025-01-01"),
        ("film-missing", 6, "2", "W52", "film taken", "no film"),
        ("visit-missing", 7, "2", "W76", "2025-12-02", "no such visit"),
        ("subject-unknown", 8, "9", "BL", "2025-01-03", "no such subject"),
        ("film-not-listed", 0, "2", "W24", "not listed", "1 film, without a date"),
    ]


def test_a_date_says_whether_films_were_taken_where_the_list_does_not() -> None:
    visits = {("1", "BL"): HeldVisit(2, (date(2025, 1, 1),)), ("1", "W24"): HeldVisit(), ("1", "W52"): HeldVisit()}
    expected = [
        ("film-not-listed", 2, "1", "BL", "no date", "2 films, 2025-01-01"),
        ("film-missing", 3, "1", "W24", "2025-06-01", "no film"),
    ]
    held = Held({"1": "01"}, visits)
    assert found(rows_of(f"{HEAD}1,BL,\n1,W24,2025-06-01\n1,W52,\n"), held) == expected
    with_film = "subject,visit,date,film\n1,BL,,\n1,W24,2025-06-01,\n1,W52,2025-12-01,no\n"
    assert found(rows_of(with_film), held) == expected


def test_a_day_is_kept_as_year_month_and_day() -> None:
    assert [row["date"] for row in rows_of(f"{HEAD}1,BL,2025-W01-1\n1,W24,\n")] == ["2024-12-30", ""]


def test_rescue_dates_are_compared_with_the_event_lists_and_with_rescue_visits() -> None:
    text = f"{RESCUE_HEAD}1,BL,,2025-05-01\n1,W24,,\n2,BL,,2025-05-01\n3,BL,,\n4,BL,,2025-05-01\n"
    sites = dict.fromkeys("12345", "01")
    dates = {"1": {"2025-05-01"}, "2": {"2025-05-02"}, "5": {"2025-05-03"}}
    visits = {(code, "BL"): HeldVisit() for code in "12345"} | {("1", "W24"): HeldVisit()}
    held = Held(sites, visits, {"3": ["RES-1"]}, dates, has_events=True)
    assert found(rows_of(text), held) == [
        ("event", 4, "2", "", "2025-05-01", "2025-05-02"),
        ("event", 5, "3", "", "no rescue date", "rescue visit RES-1"),
        ("event", 6, "4", "", "2025-05-01", "no rescue"),
        ("event", 0, "5", "", "not listed", "2025-05-03"),
    ]
    none_imported = Held(sites, visits, {"3": ["RES-1"]})
    assert [one[2] for one in found(rows_of(text), none_imported)] == ["3"]


def test_each_wrong_line_is_named_and_no_list_is_made(built_trial: BuiltTrial) -> None:
    tomorrow = (latest_day() + timedelta(days=1)).isoformat()
    lines = ["S000,W00,2025-01-01,perhaps", f"S000,W24,{tomorrow},yes", ",W00,2025-01-01,yes", "S001,W 0,,no"]
    lines += ["S001,W24,18.06.2025,yes", "S001,W00,2025-01-01,", "S001,W00,2025-01-02,"]
    page = browser(built_trial).post(PAGE, {"text": "subject,visit,date,film\n" + "\n".join(lines)})
    assert page.status_code == 400
    assert "The list has 6 errors, so nothing was imported." in page.content.decode()
    assert [(fault.line, fault.column) for fault in page.context["faults"]] == [
        (2, "film"), (3, "date"), (4, "subject"), (5, "visit"), (6, "date"), (8, "visit"),
    ]  # fmt: skip
    says = [fault.says for fault in page.context["faults"]]
    assert says[0] == "The column film cannot be “perhaps”. Write yes or no, or leave it empty."
    assert says[-1] == "Line 7 has the same visit of this subject. Keep one."
    assert not EdcList.objects.exists()


def test_two_rescue_dates_of_a_subject_and_an_empty_or_very_long_list_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(FaultyList) as refused:
        rows_of(f"{RESCUE_HEAD}1,BL,,2025-05-01\n1,W24,,2025-05-02\n")
    assert [fault.says for fault in refused.value.faults] == [
        "Line 2 gives 2025-05-01 for this subject. Keep one date."
    ]
    with pytest.raises(FaultyList) as empty:
        rows_of(HEAD)
    assert [fault.says for fault in empty.value.faults] == [files.NO_LINES]
    monkeypatch.setattr(files, "MOST_LINES", 1)
    with pytest.raises(BadInput, match="The list has 2 lines below the column names. At most 1 are read."):
        rows_of(f"{HEAD}1,BL,\n1,W24,\n")


def test_rescue_dates_are_refused_until_every_charter_in_use_declares_rescue_independent_of_the_arm(
    built_trial: BuiltTrial,
) -> None:
    text = f"{RESCUE_HEAD}S000,W00,2025-01-01,\n"

    def refusal() -> str:
        with pytest.raises(FaultyList) as refused:
            compared(built_trial, text)
        (fault,) = refused.value.faults
        return fault.says

    assert "the trial has no signed charter that declares rescue independent of the arm" in refusal()
    open_campaign_of(built_trial)
    assert "not every charter in use declares rescue independent of the arm" in refusal()
    charter_signed(built_trial, rescue_independent=True)
    assert "not every charter in use declares" in refusal(), "the charter of the open campaign counts too"
    assert "The column rescue_date is refused" in browser(built_trial).get(PAGE).content.decode()
    assert compared(built_trial, HEAD + "S000,W00,2025-01-01\n").number == 1


def test_rescue_dates_are_compared_where_the_charter_allows_and_hidden_once_it_does_not(
    built_trial: BuiltTrial,
) -> None:
    campaign = open_campaign_of(built_trial, rescue_independent=True)
    add_visit(subject=built_trial.subjects[1], code="RES-1", kind="rescue", actor=built_trial.actor("coordinator"))
    text = RESCUE_HEAD + "".join(
        f"{subject.code},{visit},{day},{'2025-05-01' if subject.code == 'S000' else ''}\n"
        for subject in built_trial.subjects
        for visit, day in (("W00", "2025-01-01"), ("W24", "2025-06-18"))
    )
    first = compared(built_trial, text)
    assert [(one["subject"], one["held"]) for one in first.differences] == [("S001", "rescue visit RES-1")]
    events_imported(built_trial, campaign, "S000,rescue,2025-05-02,CRF\n")
    second = compared(built_trial, text)
    assert [(one["subject"], one["listed"], one["held"]) for one in second.differences] == [
        ("S000", "2025-05-01", "2025-05-02"),
        ("S001", "no rescue date", "rescue visit RES-1"),
    ]
    assert "2025-05-02" in browser(built_trial).get(PAGE).content.decode()
    compared(built_trial, text.replace("2025-05-01", "2025-05-02"))
    assert "rescue date 2025-05-01" in browser(built_trial).get(PAGE).content.decode()
    charter_signed(built_trial)
    assert shown_differences(EdcList.objects.get(number=2)) == []
    for path in (PAGE, f"{PAGE}2/"):
        assert "2025-05-0" not in browser(built_trial).get(path).content.decode()
    key = second.differences[0]["key"]
    assert browser(built_trial).get(f"{PAGE}2/{key}/").status_code == 404


def test_a_list_that_agrees_has_no_difference_and_the_same_list_is_no_new_one(built_trial: BuiltTrial) -> None:
    (unlisted,) = compared(built_trial, AGREES).differences
    assert (unlisted["kind"], unlisted["subject"], unlisted["visit"]) == ("film-not-listed", "S001", "W24")
    assert compared(built_trial, AGREES).number == 1
    whole = compared(built_trial, f"{AGREES}S001,W24,2025-06-18\n")
    assert (whole.number, whole.differences) == (2, [])
    assert "The list agrees with Blindread." in browser(built_trial).get(PAGE).content.decode()


def test_the_same_list_is_compared_again_once_blindread_holds_something_else(built_trial: BuiltTrial) -> None:
    text = f"{AGREES}S001,W24,2025-06-18\nS001,UNS-1,2025-08-01\n"
    assert [one["kind"] for one in compared(built_trial, text).differences] == ["visit-missing"]
    add_visit(subject=built_trial.subjects[1], code="UNS-1", kind="unscheduled", actor=built_trial.actor("coordinator"))
    again = compared(built_trial, text)
    (missing,) = again.differences
    assert (again.number, missing["kind"], missing["visit"]) == (2, "film-missing", "UNS-1")
    assert (missing["listed"], missing["held"]) == ("2025-08-01", "no film")


def test_a_later_list_keeps_what_was_decided_while_the_difference_stays_the_same(built_trial: BuiltTrial) -> None:
    first = compared(built_trial, AGREES.replace("2025-06-18", "2025-06-19"))
    resolved(built_trial, first, "sponsor")
    moved = compared(
        built_trial, f"{AGREES}S001,W24,2025-06-18\n".replace("S000,W24,2025-06-18", "S000,W24,2025-06-19")
    )
    (same,) = moved.differences
    assert same["since"] == 1
    (kept,) = resolutions_of(moved)[same["key"]]
    assert (kept.kind, kept.edc_list) == ("sponsor", first)
    other = compared(built_trial, AGREES.replace("2025-06-18", "2025-06-20"))
    assert [decided for decided in resolutions_of(other).values() if decided] == []
    back = compared(built_trial, AGREES.replace("2025-06-18", "2025-06-19"))
    assert back.differences[0]["since"] == 4, "it was gone in list 3"
    assert resolutions_of(back)[back.differences[0]["key"]] == []


def test_resolutions_are_only_added_and_the_newest_counts(built_trial: BuiltTrial) -> None:
    edc_list = compared(built_trial, AGREES)
    with pytest.raises(WrongState, match="The difference is already open"):
        resolved(built_trial, edc_list, "reopened")
    one = resolved(built_trial, edc_list, "site", text="  Asked by\n mail. ")
    assert (one.text, resolved(built_trial, edc_list, "site", text="Asked by mail.")) == ("Asked by mail.", one)
    assert state_in(edc_list) == "waiting"
    resolved(built_trial, edc_list, "explained")
    assert state_in(edc_list) == "resolved"
    resolved(built_trial, edc_list, "reopened", text="The site was wrong.")
    assert [each.kind for each in resolutions_of(edc_list)[edc_list.differences[0]["key"]]] == [
        "site", "explained", "reopened",
    ]  # fmt: skip
    assert state_in(edc_list) == "open"
    with pytest.raises(IntegrityError, match="regulated"), transaction.atomic():
        EdcList.objects.update(digest="0")
    with pytest.raises(IntegrityError, match="regulated"), transaction.atomic():
        EdcResolution.objects.update(text="Nothing.")
    assert not [one for one in verify().findings if one.table.startswith("scoring_edc")]


def state_in(edc_list: EdcList) -> str:
    """The state of the first difference of a list."""
    return decided_state(edc_list, resolutions_of(edc_list)[edc_list.differences[0]["key"]])


@pytest.mark.parametrize(
    ("kind", "first", "later"),
    [
        ("corrected", "resolved", "open"),
        ("sponsor", "waiting", "waiting"),
        ("site", "waiting", "waiting"),
        ("explained", "resolved", "resolved"),
    ],
)
def test_a_correction_counts_in_its_own_list_and_who_has_to_act_is_waited_for(
    built_trial: BuiltTrial, kind: str, first: str, later: str
) -> None:
    earlier = compared(built_trial, AGREES)
    one = resolved(built_trial, earlier, kind)
    newer = compared(built_trial, f"{AGREES}S009,W00,2025-01-01\n")
    again = next(each for each in newer.differences if each["subject"] == "S001")
    state = decided_state(newer, resolutions_of(newer, again["key"])[again["key"]])
    assert (again["since"], state_in(earlier), state) == (1, first, later)
    page = browser(built_trial).get(PAGE).content.decode()
    assert (
        f"Open differences: {1 + (later == 'open')}. Waiting for the sponsor or a site: {int(later == 'waiting')}."
        in page
    )
    assert resolved(built_trial, newer, kind, key=again["key"]) != one, "the same text in a later list is another one"
    assert len(resolutions_of(newer, again["key"])) == 1


def test_what_cannot_be_recorded_is_refused(built_trial: BuiltTrial) -> None:
    edc_list = compared(built_trial, AGREES)
    with pytest.raises(BadInput, match="The resolution “later” is not valid. Choose “Corrected in Blindread”"):
        resolved(built_trial, edc_list, "later")
    with pytest.raises(BadInput, match="The explanation is missing"):
        resolved(built_trial, edc_list, text=" ")
    with pytest.raises(BadInput, match="List 1 has no such difference"):
        resolved(built_trial, edc_list, key="none")
    compared(built_trial, f"{AGREES}S009,W24,2025-06-18\n")
    with pytest.raises(WrongState, match="List 1 was followed by list 2. Resolve the difference there"):
        resolved(built_trial, edc_list)


def test_only_the_coordinator_compares_and_resolves(built_trial: BuiltTrial) -> None:
    edc_list, user = compared(built_trial, AGREES), built_trial.people["coordinator"]
    for role in ("statistician", "lead", "sponsor", "auditor", "reader", "site"):
        actor = built_trial.actor(role)
        with pytest.raises(NotAllowed):
            compare_list(trial=built_trial.trial, actor=actor, user=user, text=AGREES)
        with pytest.raises(NotAllowed):
            resolve_difference(edc_list=edc_list, key="", kind="site", text="So.", actor=actor, user=user)


def test_the_trail_names_numbers_and_no_subject_date_or_text(built_trial: BuiltTrial) -> None:
    resolved(built_trial, compared(built_trial, AGREES), "site", text="Asked Erika.")
    events = Event.objects.filter(action__startswith="scoring.edc").order_by("pk")
    assert [shown(event, Role.AUDITOR).sentence for event in events] == [
        "coordinator compared the sponsor's list 1: 3 lines, 1 difference",
        "coordinator recorded the resolution of a difference in the sponsor's list 1: Site was asked",
    ]
    for event in events:
        assert not any(said in event.body for said in ("S001", "2025-01-01", "Erika"))


def test_a_coordinator_uploads_a_list_filters_it_and_resolves_a_difference(built_trial: BuiltTrial) -> None:
    client = browser(built_trial)
    assert "No list has been uploaded." in client.get(PAGE).content.decode()
    example = client.get(f"{PAGE}example.csv").content.decode("utf-8-sig")
    assert rows_of(example)[0]["film"] == "yes"
    text = f"{AGREES}S009,W00,2025-01-01\n"
    upload = io.BytesIO(text.encode())
    upload.name = "list.csv"
    page = client.post(PAGE, {"file": upload}, follow=True).content.decode()
    assert "List 1 has 4 lines and 2 differences." in page
    assert "Open differences: 2." in page
    assert [row["Subject"] for row in listed(client)] == ["S009", "S001"]
    assert [row["Subject"] for row in listed(client, site="02")] == ["S001"]
    unknown = next(one for one in EdcList.objects.get().differences if one["subject"] == "S009")
    address = f"{PAGE}1/{unknown['key']}/"
    assert client.post(address, {"kind": "site", "text": ""}).status_code == 400
    client.post(address, {"kind": "site", "text": "Asked by telephone."})
    assert "Open differences: 1. Waiting for the sponsor or a site: 1." in client.get(PAGE).content.decode()
    assert listed(client, state="resolved") == []
    (row,) = listed(client, state="waiting")
    assert (row["Resolution"], row["Explanation"], row["By"]) == (
        "Site was asked",
        "Asked by telephone.",
        "coordinator",
    )
    assert [row["Subject"] for row in listed(client, state="open", kind="film-not-listed", q="s001")] == ["S001"]
    assert listed(client, resolution="sponsor") == []
    assert [row["Subject"] for row in listed(client, resolution="site")] == ["S009"]
    assert "Asked by telephone." in client.get(address).content.decode()


def listed(client: Client, **asked: str) -> list[dict[str, str]]:
    """The differences of the newest list as its CSV file has them."""
    text = b"".join(client.get(PAGE, {"format": "csv", **asked})).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_a_later_list_shows_what_it_changed_and_an_earlier_one_sends_to_the_newest(built_trial: BuiltTrial) -> None:
    client = browser(built_trial)
    first = compared(built_trial, AGREES)
    compared(built_trial, AGREES.replace("2025-06-18", "2025-06-19").replace("S001,W00", "S001,W24"))
    text = b"".join(client.get(f"{PAGE}?changes-format=csv")).decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text)))[1:] == [
        ["S000", "W24", "Changed", "date 2025-06-18", "date 2025-06-19"],
        ["S001", "W24", "Added", "", "date 2025-01-01"],
        ["S001", "W00", "Removed", "date 2025-01-01", ""],
    ]
    assert b"What list 2 changed" in client.get(PAGE).content
    assert b"What list 1 changed" not in client.get(f"{PAGE}1/").content
    address = f"{PAGE}1/{first.differences[0]['key']}/"
    page = client.get(address).content.decode()
    assert "List 2 has replaced this list. Record the resolution there." in page
    assert 'name="text"' not in page
    late = client.post(address, {"kind": "site", "text": "Asked in the meantime."})
    page = late.content.decode()
    assert late.status_code == 400
    for said in ("List 1 was followed by list 2.", "Asked in the meantime.", f'href="{PAGE}"'):
        assert said in page
    assert client.get(f"{PAGE}7/").status_code == 404
    assert client.get(f"{PAGE}1/none/").status_code == 404
    assert rows_changed(first.rows, first.rows, COLUMNS) == []


def test_the_pages_take_as_many_queries_for_many_differences_as_for_few(built_trial: BuiltTrial) -> None:
    client, counts = browser(built_trial), []
    for last in (3, 30):
        edc_list = compared(built_trial, HEAD + "".join(f"X{number},W00,2025-01-01\n" for number in range(last)))
        for difference in edc_list.differences:
            resolved(built_trial, edc_list, key=difference["key"])
        client.get(PAGE)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"{PAGE}{edc_list.number}/").status_code == 200
        counts.append(len(queries))
        about = next(one["sql"] for one in queries if "scoring_edcresolution" in one["sql"])
        assert '"rows"' not in about
        assert '"differences"' not in about
    assert counts[1] - counts[0] <= 1, "a second list also reads the first"


def test_the_start_page_counts_the_open_differences_of_the_newest_list(built_trial: BuiltTrial) -> None:
    assert waiting_in_list(built_trial) == 0
    late = compared(built_trial, f"{HEAD}S000,W00,2025-01-02\nS000,W24,2025-06-18\nS001,W00,2025-01-03\n")
    assert waiting_in_list(built_trial) == len(late.differences) == 3
    resolved(built_trial, late)
    assert waiting_in_list(built_trial) == 2
    resolved(built_trial, late, kind="reopened")
    assert waiting_in_list(built_trial) == 3
    compared(built_trial, f"{AGREES}S001,W24,2025-06-18\n")
    assert waiting_in_list(built_trial) == 0


def waiting_in_list(built_trial: BuiltTrial) -> int:
    """The number of open differences on the coordinator's start page."""
    user = built_trial.people["coordinator"].pk
    found = {one.label: one.count for place in places_of(user) for one in waiting_at(user, place)}
    return found.get("Differences from the sponsor's list", 0)
