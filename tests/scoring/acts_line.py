"""Every signed act once, in the order of a trial: who posts what where, each made when the trial has come so far."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.sign_in import BACKEND
from accounts.signed_acts import Act
from instruments.definition import Item
from jobs.carrying import run_due_jobs
from reading.campaigns.opening import close_campaign, create_campaign, open_campaign
from reading.charter.approval import approve_charter
from reading.charter.versions import draft_charter, sign_charter
from reading.issuing.assignments import request_batch
from reading.issuing.moved_films import move_and_reissue
from reading.issuing.queries import release_queries
from reading.models import Campaign, DisplayedTimepoint, Read, ReaderSuspension, SuspensionCause
from reading.room.queries import confirm_items, queried_items
from scoring.arms.requests import ask_for_arms
from scoring.checks.queries import mark_items, prepare_batch
from scoring.datasets.building import request_dataset
from scoring.datasets.locking import confirm_lock, request_lock
from scoring.models import Dataset
from scoring.transfers.asking import WantedTransfer, ask_for_transfer
from scoring.transfers.reviewing import findings_of
from studies.models import Film, Question, Visit
from studies.questions.threads import ask, close
from tests.cast import PASSWORD as CAST_PASSWORD
from tests.reading.builders import PASSWORD, BuiltTrial, build_reading_trial, fill_read, read_through, scanned
from tests.scoring.unsealing_cast import CANARIES, Opening
from tests.studies.arms_cast import make_holders

DIFFERING = "GL-PIP2"
DIGEST = re.compile(r'name="values_digest" value="([0-9a-f]{64})"')


@dataclass
class Post:
    """A form as a person sends it: the acts, the page it is on, its address, and its fields but the password."""

    acts: tuple[Act, ...]
    user: User
    page: str
    address: str
    fields: Callable[[], dict[str, Any]] = dict
    password: str = PASSWORD
    client: Client = field(default_factory=Client)

    def __post_init__(self) -> None:
        self.client.force_login(self.user, backend=BACKEND)

    def send(self, **password: str) -> tuple[int, str, bytes]:
        """The status, the address it leads to, and the content of a file."""
        answer = self.client.post(self.address, {"csrfmiddlewaretoken": "x"} | self.fields() | password)
        content = b"".join(answer) if answer.streaming else b""
        return answer.status_code, answer.get("Location", ""), content


def differing(timepoint: DisplayedTimepoint, item: Item) -> int:
    """The left proximal interphalangeal joint 2 is 4 on one timepoint and 0 on the others."""
    return 4 if item.key == DIFFERING and timepoint.letter == "A" else 0


def signing(act: Act, read: Read) -> Post:
    """The form of the review of a full read."""
    page = f"/read/{read.token}/review"
    post = Post((act,), read.reader, page, f"/read/{read.token}/sign")
    found = DIGEST.search(post.client.get(page).content.decode())
    assert found
    meaning = {Act.READ: "read", Act.CORRECTED_READ: "corrected", Act.CHECKED_READ: "checked"}[act]
    post.fields = lambda: {"meaning": meaning, "values_digest": found[1]}
    return post


class ActsLine:
    """A trial on its way; each step does what comes before the next form."""

    def __init__(self, folder: Path) -> None:
        self.built_trial: BuiltTrial = build_reading_trial(subjects=2, visits=("W00", "W24"))
        trial, coordinator = self.built_trial.trial, self.built_trial.actor("coordinator")
        for number in range(2, len(CANARIES)):
            trial.subjects.create(site=trial.sites.all()[0], code=f"S{number:03d}")
        self.holders = make_holders(trial, coordinator, self.built_trial.people["coordinator"], folder)
        self.folder = folder

    @property
    def campaign(self) -> Campaign:
        """As it is now."""
        return Campaign.objects.select_related("trial", "charter").get()

    def form(self, *acts: Act, who: str, name: str, key: tuple[object, ...] = (), **fields: Any) -> Post:
        """A form on a page of the trial, which is its own address."""
        address = reverse(name, args=["TWO", *key])
        return Post(acts, self.built_trial.people[who], address, address, lambda: dict(fields))

    def posts(self) -> Iterator[Post]:
        """From the charter to the arms."""
        yield from self.before_reading()
        yield from self.people()
        yield from self.reading()
        yield from self.after_reading()
        yield from self.transferring()
        yield from self.locking()
        yield from self.opening()

    def before_reading(self) -> Iterator[Post]:
        """Charter and qualification."""
        terms = {
            "instrument": "larsen-1995",
            "concordant_share": 0.0,
            "arms_may_be_opened": True,
            "reader_queries": True,
            "lead_approval": True,
        }
        draft_charter(trial=self.built_trial.trial, actor=self.built_trial.actor("coordinator"), terms=terms)
        yield self.form(Act.CHARTER, who="coordinator", name="reading:charter", key=(1,))
        yield self.form(Act.CHARTER_APPROVAL, who="lead", name="reading:charter", key=(1,), approve="1")
        reader = self.built_trial.people["reader"].pk
        given: dict[str, Any] = {"reader": reader, "instrument": "sens", "evidence": "ten films"}
        yield self.form(Act.QUALIFICATION, who="coordinator", name="reading:qualifications", **given)

    def people(self) -> Iterator[Post]:
        """A subject whose consent is recorded as withdrawn by mistake, and a reader who is suspended for a time."""
        subject = self.built_trial.trial.subjects.get(code="S002")
        given: dict[str, Any] = {
            "subject": subject.pk,
            "withdrawn_on": "2026-01-05",
            "statement": "all further use of films",
        }
        yield self.form(Act.CONSENT, who="coordinator", name="reading:consent", **given)
        key, reason = (subject.consent_withdrawals.get().pk,), "another subject was meant"
        name = "reading:correct-consent"
        yield self.form(Act.CONSENT_CORRECTION, who="coordinator", name=name, key=key, reason=reason)
        reader = self.built_trial.people["reader.two"]
        given = {"person": reader.pk, "cause": SuspensionCause.values[0], "reason": "seen by the lead in January"}
        yield self.form(Act.SUSPENSION, who="coordinator", name="reading:suspensions", **given)
        key = (ReaderSuspension.objects.get(person=reader).pk,)
        name = "reading:lift-suspension"
        yield self.form(Act.SUSPENSION_LIFTED, who="coordinator", name=name, key=key, reason="it is settled")

    def issue(self) -> None:
        """An open campaign whose reads are issued."""
        built_trial, coordinator = self.built_trial, self.built_trial.actor("coordinator")
        charter = built_trial.trial.charters.get()
        campaign = create_campaign(
            trial=built_trial.trial, actor=coordinator, charter=charter, code="C1", title="First"
        )
        scanned(campaign)
        open_campaign(campaign=campaign, actor=coordinator, subjects=built_trial.subjects, visits=built_trial.visits)
        readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
        request_batch(campaign=campaign, actor=coordinator, name="one", due_on=None, readers=readers, size=9)
        run_due_jobs()

    def reading(self) -> Iterator[Post]:
        """A later charter version, a read, its return and its correction, a case voided and issued again."""
        self.issue()
        yield self.amendment()
        read, *others = Read.objects.filter(reader=self.built_trial.people["reader"]).order_by("pk")
        fill_read(read, differing)
        yield signing(Act.READ, read)
        key = ("C1", read.pk)
        yield self.form(
            Act.RETURN, who="coordinator", name="reading:return", key=key, reason="incomplete", note="look again"
        )
        yield signing(Act.CORRECTED_READ, Read.objects.select_related("reader").get(pk=read.pk))
        yield from self.querying(read)
        key = ("C1", others[0].case_id)
        yield self.form(
            Act.VOID,
            Act.REISSUE,
            who="coordinator",
            name="reading:void",
            key=key,
            cause="identity",
            reason="a name on a film",
        )
        run_due_jobs()
        film, visits = self.built_trial.subjects[0].films.all()[0], self.built_trial.subjects[0].visits.order_by("pk")
        given: dict[str, Any] = {"visit": visits[1].pk, "scope": "exchange", "shown_visit": film.visit_id}
        given["reason"] = "two visits were exchanged"
        acts = (Act.MOVE, Act.VOID, Act.REISSUE)
        yield self.form(*acts, who="coordinator", name="reading:move-film", key=(film.pk,), **given)
        yield self.retake(film, visits[0])

    def querying(self, read: Read) -> Iterator[Post]:
        """A joint of the read is marked, its query released and answered."""
        lead = self.built_trial.actor("lead")
        mark_items(read=Read.objects.get(pk=read.pk), actor=lead, items=[DIFFERING])
        made = prepare_batch(campaign=self.campaign, actor=lead)
        yield self.form(Act.QUERIES, who="coordinator", name="reading:queries", key=("C1",), number=made.number)
        returned = Read.objects.select_related("reader").get(pk=read.pk)
        reasons = {one.key: "looked-again" for one in queried_items(returned)}
        confirm_items(read=returned, actor=self.built_trial.actor("reader"), reasons=reasons)
        yield signing(Act.CHECKED_READ, returned)

    def amendment(self) -> Post:
        """The campaign is put under a signed version with another pace."""
        trial, signs = self.built_trial.trial, self.built_trial.signs("coordinator")
        terms = {**self.campaign.charter.terms, "cases_per_day": 40}
        later = sign_charter(charter=draft_charter(trial=trial, actor=signs["actor"], terms=terms), **signs)
        later = approve_charter(charter=later, **self.built_trial.signs("lead"))
        given: dict[str, Any] = {"charter": later.pk, "reason": "readers asked for a limit"}
        return self.form(Act.AMENDMENT, who="coordinator", name="reading:amend", key=("C1",), **given)

    def retake(self, film: Film, visit: Visit) -> Post:
        """A film that came to a visit which had one of its view already is designated there."""
        film.refresh_from_db()
        signs = self.built_trial.signs("coordinator")
        move_and_reissue(film=film, visit=visit, scope="film", reason="of the same visit", **signs)
        acts = (Act.RETAKE, Act.VOID, Act.REISSUE)
        return self.form(
            *acts, who="coordinator", name="reading:designate-film", key=(film.pk,), reason="the sharper one"
        )

    def after_reading(self) -> Iterator[Post]:
        """Everything is read; the campaign is closed, reopened and closed again."""
        run_due_jobs()
        for read in Read.objects.filter(status="issued"):
            read_through(read)
        run_due_jobs()
        made = prepare_batch(campaign=self.campaign, actor=self.built_trial.actor("lead"))
        release_queries(campaign=self.campaign, number=made.number, **self.built_trial.signs("coordinator"))
        run_due_jobs()
        close_campaign(campaign=self.campaign, actor=self.built_trial.actor("coordinator"))
        yield self.form(
            Act.REOPENING, who="coordinator", name="reading:reopen", key=("C1",), reason="a late film is expected"
        )
        close_campaign(campaign=self.campaign, actor=self.built_trial.actor("coordinator"))

    def transferring(self) -> Iterator[Post]:
        """The listings of the blinded data review are received, and a finding decided on."""
        statistician = self.built_trial.people["statistician"]
        subject = self.built_trial.subjects[0]
        ask(
            trial=self.built_trial.trial,
            text="Which hand?",
            actor=self.built_trial.actor("coordinator"),
            subject=subject,
        )
        wanted = WantedTransfer(purpose="review", recipient=statistician)
        actor = self.built_trial.actor("statistician")
        made = ask_for_transfer(campaign=self.campaign, actor=actor, user=statistician, wanted=wanted)
        run_due_jobs()
        close(question=Question.objects.get(), actor=self.built_trial.actor("coordinator"))
        made.refresh_from_db()
        key = ("C1", made.number)
        yield self.form(Act.TRANSFER_RECEIPT, who="statistician", name="scoring:transfer", key=key, root=made.root)
        given = {"decision": "accepted", "note": "seen at the meeting"}
        found = findings_of(made)[0]["FINDING"]
        yield self.form(Act.REVIEW_DECISION, who="statistician", name="scoring:finding", key=(*key, found), **given)

    def build(self) -> Dataset:
        """A dataset, built."""
        made = request_dataset(campaign=self.campaign, actor=self.built_trial.actor("statistician"))
        run_due_jobs()
        return Dataset.objects.select_related("campaign__trial", "campaign__charter").get(pk=made.pk)

    def locking(self) -> Iterator[Post]:
        """A lock by two, unlocked by two, and locked again; then the score history is reviewed."""
        self.build()
        dataset, lock = ("C1", 1), ("C1", 1)
        yield self.form(Act.LOCK_REQUEST, who="statistician", name="scoring:dataset", key=dataset)
        yield self.form(Act.LOCK_CONFIRMATION, who="signer", name="scoring:dataset", key=dataset)
        yield self.form(Act.UNLOCK_REQUEST, who="statistician", name="scoring:unlock", key=lock, reason="overlooked")
        yield self.form(Act.UNLOCK_AGREEMENT, who="signer", name="scoring:agree", key=lock)
        again = self.build()
        request_lock(dataset=again, **self.built_trial.signs("statistician"))
        confirm_lock(dataset=again, **self.built_trial.signs("signer"))
        review = self.form(Act.SCORE_REVIEW, who="auditor", name="scoring:review_scores", note="all of them")
        review.page = review.address = f"{review.address}?campaign=C1"
        yield review

    def opening(self) -> Iterator[Post]:
        """Two shares and the arms."""
        opening = Opening(self.built_trial, self.holders, self.campaign, self.folder)
        codes = self.built_trial.trial.subjects.order_by("code").values_list("code", flat=True)
        self.holders.seal(dict(zip(codes, CANARIES, strict=True)))
        asked = ask_for_arms(
            campaign=self.campaign,
            actor=self.built_trial.actor("statistician"),
            user=self.built_trial.people["statistician"],
            reason="the final analysis",
        )
        share = opening.share(asked, 0)
        address = reverse("scoring:arms_request", args=["TWO", asked.token])
        custodian = self.holders.custodians[0].user
        yield Post(
            (Act.ARMS_SHARE,),
            custodian,
            address,
            address,
            lambda: {"opening_share": SimpleUploadedFile("my.share.json", json.dumps(json.loads(share)).encode())},
            CAST_PASSWORD,
        )
        opening.give(asked, 1)
        run_due_jobs()
        yield self.form(
            Act.ARMS_RECEIPT, who="statistician", name="scoring:receive_arms", key=(asked.token,), understood="on"
        )
