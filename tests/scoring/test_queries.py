"""Queries to readers: marked by the lead, released unseen by the coordinator, answered before the consensus."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from audit.trail import Actor
from audit.verify import verify
from config.errors import BadInput, WrongState
from instruments.definition import Instrument
from jobs.carrying import run_due_jobs
from reading.issuing.queries import askable_reads, release_queries
from reading.issuing.randomisation import Draw
from reading.issuing.seeds import unsealed_seed
from reading.models import (
    Campaign,
    Case,
    CaseStatus,
    QueryMark,
    Read,
    ReadKind,
    ReadQuery,
    ReadStatus,
    SignedValues,
)
from reading.room.cells import instrument_of, timepoints_of
from reading.room.queries import CONFIRM_REASONS, confirm_items, queried_items
from reading.room.signing import canonical_text, canonical_values, digest_of, return_read
from scoring.checks.queries import MOST_ITEMS, mark_items, others_of, prepare_batch, with_shams
from scoring.checks.rules import RuleFinding
from scoring.checks.signed_sheets import check_campaign, checked_kept, entries_of
from tests.blinding.playing import around
from tests.protection import lifted
from tests.reading.builders import PASSWORD, BuiltTrial, build_reading_trial, operation_on, sign
from tests.scoring.queried import (
    CHECKS,
    FOUND,
    QUERIES,
    asked,
    browser,
    campaign_with_a_slip,
    keep_all,
    mark,
    prepare,
    read_with_slip,
    release,
    results,
    sham_of,
)
from tests.scoring.test_score_check_pages import main_of, turn_round

DRAWN = re.compile(r'name="(csrfmiddlewaretoken|sign_op_id)" value="[^"]*"')
pytestmark = pytest.mark.django_db


@pytest.fixture
def built_trial() -> BuiltTrial:
    return build_reading_trial(subjects=2, visits=("W00", "W24"))


def checked(read: Read) -> None:
    """The reader signs what a query asked them to check."""
    sign(read)
    run_due_jobs()


def test_no_consensus_is_computed_before_the_queries_of_a_case_are_answered(built_trial: BuiltTrial) -> None:
    campaign_with_a_slip(built_trial)
    assert results() == set(), "no batch was released"
    read = asked(built_trial)
    other = Case.objects.exclude(pk=read.case_id).get()
    assert results() == {f"{other.number} consensus"}, "nothing was asked about the other case"
    assert read.status == ReadStatus.RETURNED
    keep_all(browser(built_trial, "reader"), read)
    checked(read)
    assert len(results()) == 2
    assert ReadQuery.objects.get(read=read).answered_at is not None
    assert verify().findings == []


def test_without_the_term_nothing_waits(built_trial: BuiltTrial) -> None:
    campaign_with_a_slip(built_trial, reader_queries=False)
    assert len(results()) == 2
    assert b"Queries to readers" not in browser(built_trial, "lead").get(CHECKS).content
    assert b"/queries/" not in browser(built_trial, "coordinator").get("/trials/TWO/campaigns/C1/").content


def test_the_reader_sees_how_many_joints_to_check_and_which_but_nothing_else(built_trial: BuiltTrial) -> None:
    campaign_with_a_slip(built_trial)
    read, client = asked(built_trial), browser(built_trial, "reader")
    assert "Please check 2 joints" in client.get("/read/").content.decode()
    screen = client.get(f"/read/{read.token}/").content.decode()
    found = re.search(r'<script id="case" type="application/json">(.*?)</script>', screen)
    assert found
    assert sorted(json.loads(found[1])["queried"]) == sorted({FOUND, sham_of(read)})
    review = client.get(f"/read/{read.token}/review").content.decode()
    assert "A, B: Left PIP 2, erosion" in review
    assert re.search(r"2 joints to check are\s+neither changed nor confirmed", review)


def test_a_query_is_answered_by_a_reason_or_a_change_and_the_signature_covers_both(built_trial: BuiltTrial) -> None:
    campaign_with_a_slip(built_trial)
    read, client = asked(built_trial), browser(built_trial, "reader")
    with pytest.raises(WrongState, match="2 joints to check are neither changed nor confirmed"):
        sign(read)
    first = instrument_of(read).items[0].key
    with lifted():
        ReadQuery.objects.filter(read=read).update(items=[first, FOUND])
    operation_on(read, timepoints_of(read.steps.get())[0], 3)
    with pytest.raises(WrongState, match="1 joint to check is neither"):
        sign(read)
    assert client.post(f"/read/{read.token}/confirm", {f"keep-{FOUND}": "looked-again"}).status_code == 303
    assert "changed</b>" in client.get(f"/read/{read.token}/review").content.decode()
    signing = {"password": PASSWORD, "meaning": "checked"}
    signing["values_digest"] = digest_of(canonical_text(canonical_values(read, read.steps.get())))
    assert client.post(f"/read/{read.token}/sign", signing).status_code == 303
    before, after = SignedValues.objects.filter(step__read=read).order_by("version")
    assert json.loads(after.values)["checked"] == {first: "changed", FOUND: "looked-again"}
    assert after.signature.meaning == "I checked what I was asked to check and these are my scores"
    assert "checked" not in json.loads(before.values), "what was signed first stays as it was"


def test_the_coordinator_sees_counts_and_no_joint(built_trial: BuiltTrial) -> None:
    campaign_with_a_slip(built_trial)
    mark(built_trial, FOUND)
    prepare(built_trial)
    client = browser(built_trial, "coordinator")
    page = client.get(QUERIES).content.decode()
    assert "PIP 2" not in page
    assert "PIP2" not in page
    row = b"".join(client.get(f"{QUERIES}?format=csv")).decode("utf-8-sig").splitlines()[1].split(",")
    assert row[2:5] == ["4", "1", "2"]
    release(built_trial)
    again = client.post(QUERIES, {"number": 1, "password": PASSWORD})
    assert again.status_code == 302, "the same form sent twice releases once"
    assert read_with_slip(built_trial).returns.count() == 1


def test_beside_each_marked_joint_another_of_its_kind_is_drawn_from_the_recorded_seed(built_trial: BuiltTrial) -> None:
    campaign = campaign_with_a_slip(built_trial)
    read = asked(built_trial)
    instrument, sham = instrument_of(read), sham_of(read)
    assert (instrument.item(sham).region, instrument.item(sham).feature) == ("hand", "erosion")
    findings = check_campaign(campaign)  # the read is returned: its entries are those that were signed
    assert findings.of(read) == []
    others = others_of(instrument, entries_of([read])[read.pk], [RuleFinding("difference", "", (FOUND,))])
    batch = campaign.query_batches.get()
    draw = Draw(unsealed_seed(batch.sealed, batch.commitment), f"query on read {read.token}")
    assert with_shams(draw, instrument, [FOUND], others) == ReadQuery.objects.get(read=read).items


def test_shams_come_from_elsewhere_where_none_of_the_kind_is_left(built_trial: BuiltTrial) -> None:
    instrument: Instrument = instrument_of(read_of_a_campaign(built_trial))
    elsewhere = next(item.key for item in instrument.items if item.feature == "narrowing")
    drawn = with_shams(Draw(b"x" * 32, "test"), instrument, [FOUND], [elsewhere])
    assert drawn == [FOUND, elsewhere]
    like = next(key for key in (item.key for item in instrument.items) if key.startswith("EL-") and key != FOUND)
    others = [like, *(item.key for item in instrument.items if item.feature == "narrowing")]
    assert set(with_shams(Draw(b"x" * 32, "test"), instrument, [FOUND], others)) == {FOUND, like}


def read_of_a_campaign(built_trial: BuiltTrial) -> Read:
    campaign_with_a_slip(built_trial)
    return read_with_slip(built_trial)


def test_the_pages_of_the_reader_are_the_same_whatever_the_order_is_and_whatever_was_marked(
    built_trial: BuiltTrial,
) -> None:
    """Two worlds: the sealed order turned round, and the sham in the place of the marked joint."""
    campaign_with_a_slip(built_trial)
    read, client = asked(built_trial), browser(built_trial, "reader")
    addresses = ["/read/", f"/read/{read.token}/", f"/read/{read.token}/review"]
    before = [page_of(client, address) for address in addresses]
    assert b"heck 2 joints" in before[0]
    with lifted():
        turn_round()
        QueryMark.objects.update(items=[sham_of(read)])
    after = [page_of(client, address) for address in addresses]
    assert [around(one, two) for one, two in zip(before, after, strict=True) if one != two] == []


def page_of(client: Client, address: str) -> bytes:
    """The page without what is drawn for each answer."""
    return DRAWN.sub("", main_of(client, address)).encode()


def test_a_read_that_was_returned_meanwhile_is_left_out(built_trial: BuiltTrial) -> None:
    campaign_with_a_slip(built_trial)
    mark(built_trial, FOUND)
    prepare(built_trial)
    read = read_with_slip(built_trial)
    return_read(read=read, **built_trial.signs("coordinator"), reason="incomplete", note="")
    release(built_trial)
    assert ReadQuery.objects.get(read=read).sent_at is None
    sign(read)
    run_due_jobs()
    assert len(results()) == 2, "a read is in one batch and waits for no other"


def test_a_mark_is_void_once_the_read_was_signed_again(built_trial: BuiltTrial) -> None:
    campaign_with_a_slip(built_trial)
    mark(built_trial, FOUND)
    read = read_with_slip(built_trial)
    return_read(read=read, **built_trial.signs("coordinator"), reason="incomplete", note="")
    sign(read)
    prepare(built_trial)
    assert ReadQuery.objects.get(read=read).items == []


def test_once_an_adjudication_is_issued_nobody_is_asked_and_nothing_waits(built_trial: BuiltTrial) -> None:
    """Every concordant case goes to an adjudicator as a control."""
    campaign = campaign_with_a_slip(built_trial, concordant_share=1.0)
    prepare(built_trial)
    release(built_trial)
    assert Read.objects.filter(kind=ReadKind.ADJUDICATION).count() == 2
    assert not askable_reads(campaign).exists()
    read = read_with_slip(built_trial)
    return_read(read=read, **built_trial.signs("coordinator"), reason="incomplete", note="")
    with lifted():
        ReadQuery.objects.filter(read=read).delete()
    sign(read)
    run_due_jobs()
    assert not askable_reads(campaign).filter(pk=read.pk).exists()
    assert Case.objects.get(pk=read.case_id).status != CaseStatus.OPEN


def test_a_charter_with_queries_shows_all_timepoints_together(built_trial: BuiltTrial) -> None:
    for presentation in ("single", "locked-visits"):
        with pytest.raises(BadInput, match=f"With the presentation “{presentation}”, readers cannot be sent queries"):
            campaign_with_a_slip(built_trial, presentation=presentation)


def test_what_cannot_be_marked_prepared_or_released_is_refused(built_trial: BuiltTrial) -> None:
    campaign = campaign_with_a_slip(built_trial)
    read, lead = read_with_slip(built_trial), {"actor": built_trial.actor("lead")}
    with pytest.raises(WrongState, match="No such batch of queries has been prepared in campaign C1"):
        release_queries(campaign=campaign, number=1, **built_trial.signs("coordinator"))
    with pytest.raises(BadInput, match="No check of this read found “ER-PIP2”"):
        mark_items(read=read, **lead, items=["ER-PIP2"])
    prepare_batch(campaign=campaign, **lead)
    with pytest.raises(WrongState, match="A batch is waiting for its release"):
        prepare_batch(campaign=campaign, **lead)
    with pytest.raises(WrongState, match="This read can no longer be asked about"):
        mark_items(read=read, **lead, items=[FOUND])
    release(built_trial)
    with pytest.raises(WrongState, match="No signed read is waiting for a batch"):
        prepare_batch(campaign=campaign, **lead)
    assert release_queries(campaign=campaign, number=1, **built_trial.signs("coordinator")).number == 1


def test_a_campaign_without_queries_refuses_them(built_trial: BuiltTrial) -> None:
    campaign = campaign_with_a_slip(built_trial, reader_queries=False)
    with pytest.raises(WrongState, match="Readers of C1 are sent no queries: its charter does not provide for them"):
        prepare_batch(campaign=campaign, actor=built_trial.actor("lead"))


def test_a_query_names_few_joints_and_leaves_others_to_ask_about(built_trial: BuiltTrial) -> None:
    """Every joint differs by 4 grades: too many for one query, and none is left for a sham."""
    campaign = campaign_with_a_slip(built_trial)
    read = Read.objects.filter(reader=built_trial.people["reader.two"]).order_by("pk")[0]
    return_read(read=read, **built_trial.signs("coordinator"), reason="incomplete", note="")
    with lifted():
        worsen(read)
    found = [item.key for item in instrument_of(read).items]
    lead = {"actor": built_trial.actor("lead")}
    read.refresh_from_db()
    assert check_campaign(campaign).of(read)
    with pytest.raises(BadInput, match=f"A query names at most {MOST_ITEMS} joints"):
        mark_items(read=read, **lead, items=found[: MOST_ITEMS + 1])
    with pytest.raises(BadInput, match="Nothing can be marked: too few other joints are left"):
        mark_items(read=read, **lead, items=found[:2])
    with lifted():
        worsen(read, but=found[-1])
    checked_kept.results.clear()
    with pytest.raises(BadInput, match="Mark at most 1 joint: too few other joints are left"):
        mark_items(read=read, **lead, items=found[:2])


def worsen(read: Read, but: str = "") -> None:
    """The read as if it had been signed with 4 at one timepoint and 0 at the other; with 0 at both at one joint."""
    signed = SignedValues.objects.filter(step__read=read).latest("version")
    values = json.loads(signed.values)
    for grade, entered in zip((0, 4), values["timepoints"].values(), strict=True):
        entered["values"] = {key: [0 if key == but else grade, "", 1] for key in entered["values"]}
    text = canonical_text(values)
    SignedValues.objects.filter(pk=signed.pk).update(values=text, digest=digest_of(text))
    read.steps.update(locked_at=signed.signature.signed_at)
    Read.objects.filter(pk=read.pk).update(status=ReadStatus.SIGNED, signed_at=signed.signature.signed_at)


def test_only_a_reason_of_the_list_keeps_a_score_and_only_of_a_joint_to_check(built_trial: BuiltTrial) -> None:
    campaign_with_a_slip(built_trial)
    untouched = Read.objects.filter(reader=built_trial.people["reader.two"]).order_by("pk")[0]
    reader = {"actor": built_trial.actor("reader")}
    with pytest.raises(WrongState, match="This read has no cells to check now"):
        confirm_items(read=untouched, actor=built_trial.actor("reader.two"), reasons={FOUND: "looked-again"})
    read = asked(built_trial)
    with pytest.raises(BadInput, match="The reason for keeping a score cannot be “because”"):
        confirm_items(read=read, **reader, reasons={FOUND: "because"})
    with pytest.raises(BadInput, match="The cell “none” is not among those to check"):
        confirm_items(read=read, **reader, reasons={"none": "looked-again"})
    for reason in CONFIRM_REASONS:
        confirm_items(read=read, **reader, reasons={FOUND: reason})
        confirm_items(read=read, **reader, reasons={FOUND: reason})
    assert [one.says for one in queried_items(read) if one.key == FOUND] == [list(CONFIRM_REASONS.values())[-1]]


def test_a_released_batch_is_not_released_by_somebody_else_again(built_trial: BuiltTrial) -> None:
    campaign: Campaign = campaign_with_a_slip(built_trial)
    asked(built_trial)
    with pytest.raises(WrongState, match="Batch 1 of queries has already been released"):
        release_queries(campaign=campaign, number=1, **another_coordinator(built_trial))


def another_coordinator(built_trial: BuiltTrial) -> dict[str, Any]:
    """A second coordinator, who signs."""
    person = built_trial.people["checker"]
    return {"actor": Actor(person.pk, str(person), "coordinator"), "user": person, "password": PASSWORD}
