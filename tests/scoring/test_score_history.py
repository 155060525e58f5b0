"""The score history: every edit a row, equal to the tables; who sees how much of it and when; what auditors sign."""

from __future__ import annotations

import csv
import io
import re
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.sign_in import BACKEND
from audit.models import Event
from audit.redaction import shown
from audit.trail import Actor
from audit.verify import verify
from config.cells import csv_safe
from config.tokens import new_token
from reading.models import Campaign, CampaignStatus, ItemNote, ItemScore, Read
from reading.room.cells import cells_of, instrument_of, timepoints_of
from reading.room.operations import Operation
from reading.room.saving import save_values
from reading.room.signing import return_read
from scoring.models import ScoreReview
from tests.once_per_file import Once
from tests.reading.builders import PASSWORD, BuiltTrial, build_reading_trial, change_first, open_campaign_of, sign
from tests.reading.test_line import read_all
from tests.tracking import record_rows

pytestmark = pytest.mark.django_db
PAGE = "/trials/TWO/audit/scores/"


def make_built_trial() -> BuiltTrial:
    return build_reading_trial(subjects=1, visits=("W00", "W24"))


def build_campaign(built_trial: BuiltTrial) -> Campaign:
    """One case signed by two readers; the first was returned, its first cell changed to 3 and signed again."""
    campaign = open_campaign_of(built_trial, concordant_share=0.0)
    read = read_all(built_trial, campaign)[0]
    read.refresh_from_db()
    return_read(read=read, reason="incomplete", note="", **built_trial.signs("coordinator"))
    change_first(read, 3)
    sign(read)
    return campaign


@pytest.fixture(scope="module")
def built(once: Once) -> tuple[BuiltTrial, Campaign]:
    def build() -> tuple[BuiltTrial, Campaign]:
        made = make_built_trial()
        return made, build_campaign(made)

    return once(build)


@pytest.fixture
def built_trial(built: tuple[BuiltTrial, Campaign]) -> BuiltTrial:
    return deepcopy(built[0])


@pytest.fixture
def campaign(built: tuple[BuiltTrial, Campaign]) -> Campaign:
    return deepcopy(built[1])


def browser(built_trial: BuiltTrial, who: str) -> Client:
    client = Client()
    client.force_login(built_trial.people[who], backend=BACKEND)
    return client


def rows(client: Client, query: str = "") -> list[dict[str, str]]:
    answer = client.get(f"{PAGE}?format=csv{query}")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


def at(campaign: Campaign, status: CampaignStatus) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(status=status)
    record_rows(campaign.trial.code, [campaign])


def test_a_corrected_cell_says_what_it_was_why_it_changed_and_what_was_signed(
    built_trial: BuiltTrial, campaign: Campaign
) -> None:
    (changed,) = rows(browser(built_trial, "lead"), "&after=True")
    assert (changed["Old"], changed["New"], changed["Revision"]) == ("0", "3", "2")
    assert changed["Reason"] == "The joint was judged again: The erosion is plain on a second look"
    assert changed["Signature"] == "signed, version 2"
    cell = browser(built_trial, "lead").get(rows_url(campaign)).content.decode()
    assert "signed, version 1" in cell
    assert "signed, version 2" in cell


def rows_url(campaign: Campaign) -> str:
    newest = ItemScore.objects.filter(after_signature=True).latest("pk")
    return f"{PAGE}cells/{newest.timepoint.token}/{newest.item}/"


def test_the_lead_sees_no_subject_and_no_visit_while_the_campaign_is_open(
    built_trial: BuiltTrial, campaign: Campaign
) -> None:
    lead = browser(built_trial, "lead")
    page = lead.get(PAGE).content.decode()
    assert not {"Subject", "Visit"} & set(rows(lead)[0])
    assert not [word for word in ("S000", "W00", "W24") if word in page]
    at(campaign, CampaignStatus.CLOSED)
    assert {(row["Subject"], row["Visit"]) for row in rows(lead)} == {("S000", "W00"), ("S000", "W24")}


def test_a_period_includes_both_days_and_is_compared_with_the_column_that_has_an_index(
    built_trial: BuiltTrial, campaign: Campaign
) -> None:
    day = timezone.localdate()
    lead, after = browser(built_trial, "lead"), day + timedelta(days=1)
    assert len(rows(lead, f"&saved-from={day}&saved-to={day}")) == ItemScore.objects.count()
    assert rows(lead, f"&saved-from={after}") == rows(lead, f"&saved-to={day - timedelta(days=1)}") == []
    with CaptureQueriesContext(connection) as asked:
        lead.get(f"{PAGE}?saved-from={day}&saved-to={day}")
    compared = [query["sql"] for query in asked if re.search(r'"saved_at" >= .*"saved_at" < ', query["sql"])]
    assert compared
    assert not [sql for sql in compared if "cast_date" in sql or "::date" in sql], "an index on saved_at serves these"
    assert ["saved_at"] in [index.fields for index in ItemScore._meta.indexes]


def test_no_score_and_no_note_is_stored_without_its_operation(campaign: Campaign) -> None:
    """The database itself refuses it: an empty one would make a repeated entry look like another."""
    score = ItemScore.objects.order_by("pk")[0]
    kept = {"timepoint": score.timepoint, "item": score.item, "saved_at": timezone.now(), "op_id": "", "revision": 99}
    with pytest.raises(IntegrityError, match="score_has_operation"), transaction.atomic():
        ItemScore.objects.create(value=1, entry="key", captured_at=timezone.now(), **kept)
    with pytest.raises(IntegrityError, match="note_has_operation"), transaction.atomic():
        ItemNote.objects.create(flag=True, **kept)


@pytest.mark.parametrize("status", [CampaignStatus.OPEN, CampaignStatus.CLOSED])
def test_an_auditor_sees_counts_alone_before_the_lock(
    built_trial: BuiltTrial, campaign: Campaign, status: CampaignStatus
) -> None:
    at(campaign, status)
    auditor = browser(built_trial, "auditor")
    for query in ("", "?format=csv", "?after=True"):
        page = auditor.get(PAGE + query).content.decode()
        assert "once the campaign is locked" in page
        assert "judged again" not in page
        assert "<table" not in page
    assert auditor.get(rows_url(campaign)).status_code == 404
    assert auditor.get(f"{PAGE}review/").status_code == 404


def test_an_auditor_sees_rows_after_the_lock_and_signs_a_filtered_range(
    built_trial: BuiltTrial, campaign: Campaign
) -> None:
    at(campaign, CampaignStatus.LOCKED)
    auditor = browser(built_trial, "auditor")
    assert {"Subject", "Visit", "Reason"} <= set(rows(auditor)[0])
    address = f"{PAGE}review/?after=True"
    assert "1 revision of" in auditor.get(address).content.decode()
    assert auditor.post(address, {"password": "not the password"}).status_code == 400
    assert not ScoreReview.objects.exists()
    assert auditor.post(address, {"password": PASSWORD, "note": "followed to the read"}).status_code == 302
    review = ScoreReview.objects.get()
    newest = ItemScore.objects.get(after_signature=True)
    assert (review.rows, review.first, review.last) == (1, newest.pk, newest.pk)
    assert (review.filters, review.note) == ({"after": "True"}, "followed to the read")
    assert "followed to the read" in auditor.get(PAGE).content.decode()
    assert verify().findings == []
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE scoring_scorereview SET rows = 9")


def test_a_range_without_rows_and_an_open_campaign_are_not_signed(built_trial: BuiltTrial, campaign: Campaign) -> None:
    auditor = browser(built_trial, "auditor")
    assert auditor.post(f"{PAGE}review/", {"password": PASSWORD}).status_code == 404
    at(campaign, CampaignStatus.LOCKED)
    refused = auditor.post(f"{PAGE}review/?method=bulk", {"password": PASSWORD})
    assert refused.status_code == 400
    assert "nothing to sign as reviewed" in refused.content.decode()
    assert not ScoreReview.objects.exists()


def test_taking_a_copy_is_recorded_and_looking_is_not(built_trial: BuiltTrial, campaign: Campaign) -> None:
    lead = browser(built_trial, "lead")
    exported = Event.objects.filter(action="scoring.history.exported")
    lead.get(PAGE)
    assert not exported.exists()
    rows(lead, "&feature=grade")
    assert shown(exported.get(), "lead").details["filters"] == {"feature": "grade"}


def test_every_filter_leaves_what_the_tables_hold(built_trial: BuiltTrial, campaign: Campaign) -> None:
    lead, reader = browser(built_trial, "lead"), built_trial.people["reader"]
    of_reader = ItemScore.objects.filter(timepoint__step__read__reader=reader)
    today = timezone.now().date().isoformat()
    assert len(rows(lead, f"&reader={reader.pk}")) == of_reader.count()
    assert len(rows(lead, "&joint=PIP2")) == ItemScore.objects.filter(item__endswith="PIP2").count()
    assert len(rows(lead, "&method=click")) == ItemScore.objects.filter(entry="click").count() == 1
    assert len(rows(lead, f"&saved-from={today}&saved-to={today}")) == ItemScore.objects.count()
    assert rows(lead, "&case-from=999") == []
    assert browser(built_trial, "lead").get(f"{PAGE}?joint=NOSE").status_code == 400


def test_pages_follow_one_another_without_a_gap_and_lead_back(built_trial: BuiltTrial, campaign: Campaign) -> None:
    lead, address, seen = browser(built_trial, "lead"), f"{PAGE}?size=25", []
    while address:
        listing = lead.get(address).context["listing"]
        seen += [row.object.pk for row in listing.rows]
        back, address = listing.previous_url, PAGE + listing.next_url if listing.next_url else ""
    assert seen == list(ItemScore.objects.order_by("-pk").values_list("pk", flat=True))
    while back:
        listing = lead.get(PAGE + back).context["listing"]
        back = listing.previous_url
    assert [row.object.pk for row in listing.rows] == seen[:25]


def test_a_page_costs_the_same_whatever_the_number_of_its_rows(built_trial: BuiltTrial, campaign: Campaign) -> None:
    at(campaign, CampaignStatus.CLOSED)
    lead, counts = browser(built_trial, "lead"), []
    lead.get(PAGE)
    for query in ("?size=25", "?size=100"):
        with CaptureQueriesContext(connection) as made:
            lead.get(PAGE + query)
        counts.append(len(made))
    assert counts[0] == counts[1]


def test_the_file_says_of_every_revision_what_the_page_says(built_trial: BuiltTrial, campaign: Campaign) -> None:
    at(campaign, CampaignStatus.CLOSED)
    lead = browser(built_trial, "lead")
    listing = lead.get(f"{PAGE}?size=500").context["listing"]
    shown = [{one.label: csv_safe(one.of(row.object)) for one in listing.columns} for row in listing.rows]
    assert len(shown) == ItemScore.objects.count()
    assert rows(lead) == shown


def test_a_file_takes_as_many_statements_for_one_revision_as_for_all(
    built_trial: BuiltTrial, campaign: Campaign
) -> None:
    at(campaign, CampaignStatus.CLOSED)
    lead, counts = browser(built_trial, "lead"), []
    lead.get(PAGE)
    for query, wanted in (("&after=True", 1), ("&after=", ItemScore.objects.count())):
        with CaptureQueriesContext(connection) as made:
            assert len(rows(lead, query)) == wanted
        counts.append(len(made))
    assert counts[0] == counts[1]


def test_a_thousand_edits_are_a_thousand_rows_equal_to_the_tables(built_trial: BuiltTrial, campaign: Campaign) -> None:
    read = Read.objects.get(steps__timepoints__scores__after_signature=True)
    before = ItemScore.objects.count()
    return_read(read=read, reason="incomplete", note="", **built_trial.signs("coordinator"))
    edits = make_edits(read, 1000)
    recorded = rows(browser(built_trial, "lead"), "&size=500&after=True")[::-1][1:]
    assert ItemScore.objects.count() - before == len(recorded) == 1000
    assert [(row["Old"], row["New"], int(row["Revision"]), row["Reason"]) for row in recorded] == edits
    stored = ItemScore.objects.filter(after_signature=True).order_by("pk").values_list("value", flat=True)[1:]
    assert [int(row["New"]) for row in recorded] == list(stored)


def make_edits(read: Read, count: int) -> list[tuple[str, str, int, str]]:
    """So many changes of random cells, 50 a request; gives what the history should say of each."""
    random, said = Random(7), []
    timepoints = timepoints_of(read.steps.get())
    items = [item for item in instrument_of(read).items if 0 in item.allowed]
    now = {place: (cell.value, cell.revision) for place, cell in cells_of(timepoints).items()}
    for portion in range(count // 50):
        operations = []
        for place in range(50):
            timepoint, item = random.choice(timepoints), random.choice(items)
            old, revision = now[timepoint.pk, item.key]
            new = random.choice([grade for grade in item.allowed if grade != old])
            now[timepoint.pk, item.key] = (new, revision + 1)
            note, moment = f"edit {portion * 50 + place}", timezone.now()
            made = Operation(new_token(), timepoint.token, item.key, new, "", revision, moment, "key", 5)
            operations.append(replace(made, change_reason="judged-again", change_note=note))
            said.append((str(old), str(new), revision + 1, f"The joint was judged again: {note}"))
        save_values(read=read, actor=Actor(read.reader_id, "reader", "reader"), operations=operations)
    return said
