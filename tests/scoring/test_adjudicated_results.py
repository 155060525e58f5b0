"""The adjudicated results on the agreement page: their change, their distance from the primary readers, and no SDC."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.sign_in import BACKEND
from jobs.carrying import run_due_jobs
from reading.campaigns.case_seals import open_case_seal
from reading.campaigns.opening import close_campaign
from reading.issuing.replacing import replace_reader
from reading.models import Campaign, Read, ReadKind, ReadStatus
from reading.room.signing import return_read
from tests.reading.builders import BuiltTrial, read_through
from tests.scoring.adjudicated_cases import grades_of, make_built_trial, read_with_adjudication
from tests.scoring.agreement_figures import with_figures
from tests.scoring.three_readers import add_third_reader

pytestmark = pytest.mark.django_db
PAGE = "/trials/TWO/results/C1/agreement"


def client_of(built_trial: BuiltTrial) -> Client:
    client = Client()
    client.force_login(built_trial.people["statistician"], backend=BACKEND)
    return client


def test_adjudicated_results_have_their_own_figures_and_no_smallest_detectable_change() -> None:
    """S000: 0 and 2 are closest, 1 against a mean of 10. S001: 12 and 10 are closest, 11 against 8.

    The mean change is 6, the mean difference (-9 + 3)/2 and the largest 9. From U1 the change of S001 would be 9.
    """
    built_trial = make_built_trial()
    campaign = read_with_adjudication(built_trial)
    close_campaign(campaign=campaign, actor=built_trial.actor("coordinator"))
    client = client_of(built_trial)
    found = with_figures(client, f"{PAGE}.json").json()["adjudicated"]
    assert (found["cases"], found["waiting"]) == (2, 0)
    assert found["change"] == {"value": 6, "n": 2, "reason": ""}
    assert found["apart"] == {"value": -3, "n": 2, "reason": "", "largest": 9}
    page = " ".join(client.get(f"{PAGE}/").content.decode().split())
    assert "2 cases have an adjudicated result, 2 of them with a change from W00 to W24" in page
    assert "0 cases are waiting for adjudication" in page
    assert (
        "Adjudicated results have no smallest detectable change of this kind: the two closest of three readers are "
        "averaged, so their difference is small by selection."
    ) in page
    assert "Adjudicated results, mean minus that of the primary readers" in client.get(f"{PAGE}.csv").content.decode()
    over_u1 = with_figures(client, f"{PAGE}.json", interval="U1").json()["adjudicated"]
    assert over_u1["change"]["reason"] == "No adjudicated case has a change over this interval"


def read_to_return(built_trial: BuiltTrial, campaign: Campaign) -> Read:
    """The primary read by the second reader of the adjudicated case of S000."""
    cases = campaign.cases.select_related("campaign")
    case = next(one for one in cases if open_case_seal(one).subject == built_trial.subjects[0].pk)
    reads = Read.objects.select_related("case__campaign__charter", "case__campaign__trial", "reader")
    return reads.get(case=case, kind=ReadKind.PRIMARY, reader=built_trial.people["reader.two"])


def test_an_adjudicated_case_that_another_reader_reads_again_counts_once_it_is_decided_again() -> None:
    """The new reader sees what the second reader saw."""
    built_trial = make_built_trial()
    third = add_third_reader(built_trial)
    campaign = read_with_adjudication(built_trial)
    read, signs = read_to_return(built_trial, campaign), built_trial.signs("coordinator")
    return_read(read=read, reason="incomplete", note="", **signs)
    replace_reader(read=read, actor=signs["actor"], new_reader=third, reason="On leave")
    run_due_jobs()
    client = client_of(built_trial)
    found = with_figures(client, f"{PAGE}.json").json()["adjudicated"]
    assert (found["cases"], found["waiting"]) == (1, 0)
    assert client.get(f"{PAGE}/").status_code == 200
    for issued in Read.objects.filter(status=ReadStatus.ISSUED):
        read_through(issued, grades_of(issued))
    run_due_jobs()
    close_campaign(campaign=campaign, actor=signs["actor"])
    found = with_figures(client, f"{PAGE}.json").json()["adjudicated"]
    assert (found["cases"], found["waiting"]) == (2, 0)
    assert (found["change"]["value"], found["apart"]["value"], found["apart"]["n"]) == (6, -3, 2)
