"""Asks for one job of every kind there is, in the order in which a trial needs them."""

from __future__ import annotations

import email
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.utils import timezone

from accounts import people
from accounts.alerts import alert_administrators
from accounts.models import User
from accounts.roles import Role
from audit.models import Event
from audit.trail import Actor, audited_atomic
from jobs import backups, verifying
from jobs.models import Job
from jobs.queue import add
from reading.campaigns.opening import close_campaign, create_campaign
from reading.campaigns.reminders import remind_readers
from reading.charter.versions import draft_charter, sign_charter
from reading.issuing.assignments import request_batch
from reading.issuing.queries import ask_readers
from reading.leak_scan.scans import request_scan
from reading.models import Campaign, QueryBatch, Read, ReadQuery
from rehearsal.damage import Damage
from rehearsal.film import draw_hand
from scoring.arms.reports import ask_for_report
from scoring.arms.unsealing import receive_arms
from scoring.datasets.building import request_dataset
from scoring.datasets.locking import confirm_lock, request_lock
from scoring.models import AgreementFigures, ArmsRequest, Dataset, ReaderAlarm
from scoring.monitoring.alarms import ask_daily, raise_new
from scoring.ratings.kept_figures import ask_for_figures
from scoring.ratings.signed_state import signed_state
from scoring.transfers.asking import WantedTransfer, ask_for_transfer
from studies.desk import quality
from studies.desk.joints import place
from studies.models import Film, Rendition
from studies.plan.membership import grant
from studies.plan.site_reminders import remind_sites
from studies.questions import threads as questions
from tests.reading import builders
from tests.reading.builders import BuiltTrial, build_reading_trial, fill_read, open_campaign_of, sign
from tests.scoring.unsealing_cast import Opening
from tests.studies.arms_cast import Holders, make_holders
from tests.studies.films import dx, file_of
from tests.studies.planned import Planned, person, plan
from tests.studies.sending import arrived, send
from tests.waiting import wait_for

SYSTEM = Actor.system("tests")
ACKNOWLEDGED = ["spacing-missing", "text", "side-letter", "acquisition", "retake", "same-pixels", "outside-window"]


@dataclass(frozen=True)
class JobRequest:
    """How a job of the kind is requested, and how often its result exists."""

    kind: str
    ask: Callable[[], Any]
    kept: Callable[[], int]


def events(action: str) -> Callable[[], int]:
    """Counts what the audit trail has heard."""
    return lambda: Event.objects.filter(action=action).count()


def mails(subject: str) -> Callable[[], int]:
    """Counts different mails with the words in their subject: the same one twice has one Message-ID.

    Mails that one process sends within a second may share a file, with a line of dashes after each.
    """

    def count() -> int:
        files = Path(settings.EMAIL_FILE_PATH).glob("*.log")
        texts = [text for path in files for text in path.read_bytes().split(b"-" * 79 + b"\n")]
        found = [email.message_from_bytes(text) for text in texts]
        return len({mail["Message-ID"] for mail in found if subject in mail.get("Subject", "")})

    return count


def film_steps(planned: Planned) -> Iterator[JobRequest]:
    """A film from the door to its reader image, and a question to its site."""
    coordinator, content = planned.actor("coordinator"), file_of(dx())
    yield JobRequest(
        "studies.deidentify",
        lambda: send(planned, content, visit=planned.visit()),
        events("studies.film.deidentified"),
    )
    yield JobRequest(
        "studies.mail_question",
        lambda: questions.ask(trial=planned.trial, text="Is it done?", actor=coordinator, visit=planned.visit(1)),
        mails("is waiting for your answer"),
    )
    film = Film.objects.get(trial=planned.trial)
    yield JobRequest("studies.rendition", lambda: accept(film, coordinator), events("studies.film.rendered"))
    yield JobRequest(
        "studies.remind_site", lambda: remind_sites(trial=planned.trial, actor=coordinator), mails("are overdue")
    )
    first, other = [*right_hands(planned)]
    wait_for(done, "both films are at the desk, which the worker may have brought there", seconds=60)
    for hand in (first, other):
        accept(hand, coordinator, side="R", spacing_mm=1.0)
    wait_for(done, "both films have their reader images", seconds=60)
    yield JobRequest(
        "studies.joint_proposal",
        lambda: place(film=first, side="R", actor=coordinator, joints={"MCP2": [112, 109], "PIP3": [92, 64]}),
        lambda: sum(bool(rendition.proposed) for rendition in Rendition.objects.all()),
    )


def right_hands(planned: Planned) -> Iterator[Film]:
    """Two films of one hand, at two visits."""
    for number, code in enumerate(("BL", "W24")):
        drawn = draw_hand("R", Damage(), 7, number, 0.2).pixels.reshape(250, 5, 200, 5).mean((1, 3)).astype(np.uint16)
        known: dict[str, Any] = {
            "SOPInstanceUID": f"1.2.3.{number}",
            "ImagerPixelSpacing": [1, 1],
            "ImageLaterality": "R",
        }
        yield arrived(planned, file_of(dx(drawn, **known)), visit=planned.visit(code=code))


def done() -> bool:
    return not Job.objects.unfinished().exists()


def accept(film: Film, coordinator: Actor, side: str = "L", spacing_mm: float = 0.1) -> None:
    """The film passes the desk."""
    film.refresh_from_db()
    quality.accept(
        film=film,
        actor=coordinator,
        side=side,
        view="hand",
        film_date=film.film_date,
        spacing_mm=spacing_mm,
        acknowledged=[*ACKNOWLEDGED, *(finding["code"] for finding in film.findings)],
    )


def reading_steps(built_trial: BuiltTrial) -> Iterator[JobRequest]:
    """A case from its batch to the dataset."""
    yield JobRequest(
        "reading.leak_scan",
        lambda: request_scan(campaign=draft_of(built_trial), actor=built_trial.actor("coordinator")),
        events("reading.leak-scan.completed"),
    )
    holders = make_holders(
        built_trial.trial, built_trial.actor("coordinator"), built_trial.people["coordinator"], key_folder()
    )
    campaign = open_campaign_of(built_trial, concordant_share=0.0, arms_may_be_opened=True)
    coordinator = built_trial.actor("coordinator")
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    batch: dict[str, Any] = {"name": "one", "due_on": timezone.localdate(), "readers": readers, "size": 2}
    yield JobRequest(
        "reading.issue",
        lambda: request_batch(campaign=campaign, actor=coordinator, **batch),
        events("reading.batch.issued"),
    )
    yield JobRequest(
        "reading.remind", lambda: remind_readers(campaign=campaign, actor=coordinator), mails("waiting for you")
    )
    yield JobRequest("reading.mail_query", lambda: query_one(campaign), mails("please check 1 signed case"))
    yield JobRequest("scoring.consensus", read_case, events("scoring.result.computed"))
    yield JobRequest(
        "scoring.agreement",
        lambda: ask_for_figures(campaign, "total", "", signed_state(campaign)),
        AgreementFigures.objects.count,
    )
    yield JobRequest("scoring.alarms", ask_daily, looked_at)
    yield JobRequest("scoring.mail_alarm", lambda: raise_one(campaign), mails("an alarm about a reader"))
    close_campaign(campaign=campaign, actor=coordinator)
    yield JobRequest(
        "scoring.dataset",
        lambda: request_dataset(campaign=campaign, actor=built_trial.actor("statistician")),
        events("scoring.dataset.built"),
    )
    yield JobRequest("scoring.transfer", lambda: transfer_test(built_trial, campaign), events("scoring.transfer.built"))
    yield from arms_steps(built_trial, holders, campaign)


def arms_steps(built_trial: BuiltTrial, holders: Holders, campaign: Campaign) -> Iterator[JobRequest]:
    """From the lock to the comparison of the arms."""
    lock(built_trial, Dataset.objects.get(campaign=campaign))
    campaign.refresh_from_db()
    holders.seal({subject.code: "AB"[place % 2] for place, subject in enumerate(built_trial.subjects)})
    opening = Opening(built_trial, holders, campaign, key_folder())
    yield JobRequest("scoring.mail_custodians", opening.ask, mails("your opening share is needed"))
    yield JobRequest("scoring.unseal", lambda: give_two_shares(opening), events("scoring.arms.opened"))
    yield JobRequest("scoring.by_arm", lambda: compare_arms(built_trial), events("scoring.arms-report.made"))


def draft_of(built_trial: BuiltTrial) -> Campaign:
    """A campaign in preparation, under a charter of its own."""
    coordinator, user = built_trial.actor("coordinator"), built_trial.people["coordinator"]
    charter = draft_charter(trial=built_trial.trial, actor=coordinator, terms={"instrument": "larsen-1995"})
    charter = sign_charter(charter=charter, actor=coordinator, user=user, password=builders.PASSWORD)
    return create_campaign(
        trial=built_trial.trial, actor=coordinator, charter=charter, code="DRAFT", title="To be scanned"
    )


def key_folder() -> Path:
    """Where the custodians of the tests keep their keys."""
    return Path(tempfile.mkdtemp(dir=settings.VAR))


def transfer_test(built_trial: BuiltTrial, campaign: Campaign) -> None:
    """A test transfer for the statistician."""
    user = built_trial.people["statistician"]
    campaign.refresh_from_db()
    wanted = WantedTransfer(purpose="test", recipient=user)
    ask_for_transfer(campaign=campaign, actor=built_trial.actor("statistician"), user=user, wanted=wanted)


def lock(built_trial: BuiltTrial, dataset: Dataset) -> None:
    """Two people lock the dataset."""
    people, password = built_trial.people, builders.PASSWORD
    request_lock(
        dataset=dataset, actor=built_trial.actor("statistician"), user=people["statistician"], password=password
    )
    confirm_lock(dataset=dataset, actor=built_trial.actor("signer"), user=people["signer"], password=password)


def give_two_shares(opening: Opening) -> None:
    """The second share has the arms opened."""
    asked = ArmsRequest.objects.get(campaign=opening.campaign)
    for number in (0, 1):
        opening.give(asked, number)


def compare_arms(built_trial: BuiltTrial) -> None:
    """The statistician receives the arms and asks for a report."""
    asked, signs = ArmsRequest.objects.get(), built_trial.signs("statistician")
    receive_arms(asked=asked, **signs)
    ask_for_report(asked=asked, actor=signs["actor"], user=signs["user"], reference="A", by_site=False)


def looked_at() -> int:
    """How many looks at a campaign are done."""
    return Job.objects.filter(kind="scoring.alarms", status="done").count()


def raise_one(campaign: Campaign) -> None:
    """An alarm about a reader of the campaign."""
    reader = Read.objects.filter(case__campaign=campaign).earliest("pk").reader
    with audited_atomic():
        raise_new(campaign, [ReaderAlarm(campaign=campaign, reader=reader, rule="drift", detail="for a test")])


def query_one(campaign: Campaign) -> None:
    """The mail about a query on one read, as its release requests it."""
    read = Read.objects.filter(case__campaign=campaign).earliest("pk")
    with audited_atomic():
        ask_readers(QueryBatch(pk=1, campaign=campaign), [ReadQuery(read=read)])


def read_case() -> None:
    """Both readers fill and sign."""
    for read in Read.objects.all():
        fill_read(read)
        sign(read)


def regular_jobs() -> Iterator[JobRequest]:
    """The regular jobs of the installation."""
    yield JobRequest(
        "accounts.mail_link",
        lambda: people.invite(email="admin@house.example", actor=SYSTEM, is_administrator=True),
        mails("You are invited"),
    )
    yield JobRequest("accounts.alert", alert, mails("something odd"))
    yield JobRequest("jobs.backup", lambda: add_job(backups.KIND), events("jobs.backup.written"))
    yield JobRequest("jobs.verify_audit", verifying.ask_daily, events("audit.trail.verified"))


def alert() -> None:
    with audited_atomic():
        alert_administrators(subject=User.objects.earliest("pk"), what="something odd")


def add_job(kind: str) -> None:
    with audited_atomic():
        add(kind=kind, key="now", payload={})


def grant_lead(planned: Planned) -> None:
    """A role that an administrator has to confirm."""
    coordinator = planned.actor("coordinator")
    grant(trial=planned.trial, user=person("x"), role=Role.LEAD, reason="experienced", actor=coordinator)


def every_step() -> Iterator[JobRequest]:
    """One step for each kind, each asked for when the one before it is done."""
    planned = plan("RA-1")
    yield from film_steps(planned)
    yield from reading_steps(build_reading_trial(subjects=2, visits=("W00", "W52")))
    yield from regular_jobs()
    yield JobRequest(
        "studies.mail_membership", lambda: grant_lead(planned), mails("a role is waiting for your confirmation")
    )
