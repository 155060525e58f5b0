"""The monitoring of readers: the list, a reader's charts with their tables, who drifted, what is too few."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from scipy import stats

from accounts.models import User
from accounts.sign_in import BACKEND
from config.tokens import new_token
from reading.models import Campaign, DisplayedTimepoint, ItemScore, ReadStep, SignedValues
from scoring.consensus.signed_series import AlteredValues
from scoring.monitoring.campaign import monitor
from tests.cast import make_user
from tests.protection import lifted
from tests.reading.builders import BuiltTrial, build_reading_trial, open_campaign_of
from tests.scoring.monitoring.signed_cases import Signed, add_signed

pytestmark = pytest.mark.django_db
PAGE = "/trials/TWO/results/C1/readers/"


@pytest.fixture
def built_trial() -> BuiltTrial:
    return build_reading_trial(subjects=1, visits=("W00", "W24"))


@pytest.fixture
def campaign(built_trial: BuiltTrial) -> Campaign:
    return open_campaign_of(built_trial)


def two(built_trial: BuiltTrial) -> tuple[User, User]:
    return built_trial.people["reader"], built_trial.people["reader.two"]


def cases_of(built_trial: BuiltTrial, number: int, *, shifted_from: int = 999) -> list[Signed]:
    """Differences of 1 and -1 in turn, 6 more from one case on; every fifth case is discordant."""
    first, second = two(built_trial)
    return [
        (first, second, (-1.0) ** place + 6 * (place >= shifted_from), place % 5 == 0) for place in range(1, number + 1)
    ]


def lead(built_trial: BuiltTrial) -> Client:
    client = Client()
    client.force_login(built_trial.people["lead"], backend=BACKEND)
    return client


def lines(client: Client, address: str) -> list[dict[str, str]]:
    text = b"".join(client.get(address)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_without_a_signed_read_the_page_says_so(built_trial: BuiltTrial, campaign: Campaign) -> None:
    client = lead(built_trial)
    assert "No read of this campaign has been signed yet." in client.get(PAGE).content.decode()
    assert client.get(f"{PAGE}1/").status_code == 404


def test_fewer_than_ten_cases_are_too_few_for_any_figure(built_trial: BuiltTrial, campaign: Campaign) -> None:
    add_signed(campaign, cases_of(built_trial, 9))
    client = lead(built_trial)
    for row in lines(client, f"{PAGE}?format=csv"):
        assert (row["Reads signed"], row["Compared with a partner"], row["Drift"]) == ("9", "9", "No chart")
        figures = ("Mean difference", "Discordant", "Not assessable", "Grade 0", "Median minutes")
        assert {row[name] for name in figures} == {"Too few"}
    page = client.get(f"{PAGE}1/").content.decode()
    assert "No chart: too few cases; a chart needs 40." in page
    assert "Too few cases: the chart has a point for every 20 cases." in page
    assert client.get(f"{PAGE}1/drift.svg").status_code == 404


def test_a_reader_who_drifts_passes_the_limit_and_two_readers_do_not_show_which(
    built_trial: BuiltTrial, campaign: Campaign
) -> None:
    add_signed(campaign, cases_of(built_trial, 60, shifted_from=41))
    client = lead(built_trial)
    first, second = lines(client, f"{PAGE}?format=csv")
    assert (first["Mean difference"], second["Mean difference"]) == ("2.0", "-2.0")
    assert first["Drift"].startswith("Alarm at case 4")
    assert (first["Discordant"], first["Not assessable"], first["Grade 0"]) == ("20.0 %", "25.0 %", "50.0 %")
    assert first["Median minutes"] == "10.0"
    page = " ".join(client.get(PAGE).content.decode().split())
    assert "With 2 readers, the differences do not show who changed." in page
    shown = client.get(f"{PAGE}1/").content.decode()
    drift = client.get(f"{PAGE}1/drift.svg").content.decode()
    assert drift.count('class="dot"') == 60 + 1, "each case, and the legend"
    average, _ = re.findall(r'class="line a0" d="M([^"]+)"', drift)
    assert average.count("L") == 30, "the average begins once the first 30 cases have given mean and SD"
    for name in ("drift", "discordance", "reads"):
        assert f"{PAGE}1/{name}.svg" in shown
        answer = client.get(f"{PAGE}1/{name}.svg")
        assert (answer["Content-Type"], answer["Cache-Control"]) == ("image/svg+xml", "private, no-store")


def test_the_disagreement_index_is_the_share_of_results_that_went_against_the_reader(
    built_trial: BuiltTrial, campaign: Campaign
) -> None:
    """The threshold is 10. Both readers see no change; the result changes by 11 in 3 of 12 cases."""
    add_signed(campaign, cases_of(built_trial, 3), accepted=(10, 21))
    add_signed(campaign, cases_of(built_trial, 6), accepted=(20, 10))
    add_signed(campaign, cases_of(built_trial, 5))
    assert [one.disagreement for one in monitor(campaign).readers] == [None, None]
    add_signed(campaign, cases_of(built_trial, 3), accepted=(10, 10))
    found = stats.binomtest(3, 12).proportion_ci(0.95, "exact")
    for row in lines(lead(built_trial), f"{PAGE}?format=csv"):
        assert row["Disagreement index"] == "25.0 %"
        limits = [f"{100 * limit:.1f} %" for limit in (found.low, found.high)]
        assert [row["Index, 95 % from"], row["Index, 95 % to"]] == limits


def test_every_chart_has_its_table_as_csv(built_trial: BuiltTrial, campaign: Campaign) -> None:
    add_signed(campaign, cases_of(built_trial, 60, shifted_from=41))
    client = lead(built_trial)
    drift = lines(client, f"{PAGE}1/?drift-format=csv")
    assert [row["Place"] for row in drift] == [str(place) for place in range(1, 61)]
    assert (drift[0]["Partner"], drift[0]["Difference"], drift[0]["Moving average"]) == ("reader.two", "-1.0", "")
    assert (drift[59]["Standardised"], drift[59]["Beyond the limit"]) == ("2.5", "yes")
    discordance = lines(client, f"{PAGE}1/?discordance-format=csv")
    assert [(row["Cases"], row["Discordant"], row["Share"]) for row in discordance] == [
        ("1 to 20", "4", "0.2"),
        ("21 to 40", "4", "0.2"),
        ("41 to 60", "4", "0.2"),
    ]
    (week,) = lines(client, f"{PAGE}1/?reads-format=csv")
    assert (week["Reads first signed"], week["Median minutes"]) == ("60", "10.0")


def test_with_three_readers_the_one_who_changed_is_named(built_trial: BuiltTrial, campaign: Campaign) -> None:
    first, second = two(built_trial)
    third = make_user("three@two.example", "reader.three")
    turns = [(first, second), (second, third), (third, first)]
    cases = []
    for place in range(180):
        one, other = turns[place % 3]
        moved = 6 * ((one == third) - (other == third)) if place >= 90 else 0
        cases.append((one, other, (-1.0) ** (place // 3) + moved, False))
    add_signed(campaign, cases)
    page = lead(built_trial).get(PAGE).content.decode()
    assert "The pairs of readers show that reader.three changed." in page
    assert "show that reader changed" not in page


def test_values_that_differ_from_what_was_signed_are_not_counted(built_trial: BuiltTrial, campaign: Campaign) -> None:
    add_signed(campaign, cases_of(built_trial, 1))
    with lifted():
        SignedValues.objects.update(digest="0" * 64)
    with pytest.raises(AlteredValues, match="differ from what was signed"):
        monitor(campaign)


def test_the_monitoring_takes_as_many_queries_for_a_few_cases_as_for_many(
    built_trial: BuiltTrial, campaign: Campaign
) -> None:
    counts = []
    for _ in range(2):
        add_signed(campaign, cases_of(built_trial, 12))
        fetched = Campaign.objects.select_related("charter").get(pk=campaign.pk)
        with CaptureQueriesContext(connection) as queries:
            assert len(monitor(fetched).readers) == 2
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_entries_made_for_a_whole_joint_at_once_are_counted_before_the_first_signature(built_trial: BuiltTrial) -> None:
    """Of five entries that people made, one is for a whole joint; the system's and a later correction do not count."""
    campaign = open_campaign_of(built_trial, bulk_zero=True)
    add_signed(campaign, cases_of(built_trial, 10))
    entries = [("key", False)] * 3 + [("click", False), ("bulk", False), ("system", False), ("bulk", True)]
    now = timezone.now()
    for step in ReadStep.objects.filter(read__case__campaign=campaign):
        timepoint = DisplayedTimepoint.objects.create(step=step, token=new_token(), letter="A", position=0)
        ItemScore.objects.bulk_create(
            ItemScore(
                timepoint=timepoint,
                item=f"GL-PIP{place}",
                revision=1,
                value=0,
                entry=entry,
                op_id=new_token(),
                captured_at=now,
                saved_at=now,
                after_signature=corrects,
            )
            for place, (entry, corrects) in enumerate(entries)
        )
    client = lead(built_trial)
    assert {row["Whole joint at once"] for row in lines(client, f"{PAGE}?format=csv")} == {"20.0 %"}
    page = client.get(f"{PAGE}1/").content.decode()
    assert re.search(r"<dt>Whole joint at once</dt>\s*<dd>\s*20\.0 %", page)


def test_columns_that_the_charter_makes_pointless_are_left_out(built_trial: BuiltTrial, campaign: Campaign) -> None:
    add_signed(campaign, cases_of(built_trial, 1))
    row = lines(lead(built_trial), f"{PAGE}?format=csv")[0]
    assert {"Whole joint at once", "Repeats", "ICC of repeats", "SDC of repeats"} & row.keys() == set()
