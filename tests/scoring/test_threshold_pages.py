"""The adjudication rate by threshold and the differences by case: worked out by hand, and again in numpy.

The readers of S000 differ by 3 points at W52, those of S001 by 6 at W24 alone. Only one of S002's could evaluate W24.
S003 has no film at W24, and its readers agree. The charter's threshold is 5.
"""

from __future__ import annotations

from copy import deepcopy
from itertools import combinations
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from jobs.carrying import run_due_jobs
from reading.campaigns.opening import close_campaign
from reading.models import Campaign, CampaignStatus, CaseStatus, Read, ReadKind, TrainingSet
from reading.room.signing import return_read
from scoring.endpoint.by_arm.descriptive import share
from scoring.ratings import thresholds
from scoring.ratings.campaign import discordant_as_first_signed
from studies.models import Film
from tests.once_per_file import Once
from tests.reading.builders import BuiltTrial, build_reading_trial, change_first, open_campaign_of, sign
from tests.scoring.test_joint_pages import browser, lines
from tests.scoring.three_readers import read_by_all
from tests.tracking import record_new_rows, record_rows

pytestmark = pytest.mark.django_db
RESULTS = "/trials/TWO/results/C1/"
PAGE, FIGURE, CASES = f"{RESULTS}thresholds/", f"{RESULTS}thresholds.svg", f"{RESULTS}differences/"
# By subject and visit: the first reader, the second, the adjudicator.
TOTALS: dict[tuple[str, str], tuple[int | None, ...]] = {
    ("S000", "W00"): (1, 1, 1),
    ("S000", "W24"): (2, 2, 2),
    ("S000", "W52"): (3, 6, 4),
    ("S001", "W00"): (0, 0, 0),
    ("S001", "W24"): (8, 2, 4),
    ("S001", "W52"): (4, 4, 4),
    ("S002", "W00"): (0, 0, 0),
    ("S002", "W24"): (2, None, 2),
    ("S002", "W52"): (2, 2, 2),
    ("S003", "W00"): (1, 1, 1),
    ("S003", "W52"): (3, 3, 3),
}
OWN = 5
Rates = dict[float, tuple[float, float]]


def build() -> tuple[BuiltTrial, Campaign]:
    """Read, adjudicated, corrected in one value and closed."""
    built_trial = build_reading_trial(subjects=4)
    absent = Film.objects.filter(visit__subject__code="S003", visit__code="W24")
    absent.update(status="withdrawn")
    record_rows(built_trial.trial.code, list(absent))
    campaign = open_campaign_of(built_trial, adjudication_threshold=float(OWN), concordant_share=0.0)
    read_by_all(built_trial, campaign, TOTALS)
    correct_one(built_trial)
    campaign.refresh_from_db()
    close_campaign(campaign=campaign, actor=built_trial.actor("coordinator"))
    return built_trial, campaign


def correct_one(built_trial: BuiltTrial) -> None:
    """A read of S003, the case with two visits, gets another value after it was signed: it differs by 4 at most."""
    read = next(read for read in Read.objects.order_by("pk") if read.steps.get().timepoints.count() == 2)
    return_read(read=read, reason="incomplete", note="", **built_trial.signs("coordinator"))
    read.refresh_from_db()
    change_first(read, 4)
    read.refresh_from_db()
    sign(read)
    run_due_jobs()


@pytest.fixture(scope="module")
def built(once: Once) -> tuple[BuiltTrial, Campaign]:
    return once(build)


@pytest.fixture
def built_trial(built: tuple[BuiltTrial, Campaign]) -> BuiltTrial:
    thresholds.kept.results.clear()
    return deepcopy(built[0])


@pytest.fixture
def campaign(built: tuple[BuiltTrial, Campaign]) -> Campaign:
    return deepcopy(built[1])


def rates(built_trial: BuiltTrial, who: str = "statistician") -> Rates:
    """Cases adjudicated and per cent by threshold, from the list as CSV."""
    rows = lines(browser(built_trial, who), PAGE)
    return {
        float(row["Threshold (score units)"]): (float(row["Cases adjudicated"]), float(row["Adjudication rate (%)"]))
        for row in rows
    }


def numpy_count(threshold: float) -> int:
    """The cases above a threshold, from the table of totals alone."""
    found = 0
    for subject in ("S000", "S001", "S002", "S003"):
        both = np.array(
            [
                [np.nan if one is None else one for one in given[:2]]
                for key, given in TOTALS.items()
                if key[0] == subject
            ]
        )
        apart = [abs(np.diff(both[last] - both[first])[0]) for first, last in combinations(range(len(both)), 2)]
        one_sided = np.isnan(both).any(axis=1) != np.isnan(both).all(axis=1)
        found += bool(np.nanmax(apart) > threshold or one_sided.any())
    return found


def test_the_rate_at_every_threshold_is_what_the_charter_would_have_adjudicated(
    built_trial: BuiltTrial, campaign: Campaign
) -> None:
    """At the charter's own threshold it is the campaign's rate; reads count as first signed."""
    found = rates(built_trial)
    assert list(found) == [step / 2 for step in range(41)]
    assert {threshold: cases for threshold, (cases, _) in found.items()} == {
        threshold: numpy_count(threshold) for threshold in found
    }
    assert [found[threshold][0] for threshold in (0, 2.5, 3, OWN, 5.5, 6, 20)] == [3, 3, 2, 2, 2, 1, 1]
    assert (found[OWN][0], 4) == discordant_as_first_signed(campaign)
    assert campaign.cases.filter(status=CaseStatus.ADJUDICATED).count() == found[OWN][0]
    assert found[OWN][1] == 50


def test_each_rate_has_wilsons_interval_and_the_charters_threshold_is_marked(built_trial: BuiltTrial) -> None:
    client = browser(built_trial, "lead")
    (row,) = [row for row in lines(client, PAGE) if row["In the charter"]]
    assert [row[name] for name in ("Threshold (score units)", "Of cases", "In the charter")] == ["5.0", "4", "Charter"]
    by_hand = share(2, 4)
    limits = [float(row[f"{end} limit (%)"]) for end in ("Lower", "Upper")]
    assert limits == pytest.approx([100 * float(end or 0) for end in (by_hand.lower, by_hand.upper)])
    page = " ".join(client.get(PAGE).content.decode().split())
    assert "Wilson's 95 % interval over the cases" in page.replace("&#x27;", "'")
    assert "or, at every threshold, when only one of them could evaluate a visit." in page
    assert f'<img src="{FIGURE}"' in page
    svg = client.get(FIGURE)
    assert svg["Content-Type"] == "image/svg+xml"
    ElementTree.fromstring(svg.content.decode())
    assert "<!-- Charter: 5 -->" in svg.content.decode()


def test_no_threshold_is_looked_at_while_a_campaign_is_open_but_in_training_it_is(
    built_trial: BuiltTrial, campaign: Campaign
) -> None:
    """In training, the two people who read S000 are all who did: the rates are the same."""
    closed = rates(built_trial)
    Campaign.objects.update(status=CampaignStatus.OPEN)
    client = browser(built_trial)
    assert "once the campaign is closed" in client.get(PAGE).content.decode()
    assert "Thresholds</a>" not in client.get("/trials/TWO/results/").content.decode()
    assert "3.0" not in client.get(f"{PAGE}?format=csv").content.decode().partition("<main")[2]
    refused = client.get(FIGURE)
    assert refused.status_code == 409
    assert "Other thresholds are shown once campaign C1 is closed." in refused.content.decode()
    assert "once the campaign is closed" in client.get(CASES).content.decode()
    TrainingSet.objects.create(campaign=campaign, least_status=0.8, least_change=0.7)
    record_new_rows("TWO")
    assert rates(built_trial) == closed
    assert "Each pair of them is compared" in client.get(PAGE).content.decode()
    assert "Thresholds</a>" in client.get("/trials/TWO/results/").content.decode()


def test_the_largest_difference_of_each_case_is_shown_after_the_close_to_who_may_see_scores(
    built_trial: BuiltTrial, campaign: Campaign
) -> None:
    found = sorted(
        (float(row["Largest difference between two readers (score units)"]), row["Result"])
        for row in lines(browser(built_trial), CASES)
    )
    (corrected, agreed), (other, _) = found[1], found[2]
    assert [found[0], found[3]] == [(0.0, "Adjudicated"), (6.0, "Adjudicated")]
    assert (sorted((corrected, other))[0] > 0, 3.0 in (corrected, other)) == (True, True), "by the values signed last"
    assert agreed == "Consensus of the readers"
    page = " ".join(browser(built_trial, "lead").get(CASES).content.decode().split())
    assert "A case is adjudicated above 5." in page
    assert "largest: 6.00 score units." in page
    assert browser(built_trial, "coordinator").get(CASES).status_code == 403


def test_a_campaign_without_complete_reads_says_so(built_trial: BuiltTrial) -> None:
    Read.objects.filter(kind=ReadKind.PRIMARY).update(status="returned")
    page = browser(built_trial).get(PAGE).content.decode()
    assert "No case has complete primary reads." in page


def test_the_pages_ask_the_database_for_nothing_that_grows_with_the_cases(
    built_trial: BuiltTrial, django_assert_max_num_queries: Any
) -> None:
    client = browser(built_trial)
    for page in (PAGE, CASES):
        with django_assert_max_num_queries(24):
            assert client.get(page).status_code == 200
