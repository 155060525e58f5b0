"""Orders drawn again from revealed seeds, offline; who may reveal them and when; and that every order is as likely."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections import Counter
from datetime import timedelta
from itertools import permutations
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from scipy import stats

from accounts.roles import Role
from accounts.sign_in import BACKEND
from audit.models import Event
from config.errors import NotAllowed, WrongState
from jobs.carrying import run_due_jobs
from reading.campaigns.revealing import reveal_seeds
from reading.issuing.assignments import request_batch
from reading.issuing.presentations import PRESENTATIONS, draw_queue, draw_repeats, plan_steps
from reading.issuing.randomisation import commitment
from reading.issuing.replacing import replace_reader
from reading.models import Batch, Campaign, Read, ReadKind, ReadStatus
from studies.arrival.sealed_files import copy_export
from studies.models import Membership
from tests.reading.builders import BuiltTrial, build_reading_trial, open_campaign_of, read_through
from tests.reading.test_line import lock_it
from tests.tracking import record_rows

SEED = bytes(range(32))
SHORT = ("alone-then-together",)
EACH = [pytest.param(key, marks=[] if key in SHORT else [pytest.mark.full]) for key in PRESENTATIONS]


def read_with_repeats(built_trial: BuiltTrial, **terms: object) -> Campaign:
    """Every first read and every repeat signed."""
    campaign = open_campaign_of(built_trial, concordant_share=0.0, repeats_share=0.5, repeats_washout_days=1, **terms)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    for name, size in (("one", 2), ("two", 4)):
        request_batch(
            campaign=campaign,
            actor=built_trial.actor("coordinator"),
            name=name,
            due_on=None,
            readers=readers,
            size=size,
        )
        run_due_jobs()
        for read in Read.objects.filter(status=ReadStatus.ISSUED):
            read_through(read, lambda timepoint, item: 1)
            Read.objects.filter(pk=read.pk).update(signed_at=read.signed_at - timedelta(days=2))  # type: ignore[operator]
            record_rows(built_trial.trial.code, [read])
        run_due_jobs()
    return campaign


def unpacked(campaign: Campaign, where: Path) -> Path:
    """The locked dataset as its statistician unpacks it."""
    dataset = campaign.datasets.get()
    with io.BytesIO() as file:
        copy_export(dataset.folder, file)
        archive = zipfile.ZipFile(file)
        archive.extractall(where)
    (folder,) = where.iterdir()
    return folder


def verified(folder: Path, seeds: Path) -> tuple[int, str]:
    """Exit code and text of the command."""
    out = io.StringIO()
    try:
        call_command("verify_randomisation", str(folder), seed=seeds, stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    except CommandError as error:
        return error.returncode, str(error)
    return 0, out.getvalue()


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def put_rows(path: Path, rows: list[dict[str, str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.django_db
@pytest.mark.parametrize("presentation", EACH)
def test_every_stored_order_is_drawn_again_from_the_revealed_seed_and_a_changed_one_is_named(
    presentation: str, tmp_path: Path
) -> None:
    built_trial = build_reading_trial(subjects=5, visits=("W00", "W24"))
    campaign = read_with_repeats(built_trial, presentation=presentation)
    assert Read.objects.filter(kind=ReadKind.REPEAT).count() == 2
    lock_it(built_trial, campaign)
    campaign.refresh_from_db()
    seeds = tmp_path / "seeds.json"
    seeds.write_text(json.dumps(reveal_seeds(campaign=campaign, actor=built_trial.actor("statistician"))))
    folder = unpacked(campaign, tmp_path / "copy")
    assert verified(folder, seeds) == (0, "12 reads from 2 seeds: every order is as it was drawn.\n")
    if presentation == "alone-then-together":
        assert_repeats_are_marked(folder)
    orders = folder / "orders.csv"
    rows = rows_of(orders)
    altered = [dict(row) for row in rows]
    swapped = [row for row in altered if row["READID"] == altered[-1]["READID"]][:2]
    for column in ("KEY", "VISITPOS"):
        swapped[0][column], swapped[1][column] = swapped[1][column], swapped[0][column]
    put_rows(orders, altered)
    code, text = verified(folder, seeds)
    assert code == 1
    assert f"Read {altered[-1]['READID']} of case" in text
    for row in rows:
        row["QUEUEPOS"] = str(int(row["QUEUEPOS"]) ^ 1) if row["READKIND"] == "primary" else row["QUEUEPOS"]
    if presentation != "single":
        put_rows(orders, rows)
        assert "in its queue, but the seed gives" in verified(folder, seeds)[1]
    seeds.write_text(json.dumps({"seeds": [{"seed": SEED.hex()}]}))
    assert verified(folder, seeds)[0] == 2
    assert verified(folder, tmp_path / "nowhere.json")[0] == 2


def assert_repeats_are_marked(folder: Path) -> None:
    """Repeats are kept and count for nothing, and so are timepoints that were read alone before all together."""
    scores = rows_of(folder / "scores.csv")
    first = {(row["STEP"], row["COUNTFL"]) for row in scores if row["REPEATFL"] == ""}
    assert first == {("1", ""), ("2", ""), ("3", "Y")}
    repeats = [row for row in scores if row["REPEATFL"] == "Y"]
    assert {row["COUNTFL"] for row in repeats} == {""}
    assert len(repeats) == 2 * (2 * 32 + 2 * 32)
    sources = Counter(row["SOURCE"] for row in rows_of(folder / "totals.csv") if row["GROUP"] == "total")
    assert sources["RESULT"] == 10
    assert sources["READER 1 REPEAT"] + sources["READER 2 REPEAT"] == 4


@pytest.fixture
def locked(db: None) -> tuple[BuiltTrial, Campaign]:
    built_trial = build_reading_trial(subjects=1, visits=("W00", "W24"))
    campaign = open_campaign_of(built_trial, concordant_share=0.0)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    request_batch(
        campaign=campaign, actor=built_trial.actor("coordinator"), name="one", due_on=None, readers=readers, size=9
    )
    run_due_jobs()
    for read in Read.objects.all():
        read_through(read)
    run_due_jobs()
    return built_trial, campaign


def test_seeds_are_revealed_after_the_lock_alone_and_the_trail_says_so(locked: tuple[BuiltTrial, Campaign]) -> None:
    built_trial, campaign = locked
    client = Client()
    client.force_login(built_trial.people["statistician"], backend=BACKEND)
    assert client.post("/trials/TWO/results/C1/seeds/").status_code == 409
    lock_it(built_trial, campaign)
    answer = client.post("/trials/TWO/results/C1/seeds/")
    (entry,) = json.loads(answer.content)["seeds"]
    assert commitment(bytes.fromhex(entry["seed"])) == entry["commitment"] == Batch.objects.get().commitment
    recorded = Event.objects.get(stream="TWO", seq=entry["trail"]["seq"])
    assert recorded.content["details"]["commitment"] == entry["commitment"]
    revealed = Event.objects.get(action="reading.seeds.revealed")
    assert entry["seed"] not in revealed.body
    first = Batch.objects.get()
    assert first.seed_revealed_at is not None
    again = void_after_unlock(built_trial, campaign)
    assert again.commitment != first.commitment, "what comes later is drawn from a seed nobody knows"


def void_after_unlock(built_trial: BuiltTrial, campaign: Campaign) -> Batch:
    """Opens the lock and gives an unsigned read, issued again, to the other reader: the batch it comes with."""
    Campaign.objects.filter(pk=campaign.pk).update(status="open")
    read = Read.objects.select_related("case__campaign__charter", "case__campaign__trial", "batch").get(
        reader=built_trial.people["reader"]
    )
    Read.objects.filter(case=read.case).exclude(pk=read.pk).update(status=ReadStatus.VOIDED)
    Read.objects.filter(pk=read.pk).update(status=ReadStatus.OPENED)
    read.refresh_from_db()
    coordinator = built_trial.actor("coordinator")
    replace_reader(read=read, actor=coordinator, new_reader=built_trial.people["reader.two"], reason="on leave")
    return Batch.objects.order_by("-pk")[0]


def test_who_reads_in_the_trial_is_never_shown_a_seed(locked: tuple[BuiltTrial, Campaign]) -> None:
    built_trial, campaign = locked
    lock_it(built_trial, campaign)
    campaign.refresh_from_db()
    with pytest.raises(NotAllowed):
        reveal_seeds(campaign=campaign, actor=built_trial.actor("reader"))
    statistician = built_trial.people["statistician"]
    Membership.objects.create(trial=built_trial.trial, user=statistician, role=Role.ADJUDICATOR, reason="by mistake")
    with pytest.raises(NotAllowed, match="You read in trial"):
        reveal_seeds(campaign=campaign, actor=built_trial.actor("statistician"))


def test_a_seed_that_is_not_the_committed_one_is_not_revealed(locked: tuple[BuiltTrial, Campaign]) -> None:
    built_trial, campaign = locked
    lock_it(built_trial, campaign)
    campaign.refresh_from_db()
    Batch.objects.update(commitment=commitment(SEED))
    with pytest.raises(WrongState, match="not the one that the audit trail committed to"):
        reveal_seeds(campaign=campaign, actor=built_trial.actor("statistician"))
    assert not Event.objects.filter(action="reading.seeds.revealed").exists()


DRAWS = 20_000
FOUR = ("a", "b", "c", "d")


def order_of(read_token: str, presentation: str = "together-random") -> tuple[str, ...]:
    """The order of four timepoints in a read."""
    plans = plan_steps(presentation, SEED, read_token, FOUR, key=lambda one: one)
    return tuple(one for plan in plans for one in plan.shown)


def test_every_permutation_of_four_timepoints_is_equally_likely() -> None:
    counts = Counter(order_of(f"read {number}") for number in range(DRAWS))
    assert len(counts) == 24
    assert stats.chisquare([counts[order] for order in permutations(FOUR)]).pvalue > 0.001


def test_the_orders_of_two_readers_and_of_a_read_and_its_repeat_are_independent() -> None:
    """One read token is as far from another reader's as from the repeat's: both are new random tokens."""
    pairs = [(order_of(f"first {number}"), order_of(f"again {number}")) for number in range(DRAWS)]
    number_of = {order: place for place, order in enumerate(permutations(FOUR))}
    table = [[0] * 24 for _ in number_of]
    for one, other in pairs:
        table[number_of[one]][number_of[other]] += 1
    assert stats.chi2_contingency(table).pvalue > 0.001


def test_the_last_step_of_a_hybrid_is_independent_of_the_order_alone() -> None:
    number_of = {order: place for place, order in enumerate(permutations(FOUR[:3]))}
    table = [[0] * 6 for _ in number_of]
    for number in range(4000):
        plans = plan_steps("alone-then-together", SEED, f"read {number}", FOUR[:3], key=lambda one: one)
        alone = tuple(plan.shown[0] for plan in plans[:3])
        table[number_of[alone]][number_of[plans[3].shown]] += 1
    assert stats.chi2_contingency(table).pvalue > 0.001


def test_a_random_order_does_not_depend_on_the_true_one() -> None:
    backwards = plan_steps("together-random", SEED, "read", FOUR[::-1], key=lambda one: one)
    assert backwards == plan_steps("together-random", SEED, "read", FOUR, key=lambda one: one)


def test_queues_are_permutations_in_which_every_place_is_equally_likely() -> None:
    places = Counter(
        draw_queue(SEED, [f"{number}-{one}" for one in FOUR]).index(f"{number}-a") for number in range(4000)
    )
    assert stats.chisquare([places[place] for place in range(4)]).pvalue > 0.001


def test_a_share_of_repeats_is_met_on_average_and_never_missed_by_more_than_one() -> None:
    counts = [len(draw_repeats(SEED, [f"{number}-{one}" for one in range(25)], 0.1)) for number in range(2000)]
    assert set(counts) == {2, 3}
    assert abs(sum(counts) / len(counts) - 2.5) < 0.05
