"""The menu of a person: their trials at the top, and the pages of films and planning that their roles permit."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from django.urls import reverse

from accounts.navigation import TrialRole, declare_entry, declare_pending, declare_places
from accounts.roles import Action, Role
from studies.models import Membership


def places(user_id: int) -> Iterator[TrialRole]:
    """Every role that the person holds now; the first page of a trial redirects each role to its start page."""
    # The site is looked up only for site roles: requests of readers name no table of sites.
    held = Membership.objects.current().filter(user_id=user_id).select_related("trial")
    for membership in held.order_by("trial__code", "role"):
        trial, url = membership.trial, reverse("studies:trial", args=[membership.trial.code])
        yield TrialRole(trial.code, trial.title, Role(membership.role), url, partial(site_of, membership))


def site_of(membership: Membership) -> str:
    """The site of a site role, in words; empty for other roles."""
    return f"site {membership.site.code}" if membership.site else ""


def waiting_roles(user_id: int) -> Iterator[tuple[str, Role]]:
    """The person's roles that await confirmation."""
    held = Membership.objects.pending().filter(user_id=user_id).order_by("trial__code", "role")
    for code, role in held.values_list("trial__code", "role"):
        yield code, Role(role)


declare_places(places)
declare_pending(waiting_roles)
declare_entry("Your films", "studies:site", Action.SEE_SITE_FILMS, group="Films")
declare_entry("Upload films", "studies:site_upload", Action.UPLOAD_FILMS, group="Films")
declare_entry("Expected films", "studies:site_calendar", Action.SEE_SITE_FILMS, group="Films")
declare_entry("Questions to you", "studies:site_questions", Action.ANSWER_QUESTIONS, group="Films")
declare_entry("Visits", "studies:visits", Action.SET_UP_TRIAL, group="Films")
declare_entry("QC desk", "studies:desk", Action.CHECK_FILMS, group="Films")
declare_entry("Joints", "studies:joints", Action.PLACE_JOINTS, group="Films")
declare_entry("Masks", "studies:masks", Action.CONFIRM_MASKS, group="Films")
declare_entry("Films", "studies:films", Action.CHECK_FILMS, group="Films")
declare_entry("Questions", "studies:questions", Action.ASK_QUESTIONS, group="Films")
declare_entry("Consent", "reading:consent", Action.RECORD_CONSENT, group="Films")
declare_entry("Completeness", "studies:completeness", Action.SEE_COMPLETENESS, group="Films")
declare_entry("Expected films", "studies:calendar", Action.SEE_COMPLETENESS, group="Films")
declare_entry("Overview", "studies:trial", Action.SET_UP_TRIAL, group="Trial", alone=True)
declare_entry(
    "Set-up", "studies:set_up", Action.SET_UP_TRIAL, group="Trial", also=("studies:arms", "studies:arms_choose")
)
declare_entry("People", "studies:members", Action.GRANT_MEMBERSHIP, group="Trial")
declare_entry(
    "Roles to confirm", "studies:roles_to_confirm", Action.CONFIRM_MEMBERSHIP, group="Administration", of_trial=False
)
declare_entry("Arms", "studies:arms", Action.HOLD_ARMS, group="Trial")
declare_entry("Deviation log", "studies:deviations", Action.SEE_DEVIATIONS, group="Trial")
declare_entry("Audit trail", "audit:trail", Action.SEE_AUDIT, group="Trial")
