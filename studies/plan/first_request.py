"""The first request of a person under a role, recorded once; later requests write nothing."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from audit.trail import Actor, audited_atomic
from config.errors import NotAllowed
from studies.models import Membership
from studies.plan.membership import record_event


def note_first_use(held: Iterable[Membership]) -> None:
    """Records the first request under each of these roles, which the person holds now."""
    for membership in held:
        if membership.first_used_at is None:
            begin_use(membership=membership)


def begin_use(*, membership: Membership) -> None:
    """Records the first of several simultaneous requests; a role that was revoked in between is refused."""
    actor = Actor(user_id=membership.user_id, label=str(membership.user), role=membership.role)
    with audited_atomic():
        fresh = Membership.objects.current().filter(pk=membership.pk, first_used_at=None)
        if fresh.update(first_used_at=timezone.now()):
            record_event(membership, "studies.membership.used", actor, "")
        elif not Membership.objects.current().filter(pk=membership.pk).exists():
            raise NotAllowed(message="Your role in this trial has just ended. Ask its coordinator.")
