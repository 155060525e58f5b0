"""Who takes part in a trial: granted and revoked by the coordinator, with a reason."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render

from accounts.roles import ROLE_NAMES, Action, Role
from config.cells import Column
from config.filters import ChoiceFilter
from config.form_refusals import refused_on
from config.listing import Listing
from studies.access import trial_or_404
from studies.forms.members import GrantForm
from studies.forms.planning import ReasonForm
from studies.models import Membership
from studies.plan.membership import GRANTABLE, grant, revoke

NAMES = [(role.value, ROLE_NAMES[role]) for role in GRANTABLE]
COLUMNS = [
    Column("person", "Person", "user", "user__name"),
    Column("email", "E-mail address", "user.email", "user__email"),
    Column("role", "Role", lambda held: ROLE_NAMES[Role(held.role)], "role", ChoiceFilter("role", NAMES)),
    Column("site", "Site", "site.code", "site__code"),
    Column("since", "Since", "granted_at", "granted_at"),
    Column("reason", "Reason", sort="reason"),
    Column("until", "Until", "revoked_at", "revoked_at"),
    Column("end", "End", lambda held: "", template="studies/cells/revoke.html", csv=False),
]


def members(request: HttpRequest, code: str) -> HttpResponseBase:
    """Everyone who holds or held a role, and a form for one more."""
    trial, actor = trial_or_404(request, code, Action.GRANT_MEMBERSHIP)
    form = GrantForm(trial, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            typed = form.cleaned_data
            user, role, site = typed["person"], typed["role"], typed["site"]
            grant(trial=trial, user=user, role=role, site=site, reason=typed["reason"], actor=actor)
            messages.success(request, f"{user} is now {ROLE_NAMES[Role(role)].lower()} of this trial.")
            return redirect(request.path)
    rows = trial.memberships.select_related("user", "site", "trial")
    search = ["user__name", "user__email", "reason"]
    listing = Listing(request, rows, columns=COLUMNS, name="people", search=search, sort="role", hidden=["until"])
    answer = listing.respond("studies/members.html", {"trial": trial, "form": form, "submit": "Grant the role"})
    if form.errors:
        answer.status_code = 400
    return answer


def end_membership(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Revokes one role."""
    trial, actor = trial_or_404(request, code, Action.GRANT_MEMBERSHIP)
    held = get_object_or_404(Membership.objects.select_related("user", "trial", "site"), trial=trial, pk=pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            revoke(membership=held, reason=form.cleaned_data["reason"], actor=actor)
            messages.success(request, f"{held.user} is no longer {ROLE_NAMES[Role(held.role)].lower()} of this trial.")
            return redirect("studies:members", code)
    context = {"trial": trial, "held": held, "role": ROLE_NAMES[Role(held.role)], "form": form}
    return render(request, "studies/end_membership.html", context, status=400 if form.errors else 200)
