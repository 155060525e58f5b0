"""The figures of the agreement page come from a job: what is shown before it is done, and after something changed."""

from __future__ import annotations

from copy import deepcopy

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.trail import Actor, audited_atomic, record
from jobs.carrying import run_due_jobs
from jobs.models import Job
from reading.models import Campaign, Read
from scoring.models import AgreementFigures, CaseResult
from scoring.ratings.kept_figures import computed, keep
from tests.once_per_file import Once
from tests.reading.builders import BuiltTrial
from tests.scoring.agreement_figures import with_figures
from tests.scoring.test_agreement_page import PAGE, SDC, browser, build_campaign, make_built_trial

pytestmark = pytest.mark.django_db


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


def record_new_state(campaign: Campaign) -> None:
    """As if another read had just been signed."""
    read = Read.objects.filter(case__campaign=campaign).earliest("pk")
    with audited_atomic():
        record(
            action="reading.step.signed",
            actor=Actor.system("tests"),
            stream=campaign.trial.code,
            subject=("reading.read", str(read.pk)),
        )


def test_no_request_computes_figures_and_earlier_ones_are_shown_with_their_time(
    built_trial: BuiltTrial, campaign: Campaign
) -> None:
    """What a request computes from is in the table of results: no query of a request names it."""
    statistician, addresses = browser(built_trial, "statistician"), (PAGE, f"{PAGE[:-1]}.json", f"{PAGE[:-1]}.csv")
    figures, queries = PAGE.replace("agreement/", "figures/probability.svg"), list[str]()

    def answers(*paths: str) -> list[tuple[int, str]]:
        with CaptureQueriesContext(connection) as asked:
            found = [statistician.get(path) for path in paths]
        queries.extend(query["sql"] for query in asked)
        return [(one.status_code, " ".join(one.content.decode().split())) for one in found]

    (shown, *refused) = answers(*addresses, figures)
    assert "The figures are being computed" in shown[1]
    assert [status for status, _ in refused] == [409] * 3
    assert "The agreement of campaign C1 is being computed. Open this address again once" in refused[0][1]
    assert Job.objects.filter(kind="scoring.agreement").count() == 1
    run_due_jobs(kinds=frozenset({"scoring.agreement"}))
    found = answers(*addresses, figures)
    assert [status for status, _ in found] == [200] * 4
    assert f"{SDC:.3f}" in found[0][1]
    assert "being computed" not in found[0][1]
    record_new_state(campaign)
    for _ in range(2):
        ((_, later),) = answers(PAGE)
        assert f"{SDC:.3f}" in later
        assert "These figures were computed at <time" in later
        assert "newer figures are being computed" in later
    waiting = Job.objects.filter(kind="scoring.agreement").exclude(status=Job.Status.DONE)
    assert waiting.count() == 1
    waiting.update(status=Job.Status.FAILED)
    assert "The newest figures could not be computed." in answers(PAGE)[0][1]
    assert not [sql for sql in queries if CaseResult._meta.db_table in sql]


def test_figures_of_an_earlier_state_do_not_replace_later_ones(built_trial: BuiltTrial, campaign: Campaign) -> None:
    """Two workers compute at the same time, and the one that began first ends last."""
    began = timezone.now()
    with_figures(browser(built_trial, "statistician"), PAGE)
    kept = AgreementFigures.objects.get()
    late = computed(campaign, "total", "", "an earlier state")
    late.as_of = began
    keep(late)
    assert AgreementFigures.objects.get().state == kept.state
    late.as_of = timezone.now()
    keep(late)
    assert AgreementFigures.objects.get().state == "an earlier state"


def test_a_download_says_that_the_first_figures_could_not_be_computed(built_trial: BuiltTrial) -> None:
    statistician = browser(built_trial, "statistician")
    statistician.get(PAGE)
    Job.objects.filter(kind="scoring.agreement").update(status=Job.Status.FAILED)
    refused = statistician.get(f"{PAGE[:-1]}.json")
    assert refused.status_code == 409
    assert b"The agreement of campaign C1 could not be computed." in refused.content
    assert b"The newest figures could not be computed." in statistician.get(PAGE).content


def test_jobs_of_earlier_states_compute_nothing_that_another_has_computed(
    built_trial: BuiltTrial, campaign: Campaign
) -> None:
    statistician = browser(built_trial, "statistician")
    made = []
    for waiting in (1, 2):
        for _ in range(waiting):
            record_new_state(campaign)
            statistician.get(PAGE)
        with CaptureQueriesContext(connection) as asked:
            assert run_due_jobs(kinds=frozenset({"scoring.agreement"})) == waiting
        made.append(sum(CaseResult._meta.db_table in query["sql"] for query in asked))
    assert made[0] == made[1] > 0
