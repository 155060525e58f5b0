"""Who has received the arms sees the endpoint by arm in the product: the offline report, and no arm in the clear."""

from __future__ import annotations

import io
import json
import logging
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.sign_in import BACKEND
from audit.models import Event
from audit.verify import verify as verify_audit
from config.errors import WrongState
from jobs.carrying import run_due_jobs
from scoring.arms.opening_shares import concealed
from scoring.arms.reports import NOTHING_TO_COMPARE, ask_for_report, content_of, given_up
from scoring.arms.unsealing import files_of, receive_arms, zipped
from scoring.models import ArmsReport, ArmsReportStatus, ArmsRequest
from studies.arrival.sealed_files import export_pieces
from tests.once_per_file import Once
from tests.scoring.test_no_arm_in_a_dump import dump, found_in
from tests.scoring.unsealing_cast import Opening, arms_of, make_opening

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built(once: Once, tmp_path_factory: pytest.TempPathFactory) -> Opening:
    """A read and locked campaign whose arms two custodians have opened."""

    def build() -> Opening:
        made = make_opening(tmp_path_factory.mktemp("opening"), read=True)
        made.holders.seal(arms_of(made))
        asked = made.ask()
        made.give(asked, 0)
        made.give(asked, 1)
        run_due_jobs()
        return made

    return once(build)


@pytest.fixture
def opening(built: Opening, caplog: Any) -> Opening:
    caplog.set_level(logging.DEBUG)
    return deepcopy(built)


def received(opening: Opening) -> bytes:
    """The package of arms, as the statistician receives it."""
    return receive_arms(asked=ArmsRequest.objects.get(), **opening.built_trial.signs("statistician"))


def asked_for(opening: Opening, reference: str, by_site: bool = False) -> ArmsReport:
    """The report that the statistician asks for."""
    actor, user = opening.built_trial.actor("statistician"), opening.built_trial.people["statistician"]
    return ask_for_report(asked=ArmsRequest.objects.get(), actor=actor, user=user, reference=reference, by_site=by_site)


def offline(opening: Opening, package: bytes, reference: str, folder: Path) -> Any:
    """results.json of `bin/manage endpoint` on the downloaded dataset and the arms received."""
    dataset = folder / "dataset.zip"
    dataset.write_bytes(b"".join(export_pieces(ArmsRequest.objects.get().lock.dataset.folder)))
    zipfile.ZipFile(io.BytesIO(package)).extractall(folder / "arms")
    (arms,) = (folder / "arms").rglob("arms.csv")
    out = folder / "report"
    call_command("endpoint", str(dataset), "--arms", str(arms), "--reference", reference, "--out", str(out))
    return json.loads((out / "results.json").read_text())


def test_the_report_is_the_offline_report_and_leaves_no_arm_in_the_clear(
    opening: Opening, tmp_path: Path, tmp_path_factory: Any, caplog: Any
) -> None:
    package, code = received(opening), opening.built_trial.trial.code
    reference, other = list(arms_of(opening).values())[1::-1]
    client, token = Client(), ArmsRequest.objects.get().token
    client.force_login(opening.built_trial.people["statistician"], backend=BACKEND)
    page = reverse("scoring:by_arm", args=[code, token])
    assert page in client.get(reverse("scoring:arms_request", args=[code, token])).content.decode()
    assert "No report has been made." in client.get(page).content.decode()
    refused = client.post(page, {"reference": "no such arm"})
    assert (refused.status_code, ArmsReport.objects.count()) == (400, 0)
    answer = client.post(page, {"reference": reference})
    assert "being computed" in client.get(answer["Location"]).content.decode().lower()
    run_due_jobs()
    report = ArmsReport.objects.get()
    assert report.status == ArmsReportStatus.READY, report.failure
    shown = client.get(answer["Location"]).content.decode()
    assert reference in shown
    assert other in shown
    assert "Supportive analysis, not part of the trial" in shown
    report_zip = b"".join(client.get(reverse("scoring:by_arm_zip", args=[code, token, 1])))
    with zipfile.ZipFile(io.BytesIO(report_zip)) as files:
        results = json.loads(files.read("by-arm-UNBLINDED/results.json"))
        tables = [Path(name).stem for name in files.namelist() if "/tables/" in name]
        written = files.read(f"by-arm-UNBLINDED/tables/{tables[0]}.csv").decode()
    assert results == offline(opening, package, reference, tmp_path_factory.mktemp("statistician"))
    table = client.get(reverse("scoring:by_arm_table", args=[code, token, 1, tables[0]]))
    assert table.content.decode() == written
    assert client.get(reverse("scoring:by_arm_table", args=[code, token, 1, "none"])).status_code == 404
    assert found_in(dump(tmp_path, caplog)) == []
    recorded = list(Event.objects.filter(action__startswith="scoring.arms-report").values_list("action", flat=True))
    done = ["downloaded"] * 2 + ["made", "requested"]  # the zip and the table; not the one that is not there
    assert sorted(recorded) == [f"scoring.arms-report.{one}" for one in done]
    assert verify_audit().findings == []


def test_a_report_is_made_once_for_people_who_received_the_arms_and_again_after_it_failed(opening: Opening) -> None:
    reference = next(iter(arms_of(opening).values()))
    with pytest.raises(WrongState, match="shown only to people who have received the arms. Receive them first."):
        asked_for(opening, reference)
    received(opening)
    report = asked_for(opening, reference)
    assert asked_for(opening, reference) == report
    assert asked_for(opening, reference, by_site=True).number == 2
    with pytest.raises(WrongState, match="Report 1 by arm is not ready, so it has no files."):
        content_of(report, opening.built_trial.people["statistician"])
    given_up(payload={"report": report.pk}, says="The disk was full.")
    report.refresh_from_db()
    assert report.failure == "The disk was full. Ask for the report again once this is resolved."
    assert asked_for(opening, reference).number == 3


def test_arms_of_one_kind_are_not_compared(opening: Opening) -> None:
    received(opening)
    same, says = (
        dict.fromkeys(arms_of(opening), "the same"),
        "These arms cannot be compared: a report needs two to eight",
    )
    with other_arms(same), pytest.raises(WrongState, match=says):
        asked_for(opening, "the same")


def test_a_report_without_two_arms_fails_without_naming_one(opening: Opening) -> None:
    received(opening)
    subject, arm = next(iter(arms_of(opening).items()))
    report = asked_for(opening, arm)
    with other_arms({subject: arm}):
        run_due_jobs()
    report.refresh_from_db()
    assert (report.status, report.failure) == (ArmsReportStatus.FAILED, NOTHING_TO_COMPARE)


@contextmanager
def other_arms(arms: dict[str, str]) -> Iterator[None]:
    """The package has these arms for a while; the other tests of the file have it too."""
    asked, store = ArmsRequest.objects.get(), storages["exports"]
    with store.open(asked.folder) as file:
        own = file.read()
    put(store, asked.folder, concealed(zipped(asked, files_of(asked, arms)), asked.folder))
    try:
        yield
    finally:
        put(store, asked.folder, own)


def put(store: Storage, name: str, content: bytes) -> None:
    """Replaces a file."""
    store.delete(name)
    store.save(name, ContentFile(content))
