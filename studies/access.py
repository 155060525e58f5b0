"""Fetching and authorising in one call: no data of a trial are fetched without a permission check."""

from __future__ import annotations

from django.http import Http404, HttpRequest

from accounts.roles import Action, allows
from audit.trail import Actor
from config.errors import NotAllowed
from studies.models import Membership, Site, Trial
from studies.plan.first_request import note_first_use


def memberships_or_404(request: HttpRequest, code: str) -> list[Membership]:
    """The person's memberships in the trial; any other trial gets the response for one that does not exist."""
    held = list(Membership.objects.of(request.user.pk, code)) if request.user.is_authenticated else []
    if not held:
        raise Http404
    note_first_use(held)
    return held


def trial_or_404(request: HttpRequest, code: str, action: Action) -> tuple[Trial, Actor]:
    """The trial and the person acting in the role that permits the action; NotAllowed when none does."""
    for membership in memberships_or_404(request, code):
        if allows(membership.role, action):
            return membership.trial, actor_of(membership)
    raise NotAllowed(str(action))


def site_or_404(request: HttpRequest, code: str, action: Action) -> tuple[Trial, Site, Actor]:
    """The trial and the person's own site."""
    for membership in memberships_or_404(request, code):
        if membership.site is not None and allows(membership.role, action):
            return membership.trial, membership.site, actor_of(membership)
    raise NotAllowed(str(action))


def actor_of(membership: Membership) -> Actor:
    """The person in that role, as the audit trail names them."""
    return Actor(user_id=membership.user_id, label=str(membership.user), role=membership.role)
