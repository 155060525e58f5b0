"""Once arms were received the earlier lock stays; a correction is another lock, delivered with it; what came later is
post hoc."""

from __future__ import annotations

import csv
import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from audit.verify import verify
from config.errors import WrongState
from jobs.carrying import run_due_jobs
from reading.campaigns.analysis_of_record import timing_of
from reading.campaigns.opening import create_campaign
from reading.campaigns.reopening import reopen_campaign
from reading.campaigns.revealing import reveal_seeds
from reading.charter.versions import draft_charter, sign_charter
from reading.issuing.assignments import void_and_reissue
from reading.models import Campaign, CampaignStatus, Read
from reading.room.signing import return_read
from scoring.arms.unsealing import receive_arms
from scoring.datasets import verifier
from scoring.datasets.building import request_dataset
from scoring.datasets.locking import confirm_lock, request_lock
from scoring.datasets.readme import timing_in_words
from scoring.datasets.unlocking import agree_unlock, ask_unlock
from scoring.models import ArmsRequest, Dataset, Lock
from studies.models import Film
from tests.once_per_file import Once
from tests.reading.builders import BuiltTrial, build_reading_trial, open_campaign_of
from tests.reading.test_line import lock_it, read_all
from tests.reading.test_pages import browser
from tests.scoring.packages import package_bytes, package_of
from tests.scoring.unsealing_cast import Opening, arms_of, make_opening
from tests.tracking import record_rows

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built(once: Once, tmp_path_factory: pytest.TempPathFactory) -> Opening:
    """A read and locked campaign of a trial that holds arms."""

    def build() -> Opening:
        made = make_opening(tmp_path_factory.mktemp("opening"), read=True)
        made.holders.seal(arms_of(made))
        return made

    return once(build)


@pytest.fixture
def opening(built: Opening) -> Opening:
    return deepcopy(built)


def opened(opening: Opening) -> ArmsRequest:
    """The arms, opened and not received yet."""
    asked = opening.ask()
    opening.give(asked, 0)
    opening.give(asked, 1)
    run_due_jobs()
    asked.refresh_from_db()
    return asked


def received(opening: Opening) -> Campaign:
    """The campaign, after the statistician received its arms."""
    receive_arms(asked=opened(opening), **opening.built_trial.signs("statistician"))
    return Campaign.objects.select_related("trial", "charter__signature").get(pk=opening.campaign.pk)


def refused(says: str, call: Any, **given: Any) -> None:
    """The call is refused in these words."""
    with pytest.raises(WrongState, match=says):
        call(**given)


def test_a_campaign_whose_arms_were_received_is_neither_unlocked_nor_reopened_nor_read_again(opening: Opening) -> None:
    built_trial, lock = opening.built_trial, Lock.objects.get()
    before = ask_unlock(lock=lock, reason="asked before", **built_trial.signs("statistician"))
    campaign = received(opening)
    of_record = "remains the analysis of record"
    refused(of_record, agree_unlock, unlock=before, **built_trial.signs("signer"))
    before.delete()
    refused(of_record, ask_unlock, lock=lock, reason="a joint overlooked", **built_trial.signs("statistician"))
    refused(of_record, reopen_campaign, campaign=campaign, reason="a late film", **built_trial.signs("coordinator"))
    case = campaign.cases.first()
    assert case is not None
    refused("C1 is locked", void_and_reissue, case=case, reason="a name on a film", **built_trial.signs("coordinator"))
    campaign.refresh_from_db()
    assert campaign.status == CampaignStatus.LOCKED
    page = browser(built_trial, "signer").get("/trials/TWO/results/C1/datasets/").content.decode()
    assert "Analysis of record" in page
    assert "Request unlocking" not in page


def corrected(built_trial: BuiltTrial, campaign: Campaign) -> Lock:
    """A film date was wrong: built again and locked by the same two people."""
    film = Film.objects.filter(visit__code="W52").order_by("pk")[0]
    assert film.film_date
    films = Film.objects.filter(visit=film.visit)
    films.update(film_date=film.film_date.replace(day=1))
    record_rows(built_trial.trial.code, films)
    made = request_dataset(campaign=campaign, actor=built_trial.actor("statistician"))
    run_due_jobs()
    dataset = Dataset.objects.select_related("campaign__trial", "campaign__charter").get(pk=made.pk)
    request_lock(dataset=dataset, **built_trial.signs("statistician"))
    return confirm_lock(dataset=dataset, **built_trial.signs("signer"))


def test_a_correction_is_a_lock_of_its_own_delivered_with_the_analysis_of_record(
    opening: Opening, tmp_path: Path
) -> None:
    built_trial, record = opening.built_trial, Lock.objects.get()
    campaign = received(opening)
    lock = corrected(built_trial, campaign)
    assert (lock.number, lock.corrects, record.state, lock.state) == (2, record, "in force", "correction")
    campaign.refresh_from_db()
    assert (campaign.status, campaign.locked_root) == (CampaignStatus.LOCKED, record.root)
    with package_of(lock.dataset) as archive:
        archive.extractall(tmp_path / "copy")
    (folder,) = (tmp_path / "copy").iterdir()
    assert verifier.verify(folder, lock.root) == []
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["corrects"] == {"lock": 1, "root": record.root, "file": "analysis-of-record.zip"}
    delivered = (folder / "analysis-of-record.zip").read_bytes()
    assert delivered == package_bytes(record.dataset), "both are delivered, unchanged"
    rows = list(csv.DictReader((folder / "corrections.csv").open(newline="")))
    recorded = {(row["FILE"], row["CHANGE"], row["COLUMN"]) for row in rows}
    assert ("reads.csv", "altered", "FILMDTC") in recorded
    assert sum(row["FILE"] == "reads.csv" for row in rows) == lock.row_diff["tables"]["reads.csv"]["altered"] > 0
    assert "Correction made after arms were received" in (folder / "README.md").read_text()
    page = browser(built_trial, "signer").get("/trials/TWO/results/C1/datasets/").content.decode()
    assert "Correction" in page
    assert "of lock 1, made after arms were received" in page
    assert verify().intact


def test_arms_are_not_received_under_a_lock_that_was_opened_in_the_meantime(opening: Opening) -> None:
    built_trial, asked = opening.built_trial, opened(opening)
    unlock = ask_unlock(lock=Lock.objects.get(), reason="a joint overlooked", **built_trial.signs("statistician"))
    agree_unlock(unlock=unlock, **built_trial.signs("signer"))
    refused("no longer in force", receive_arms, asked=asked, **built_trial.signs("statistician"))


def test_an_unlocked_lock_shows_that_it_is_superseded() -> None:
    built_trial = build_reading_trial(subjects=1, visits=("W00", "W24"), code="NEW")
    campaign = open_campaign_of(built_trial, concordant_share=0.0)
    read_all(built_trial, campaign)
    lock = lock_it(built_trial, campaign)
    client = browser(built_trial, "statistician")
    page = "/trials/NEW/results/C1/datasets/"
    assert "In force" in client.get(page).content.decode()
    unlock = ask_unlock(lock=lock, reason="a joint overlooked", **built_trial.signs("statistician"))
    assert "In force" in client.get(page).content.decode(), "one signature opens nothing"
    agree_unlock(unlock=unlock, **built_trial.signs("signer"))
    for address in (page, f"{page}1/"):
        text = client.get(address).content.decode()
        assert "Superseded" in text, address
        assert "In force" not in text, address


def test_the_charter_is_prespecified_or_post_hoc_by_when_it_was_signed(opening: Opening) -> None:
    built_trial = opening.built_trial
    opened(opening)
    first = Campaign.objects.select_related("trial", "charter__signature").get()
    charter = draft_charter(
        trial=built_trial.trial, actor=built_trial.actor("coordinator"), terms={"instrument": "larsen-1995"}
    )
    charter = sign_charter(charter=charter, **built_trial.signs("coordinator"))
    made: dict[str, Any] = {"trial": built_trial.trial, "actor": built_trial.actor("coordinator"), "title": "Again"}
    early = create_campaign(charter=first.charter, code="C2", **made)
    late = create_campaign(charter=charter, code="C3", **made)
    assert [timing_of(one) for one in (first, early, late)] == ["prespecified", "prespecified", "post hoc"]
    client = browser(built_trial, "coordinator")
    assert (
        "Post hoc: the charter was signed after arms were opened"
        in client.get("/trials/TWO/campaigns/C3/").content.decode()
    )
    assert "Prespecified" in client.get("/trials/TWO/campaigns/C2/").content.decode()
    assert analyses_in(built_trial, "coordinator", "campaigns/") == ["Prespecified", "Prespecified", "Post hoc"]
    assert analyses_in(built_trial, "statistician", "results/") == ["Prespecified", "Prespecified", "Post hoc"]
    agreement = browser(built_trial, "statistician")
    for page in ("agreement/", "joints/", "datasets/"):
        text = agreement.get(f"/trials/TWO/results/C3/{page}").content.decode()
        assert "Post hoc: the charter was signed after arms were opened" in text, page
    assert timing_in_words({"analysis": timing_of(late)}).startswith("Post hoc: arms of this trial had been opened")


def analyses_in(built_trial: BuiltTrial, who: str, page: str) -> list[str]:
    """What a list of campaigns says of each, in order."""
    text = browser(built_trial, who).get(f"/trials/TWO/{page}").content.decode()
    return re.findall(r"\b(Prespecified|Post hoc)\b", text)


def test_the_package_says_whether_its_charter_was_prespecified(opening: Opening) -> None:
    with package_of(Dataset.objects.get()) as archive:
        names = {name.rsplit("/", 1)[1]: name for name in archive.namelist()}
        manifest, readme = json.loads(archive.read(names["manifest.json"])), archive.read(names["README.md"]).decode()
    assert manifest["analysis"] == "prespecified"
    assert "Prespecified: no arm of this trial had been opened in Blindread when the charter was signed." in readme


def test_a_campaign_whose_seeds_were_revealed_is_not_reopened() -> None:
    built_trial = build_reading_trial(subjects=1, visits=("W00", "W24"), code="NEW")
    campaign = open_campaign_of(built_trial, concordant_share=0.0)
    read = read_all(built_trial, campaign)[0]
    lock = lock_it(built_trial, campaign)
    campaign.refresh_from_db()
    reveal_seeds(campaign=campaign, actor=built_trial.actor("statistician"))
    unlock = ask_unlock(lock=lock, reason="a film date is wrong", **built_trial.signs("statistician"))
    agree_unlock(unlock=unlock, **built_trial.signs("signer"))
    campaign.refresh_from_db()
    refused(
        "The seeds of campaign C1 were revealed, so its orders are known",
        reopen_campaign,
        campaign=campaign,
        reason="a joint overlooked",
        **built_trial.signs("coordinator"),
    )
    assert Read.objects.get(pk=read.pk).status == "signed"


def test_forms_sent_at_the_same_moment_are_answered_alike(opening: Opening) -> None:
    """Both submissions have fetched what they act on before the first one is through."""
    built_trial, lock = (
        opening.built_trial,
        Lock.objects.select_related("campaign__trial", "dataset__campaign__trial").get(),
    )
    other = Lock.objects.select_related("campaign__trial", "dataset__campaign__trial").get()
    asked = [ask_unlock(lock=one, reason="overlooked", **built_trial.signs("statistician")) for one in (lock, other)]
    assert asked[0] == asked[1]
    for _ in range(2):
        agree_unlock(unlock=asked[0], **built_trial.signs("signer"))
    twice = [Campaign.objects.select_related("trial").get() for _ in range(2)]
    for one in twice:
        reopen_campaign(campaign=one, reason="overlooked", **built_trial.signs("coordinator"))
    reads = [Read.objects.select_related("case__campaign__charter", "case__campaign__trial").first() for _ in range(2)]
    returns = [
        return_read(read=one, reason="incomplete", note="", **built_trial.signs("coordinator")) for one in reads if one
    ]
    assert returns[0] == returns[1]
    again = "Campaign C1 is open. Only a campaign that is closed, and not locked, can be reopened."
    refused(again, reopen_campaign, campaign=twice[0], reason="another reason", **built_trial.signs("coordinator"))
