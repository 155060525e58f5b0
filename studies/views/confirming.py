"""Roles that await a third person, for coordinators and administrators: the list, and the decision on one."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from accounts.identity import signed_in
from accounts.models import User
from accounts.roles import ROLE_NAMES, Action, Role
from audit.trail import Actor
from config.cells import Column
from config.errors import NotAllowed
from config.form_refusals import refused_on
from config.listing import Listing
from studies.forms.members import DecisionForm
from studies.models import Membership
from studies.plan.confirming import confirm_membership, not_for, refuse_membership, why_not_third

COLUMNS = [
    Column("trial", "Trial", "trial", "trial__code"),
    Column("person", "Person", "user", "user__name"),
    Column("email", "E-mail address", "user.email", "user__email"),
    Column("role", "Role", lambda held: ROLE_NAMES[Role(held.role)], "role"),
    Column("granted_by", "Granted by", "granted_by", "granted_by__name"),
    Column("since", "Since", "granted_at", "granted_at"),
    Column("reason", "Reason", sort="reason"),
    Column("decide", "Decide", lambda held: "", template="studies/cells/decide_role.html", csv=False),
]


def roles_to_confirm(request: HttpRequest) -> HttpResponseBase:
    """Every role that this person may confirm or refuse."""
    user = signed_in(request)
    rows = open_to(user).exclude(not_for(user.pk))
    listing = Listing(
        request,
        rows,
        columns=COLUMNS,
        name="roles-to-confirm",
        search=["trial__code", "user__name", "user__email"],
        sort="since",
        empty="No roles are waiting for your confirmation.",
    )
    return listing.respond("studies/roles_to_confirm.html", {})


def open_to(user: User) -> QuerySet[Membership]:
    """Pending roles of the trials that the person coordinates or, for an administrator, in which they hold no role."""
    own = Membership.objects.filter(user=user, revoked_at=None)
    coordinated = own.filter(role=Role.COORDINATOR, pending=False).values("trial")
    if not (user.is_administrator or coordinated.exists()):
        raise NotAllowed(str(Action.CONFIRM_MEMBERSHIP))
    waiting = Membership.objects.pending().select_related("trial", "user", "granted_by", "site")
    outside = ~Q(trial__in=own.values("trial")) if user.is_administrator else Q(pk__in=[])
    return waiting.filter(Q(trial__in=coordinated) | outside)


def decide_role(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirms the role, or refuses it with a reason."""
    user = signed_in(request)
    held = open_to(user).filter(pk=pk).first()
    if held is None:
        raise Http404
    actor, form = actor_for(user, held), DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            decide(request, held, actor, form)
            return redirect("studies:roles_to_confirm")
    context = {"held": held, "role": ROLE_NAMES[Role(held.role)], "form": form, "why_not": why_not_third(held, actor)}
    return render(request, "studies/decide_role.html", context, status=400 if form.errors else 200)


def actor_for(user: User, held: Membership) -> Actor:
    """The person as coordinator of the trial, or else as administrator."""
    coordinates = Membership.objects.current().filter(user=user, trial=held.trial_id, role=Role.COORDINATOR)
    return Actor(user.pk, str(user), Role.COORDINATOR if coordinates.exists() else Role.ADMINISTRATOR)


def decide(request: HttpRequest, held: Membership, actor: Actor, form: DecisionForm) -> None:
    """Carries out the decision and confirms it in a message."""
    role = ROLE_NAMES[Role(held.role)].lower()
    if form.cleaned_data["decision"] == "confirm":
        confirm_membership(membership=held, actor=actor)
        messages.success(request, f"{held.user} is now {role} of trial {held.trial.code}.")
    else:
        refuse_membership(membership=held, reason=form.cleaned_data["reason"], actor=actor)
        messages.success(request, f"The role {role} of {held.user} in trial {held.trial.code} was refused.")
