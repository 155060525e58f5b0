"""A reader reaches his own reads and nothing else; a foreign token answers as if it were absent."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from accounts.roles import Action, Role, allows
from audit.trail import Actor
from config.errors import NotAllowed
from reading.models import Read, ReadKind, ReadStatus
from studies.models import Membership


def own_id(request: HttpRequest) -> int:
    """The account id of the person signed in; a visitor finds nothing."""
    if request.user.pk is None:
        raise Http404
    return request.user.pk


# Reads that still have a screen: the others are gone for their reader.
VISIBLE = (ReadStatus.ISSUED, ReadStatus.OPENED, ReadStatus.RETURNED, ReadStatus.SIGNED)


def read_or_404(request: HttpRequest, token: str) -> tuple[Read, Actor]:
    """The person's own read, with its campaign and charter; nothing that identifies a subject is fetched."""
    read = (
        Read.objects.filter(token=token, reader_id=request.user.pk, status__in=VISIBLE)
        .select_related("case__campaign__charter", "case__campaign__trial", "reader")
        .first()
    )
    if read is None:
        raise Http404
    return read, reader_actor(request, read)


def reader_actor(request: HttpRequest, read: Read) -> Actor:
    """The person in the role in which he holds the read."""
    role = Role.READER if read.kind == ReadKind.PRIMARY else Role.ADJUDICATOR
    held = set(
        Membership.objects.current()
        .filter(user_id=own_id(request), trial_id=read.case.campaign.trial_id)
        .values_list("role", flat=True)
    )
    if role not in held or not allows(role, Action.READ_CASES):
        raise NotAllowed(str(Action.READ_CASES))
    return Actor(user_id=request.user.pk, label=str(request.user), role=role)
