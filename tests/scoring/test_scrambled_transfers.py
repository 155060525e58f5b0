"""Test transfers of an open campaign hold nothing true: no value, name, day, token, way or order of entry."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from copy import deepcopy
from hashlib import sha256
from pathlib import Path

import pytest

from jobs.carrying import run_due_jobs
from reading.models import Case, Read
from scoring.datasets import verifier
from scoring.datasets.case_rows import timepoints_of
from scoring.datasets.loading import loaded
from scoring.datasets.revision_rows import revision_rows
from scoring.datasets.saved_scores import SavedScore
from scoring.models import DataTransfer
from scoring.reader_codes import reader_codes
from scoring.transfers.building import scramble_of
from scoring.transfers.scrambling import Scramble
from tests.once_per_file import Once
from tests.reading.builders import (
    BuiltTrial,
    read_through,
)
from tests.scoring.test_randomisation import rows_of
from tests.scoring.transferred import asked, corrected, everything_in, true_names, two_transfers, unpacked, values_in

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made_once(once: Once) -> BuiltTrial:
    """A test transfer and a review transfer of the open campaign."""
    return once(two_transfers)


@pytest.fixture
def built_trial(made_once: BuiltTrial) -> BuiltTrial:
    return deepcopy(made_once)


def test_a_test_transfer_of_an_open_campaign_is_whole_and_nothing_in_it_is_true(
    built_trial: BuiltTrial, tmp_path: Path
) -> None:
    transfer = DataTransfer.objects.get(purpose="test")
    folder = unpacked(transfer, tmp_path)
    assert verifier.verify(folder, transfer.root) == []
    assert folder.name == "TWO-C1-transfer-1-TEST-SCRAMBLED"
    readme = (folder / "README.md").read_text()
    assert readme.startswith("# TEST DATA: scrambled subjects and values")
    assert "Cut: every complete case. Cases: 2 of 3." in readme
    assert "verify_randomisation" not in readme, "names are scrambled, so no seed draws the orders again"
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["scrambled"]["seed"] == transfer.seed
    assert (manifest["purpose"], manifest["cases"], manifest["cut_in_words"]) == ("test", 2, "every complete case")
    content = everything_in(folder)
    assert [name for name in true_names() if name.encode() in content] == []
    cases = rows_of(folder / "cases.csv")
    subjects = [row["USUBJID"] for row in cases]
    assert (len(subjects), subjects) == (2, sorted({"TEST-0001", "TEST-0002", "TEST-0003"} & set(subjects)))
    assert sorted(row["OUTCOME"] for row in cases) == ["adjudicated", "consensus"]
    assert {row["SITEID"] for row in cases} <= {"T01", "T02", "T03"}
    grades = {grade for *_, grade, _ in values_in(folder)}
    assert {"0", "1", "2", "3", "4", "5"} <= grades


def scrambled_with(built_trial: BuiltTrial, changed: Callable[[list[SavedScore]], None]) -> list[dict[str, object]]:
    """The revisions of the case that its readers decided, scrambled, after something about its entries was changed."""
    transfer = DataTransfer.objects.get(purpose="test")
    case = Case.objects.get(status="consensus")
    (data,) = loaded([case.pk], reader_codes(case.campaign))
    for read in data.reads:
        changed([score for timepoint in timepoints_of(read) for score in data.scores[timepoint.pk]])
    return list(revision_rows(scramble_of(transfer)(data)))


def zeros_at_once_at_the_end(scores: list[SavedScore]) -> None:
    """As if every second score had been filled with zeros at once, after the others."""
    at = max(score.saved_at for score in scores)
    last = max(score.pk for score in scores)
    for place, score in enumerate([one for one in scores if one.entry != "system"][::2], start=1):
        score.pk, score.entry, score.saved_at, score.captured_at = last + place, "bulk", at, at


def test_no_row_of_a_test_transfer_shows_that_it_was_filled_with_zeros_at_once(built_trial: BuiltTrial) -> None:
    rows = scrambled_with(built_trial, zeros_at_once_at_the_end)
    assert {row["ENTRYMTH"] for row in rows} == {"key"}
    assert {row["CAPTFL"] for row in rows} == {""}
    for name in ("SCOREDTC", "CAPTDTC"):
        times = [(row["READID"], row[name]) for row in rows]
        assert len(set(times)) == len(times), "no two entries of a read share a time"
    assert rows == scrambled_with(built_trial, lambda scores: None), "nor does the order or the time of any entry"


def test_the_seed_of_a_test_transfer_does_not_give_its_names(built_trial: BuiltTrial, tmp_path: Path) -> None:
    test, review = (unpacked(DataTransfer.objects.get(purpose=purpose), tmp_path) for purpose in ("test", "review"))
    seed = bytes.fromhex(DataTransfer.objects.get(purpose="test").seed)
    content = everything_in(test)
    by_seed = [hmac.new(seed, name.encode(), sha256).hexdigest()[: len(name)] for name in true_names()]
    assert [name for name in by_seed if len(name) > 10 and name.encode() in content] == []
    listed, scrambled = ({row["READID"] for row in rows_of(one)} for one in (review / "films.csv", test / "scores.csv"))
    assert listed
    assert scrambled
    assert not listed & scrambled
    key = b"a key of the server"
    numbered = Scramble(seed, key, {1: (1, 1), 2: (2, 1), 3: (3, 2)})
    assert Scramble(b"another seed", key, numbered.cases).numbers == numbered.numbers


def test_a_later_test_transfer_with_more_cases_keeps_every_name(built_trial: BuiltTrial) -> None:
    for read in Read.objects.filter(batch__name="three"):
        read_through(read)
    run_due_jobs()
    after = asked(built_trial, "test")
    assert (after.before, len(after.cases)) == (DataTransfer.objects.get(number=1), 3)
    tables = after.counts["diff"]["tables"]
    assert tables["cases.csv"]["added"] == 1
    assert {(name, one["removed"], one["altered"]) for name, one in tables.items()} == {(name, 0, 0) for name in tables}
    few = Scramble(b"seed", b"key", {1: (1, 1), 2: (2, 1)})
    more = Scramble(b"seed", b"key", {1: (1, 1), 2: (2, 1), 3: (1, 1)}, replacements=frozenset({3}))
    assert (more.numbers, more.subjects) == (few.numbers | {3: 3}, few.subjects)


def test_no_value_of_a_test_transfer_depends_on_what_readers_scored(built_trial: BuiltTrial, tmp_path: Path) -> None:
    before = DataTransfer.objects.get(purpose="test")
    corrected(built_trial)
    after = asked(built_trial, "test")
    assert (after.number, after.seed, after.before) == (3, before.seed, before)
    assert values_in(unpacked(after, tmp_path)) == values_in(unpacked(before, tmp_path))
    altered = {name: table["altered"] for name, table in after.counts["diff"]["tables"].items() if table["altered"]}
    assert altered.keys() <= {"scores.csv", "reads.csv", "revisions.csv"}, "times, digests and revisions alone"
