"""The agreement page: whose reads, which changes and which interval it shows, and its downloads."""

from __future__ import annotations

import csv
import io
from copy import deepcopy
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Signature
from accounts.sign_in import BACKEND
from jobs.carrying import run_due_jobs
from reading.issuing.assignments import request_batch
from reading.models import Campaign, CampaignStatus, Case, Read, ReadKind, ReadStatus, ReadStep, SignedValues
from scoring.consensus.sealed_result import sealed_result
from scoring.models import CaseResult, Outcome
from scoring.ratings.campaign import ratings_of
from studies.models import Visit
from tests.once_per_file import Once
from tests.reading.builders import VIEWS, BuiltTrial, add_ready_film, build_reading_trial, open_campaign_of
from tests.scoring.agreement_figures import with_figures

pytestmark = pytest.mark.django_db
PAGE = "/trials/TWO/results/C1/agreement/"
# Changes from W00 to W52 by the charter's rule: the readers differ by 1, -1, 2 and 0.
CHANGES = ((3, 2), (1, 2), (4, 2), (0, 0))
SDC = 0.98 * (5 / 3) ** 0.5


def make_built_trial() -> BuiltTrial:
    """Four subjects with W00, W24 and W52; two of them have an unscheduled visit after W52."""
    built = build_reading_trial(subjects=4, visits=("W00", "W24", "W52"))
    for subject in built.subjects[:2]:
        visit = Visit.objects.create(subject=subject, code="U1", kind="unscheduled")
        for side, view in VIEWS:
            add_ready_film(visit, side, view, date(2025, 1, 1) + timedelta(days=400))
    built.visits.append("U1")
    return built


def build_campaign(built_trial: BuiltTrial) -> Campaign:
    """Both readers have signed every case; the first case was also read by an adjudicator with the lowest account."""
    campaign = open_campaign_of(built_trial, concordant_share=0.0)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    coordinator = built_trial.actor("coordinator")
    request_batch(campaign=campaign, actor=coordinator, name="one", due_on=None, readers=readers, size=9)
    run_due_jobs()
    Read.objects.update(status=ReadStatus.SIGNED, signed_at=timezone.now())
    for step in ReadStep.objects.order_by("read__reader_id", "pk"):
        keep_signed_values(step)
    for case, changes in zip(campaign.cases.order_by("number"), CHANGES, strict=True):
        write_result(case, {reader.pk: change for reader, change in zip(readers, changes, strict=True)})
    adjudicate(campaign.cases.order_by("number")[0], built_trial)
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


def amount(value: float) -> dict[str, Any]:
    return {"total": {"value": str(value), "reason": "", "assessed": 32, "imputed": 0}}


def numbers(case: Case, change: float) -> dict[str, Any]:
    """Totals that fall by 7 at W52, where sites are missing, and changes by the charter's rule; U1 is far off."""
    visits = timepoints(case)
    totals, changes = [10, 10, 3, 90][:visits], [0, change, 80][: visits - 1]
    return {"totals": [amount(total) for total in totals], "changes": [amount(one) for one in changes]}


def timepoints(case: Case) -> int:
    """How many timepoints the case has: the two subjects with an unscheduled visit have four."""
    return Read.objects.filter(case=case)[0].steps.get().timepoints.count()


def write_result(case: Case, changes: dict[int, float], version: int = 1, outcome: str = Outcome.CONSENSUS) -> None:
    """The two readers with the lowest changes make the result."""
    first = {str(reader): numbers(case, change) for reader, change in changes.items()}
    result = numbers(case, sum(sorted(changes.values())[:2]) / 2)
    of_readers = {"readers": first, "result": result, "first": first, "first_discordant": False}
    CaseResult.objects.create(
        case=case,
        version=version,
        outcome=outcome,
        rule="mean-of-two",
        inputs=[],
        inputs_digest=f"{case.pk}-{version}",
        trigger={},
        sealed=sealed_result(
            case=case.pk, version=version, readers=changes, numbers=of_readers, one_sided=(), interval=(0, 0)
        ),
    )


def adjudicate(case: Case, built_trial: BuiltTrial) -> None:
    """A third read whose reader has a lower account id than both primary readers."""
    primary = list(Read.objects.filter(case=case))
    third = min(built_trial.people.values(), key=lambda user: user.pk)
    assert all(third.pk < read.reader_id for read in primary)
    read = Read.objects.create(
        case=case,
        batch=primary[0].batch,
        reader=third,
        kind=ReadKind.ADJUDICATION,
        status=ReadStatus.SIGNED,
        token="third",
        queue_position=99,
        signed_at=timezone.now(),
    )
    keep_signed_values(ReadStep.objects.create(read=read, position=0, locked_at=timezone.now()))
    changes: dict[int, float] = dict(zip((read.reader_id for read in primary), CHANGES[0], strict=True))
    write_result(case, changes | {third.pk: 50}, version=2, outcome=Outcome.ADJUDICATED)


def keep_signed_values(step: ReadStep) -> None:
    """That the step was signed; what was signed decides nothing here."""
    reader = step.read.reader
    signature = Signature.objects.create(signer=reader, record_kind="step", record_id=str(step.pk))
    SignedValues.objects.create(step=step, version=1, values="{}", digest=f"{step.pk}", signature=signature)


def browser(built_trial: BuiltTrial, who: str) -> Client:
    client = Client()
    client.force_login(built_trial.people[who], backend=BACKEND)
    return client


def test_changes_are_the_charters_and_readers_are_the_primaries(built_trial: BuiltTrial, campaign: Campaign) -> None:
    """Subtracting the totals would give -7 to everybody; the adjudicator would change by 50."""
    ratings = ratings_of(campaign)
    assert ratings.people == (built_trial.people["reader"].pk, built_trial.people["reader.two"].pk)
    at = ratings.visits.ends.index("W52")
    assert ratings.changes[:, at].tolist() == [list(pair) for pair in CHANGES]
    data = with_figures(browser(built_trial, "statistician"), f"{PAGE[:-1]}.json").json()
    assert data["readers"] == ["R01", "R02"]
    assert (data["to"], data["n"], data["cases"]) == ("W52", 4, 4)
    assert data["sdc"]["value"] == pytest.approx(SDC)


def test_planned_visits_come_first_and_an_unscheduled_one_never_by_itself(
    built_trial: BuiltTrial, campaign: Campaign
) -> None:
    ratings = ratings_of(campaign)
    assert (ratings.visits.planned, ratings.visits.unscheduled) == (("W00", "W24", "W52"), ("U1",))
    lead = browser(built_trial, "lead")
    page = " ".join(with_figures(lead, PAGE).content.decode().split())
    assert '<option value="W52" selected>W00 to W52</option>' in page
    assert page.index('label="Planned visits"') < page.index('"W24"') < page.index('label="Unscheduled visits"')
    assert page.index('label="Unscheduled visits"') < page.index('<option value="U1">W00 to U1</option>')
    chosen = with_figures(lead, PAGE, interval="U1").content.decode()
    assert "2 of 4 cases" in " ".join(chosen.split())
    assert "The end of the interval cannot be “W99”. Choose W24, W52 or U1." in (
        lead.get(PAGE, {"interval": "W99"}).content.decode()
    )


def test_a_correction_after_signing_is_no_independent_read(built_trial: BuiltTrial, campaign: Campaign) -> None:
    last = campaign.cases.order_by("number")[3]
    pair = [built_trial.people["reader"].pk, built_trial.people["reader.two"].pk]
    write_result(last, dict.fromkeys(pair, 9), version=2)
    assert np.nanmax(ratings_of(campaign).changes[3, 1]) == 0


def test_the_page_names_its_figures_and_its_model(built_trial: BuiltTrial, campaign: Campaign) -> None:
    page = " ".join(with_figures(browser(built_trial, "lead"), PAGE).content.decode().split())
    for words in (
        "Total, change from W00 to W52: 4 of 4 cases have a change scored by at least two primary readers",
        "Only 4 cases have a change scored by two readers over this interval",
        "ICC(2,1) of change",
        "ICC(2,2) of change",
        "Two-way model, absolute agreement: the same two readers read every case. Readers: reader, reader.two.",
        "Mean over the 2 planned intervals",
        "Measurement error (score units)",
        "Weighted kappa of status",
        "Concordance (CCC)",
        "Limits of agreement",
        "change &gt; 0.5",
        "<summary>All six forms of the intraclass correlation</summary>",
        f"{SDC:.3f}",
    ):
        assert words in page, words


def test_the_lead_sees_no_point_of_a_case_before_the_campaign_is_closed(
    built_trial: BuiltTrial, campaign: Campaign
) -> None:
    """Beside the values of its timepoints, the change of a case would tell their true order."""
    lead, figure = browser(built_trial, "lead"), PAGE.replace("agreement/", "figures/bland-altman.svg")
    assert figure not in with_figures(lead, PAGE).content.decode()
    refused = lead.get(figure)
    assert refused.status_code == 409
    assert "Charts with a point for each case appear once campaign C1 is closed." in refused.content.decode()
    assert figure in browser(built_trial, "statistician").get(PAGE).content.decode()
    Campaign.objects.update(status=CampaignStatus.CLOSED)
    assert figure in lead.get(PAGE).content.decode()
    assert lead.get(figure).status_code == 200


def test_the_csv_has_the_figures_of_the_page_and_the_plots_the_sdc_of_the_interval(
    built_trial: BuiltTrial, campaign: Campaign
) -> None:
    statistician = browser(built_trial, "statistician")
    answer = with_figures(statistician, f"{PAGE[:-1]}.csv", interval="W52")
    assert answer["Content-Disposition"] == 'attachment; filename="TWO-C1-agreement-total-W52.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    sdc = next(row for row in rows if row["statistic"] == "SDC 95 %")
    assert sdc["limits"].startswith("percentile bootstrap over subjects")
    assert float(sdc["value"]) == pytest.approx(SDC)
    assert (sdc["from"], sdc["to"], sdc["n"]) == ("W00", "W52", "4")
    assert {row["timing"] for row in rows} == {"prespecified"}
    assert statistician.get(f"{PAGE[:-1]}.json", {"interval": "W52"}).json()["timing"] == "prespecified"
    assert {"ICC(2,1)", "CCC", "Bias", "Weighted kappa, quadratic"} <= {row["statistic"] for row in rows}
    drawn = statistician.get("/trials/TWO/results/C1/figures/probability.svg", {"interval": "W52"}).content.decode()
    assert f"± SDC {SDC:.2f}" in drawn
