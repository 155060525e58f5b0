"""Readers can open only their own reads; the token of another read gets the response for one that does not exist."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest

from accounts.roles import READING_ROLES, Action, Role, allows
from audit.trail import Actor
from config.compiled import CompiledQuery
from config.errors import NotAllowed, WrongState
from reading.issuing.suspensions import suspended_in_words
from reading.models import CampaignStatus, Read, ReaderSuspension, ReadKind, ReadStatus, ReadStep
from reading.models.read import KEPT_FOR_LOOKS
from reading.room.steps import address_of, may_look_back, status_of, takes_values
from studies.models import Membership
from studies.plan.first_request import note_first_use


def own_id(request: HttpRequest) -> int:
    """The account id of the signed-in person; a visitor finds nothing."""
    if request.user.pk is None:
        raise Http404
    return request.user.pk


# Reads that still have a screen. Readers can no longer open the others.
VISIBLE = (ReadStatus.ISSUED, ReadStatus.OPENED, ReadStatus.RETURNED, ReadStatus.SIGNED)


@dataclass(frozen=True)
class Piece:
    """The object of an address: a read and its reader's current step."""

    read: Read
    step: ReadStep
    actor: Actor

    @property
    def token(self) -> str:
        """The token of the address."""
        return address_of(self.read, self.step)

    @property
    def writable(self) -> bool:
        """Whether values may be entered now."""
        return takes_values(self.read, self.step)

    @property
    def status(self) -> ReadStatus:
        """The status of the entry in the worklist."""
        return status_of(self.read, self.step)


def piece_or_404(request: HttpRequest, token: str, *, to_look_at: bool = False) -> Piece:
    """The person's own read with its step, campaign and charter; nothing that identifies a subject is fetched.

    With `to_look_at`, a signed read is not found where the charter does not let readers view signed reads. Once the
    campaign is closed nothing is found: readers no longer see even their own scores.
    """
    steps = OWN_STEPS.rows(token=token, reader=request.user.pk)
    if not steps:
        raise Http404
    step = next((one for one in steps if one.locked_at is None), steps[-1])
    piece = Piece(step.read, step, reader_actor(request, step))
    if (
        to_look_at
        and not piece.writable
        and piece.status != ReadStatus.ISSUED
        and not may_look_back(piece.read.case.campaign)
    ):
        raise Http404
    return piece


def own_steps(*, token: str, reader: int) -> QuerySet[ReadStep]:
    """The steps of the reader's own read at an address, with the roles and the state on which access depends."""
    own = ReadStep.objects.filter(
        Q(read__status__in=VISIBLE) | KEPT_FOR_LOOKS,
        pk__in=steps_at(token),
        read__reader_id=reader,
        read__case__campaign__status=CampaignStatus.OPEN,
        read__case__consent_withdrawn=False,
    )
    fetched = own.select_related(
        "read__case__campaign__charter", "read__case__campaign__trial", "read__case__campaign__training", "read__reader"
    )
    roles = {"reads": holds(Role.READER), "adjudicates": holds(Role.ADJUDICATOR), "first_request": has_unused_role()}
    roles["suspended"] = Exists(suspensions_of_readers())
    return fetched.annotate(**roles).order_by("position")


OWN_STEPS = CompiledQuery(own_steps, token=str, reader=int)


def steps_at(token: str) -> QuerySet[ReadStep, Any]:
    """The keys of the steps at an address, found by index, so that the time does not depend on the size of trials."""
    own = ReadStep.objects.filter(token=token).order_by().values("pk")
    of_read = ReadStep.objects.filter(token=None, read__token=token).order_by().values("pk")
    return own.union(of_read, all=True)


def own_roles() -> QuerySet[Membership]:
    """The roles that the reader of a step has in its trial now."""
    own = Membership.objects.current().filter(user=OuterRef("read__reader"))
    return own.filter(trial=OuterRef("read__case__campaign__trial"))


def suspensions_of_readers() -> QuerySet[ReaderSuspension]:
    """The suspension of the reader of a step in its trial, if there is one now."""
    current = ReaderSuspension.objects.current().filter(person=OuterRef("read__reader"))
    return current.filter(trial=OuterRef("read__case__campaign__trial"))


def holds(role: Role) -> Exists:
    """Whether the reader of a step has this role in its trial now."""
    return Exists(own_roles().filter(role=role))


def has_unused_role() -> Exists:
    """Whether the reader of a step has a reading role in its trial under which no request was recorded."""
    return Exists(own_roles().filter(role__in=READING_ROLES, first_used_at=None))


def reader_actor(request: HttpRequest, step: ReadStep) -> Actor:
    """The person in the role in which the read was issued to them; WrongState while they are suspended."""
    adjudicates = step.read.kind == ReadKind.ADJUDICATION
    role = Role.ADJUDICATOR if adjudicates else Role.READER
    if not vars(step)["adjudicates" if adjudicates else "reads"] or not allows(role, Action.READ_CASES):
        raise NotAllowed(str(Action.READ_CASES))
    campaign = step.read.case.campaign
    if vars(step)["suspended"] and not campaign.trains:
        raise WrongState(suspended_in_words(campaign.trial.code))
    if vars(step)["first_request"]:
        current = Membership.objects.current().filter(user=request.user.pk, trial=step.read.case.campaign.trial)
        note_first_use(current.filter(role=role).select_related("trial", "user"))
    return Actor(user_id=request.user.pk, label=str(request.user), role=role)
