"""People's roles in a trial: granted and revoked by the coordinator, with a reason."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render

from accounts.models import User
from accounts.roles import ROLE_NAMES, Action, Role
from accounts.roles_apart import GRANTABLE, INCOMPATIBLE, fewest_people
from audit.trail import Actor
from config.cells import Column
from config.filters import ChoiceFilter
from config.form_refusals import refused_on
from config.listing import Listing
from studies.access import trial_or_404
from studies.forms.members import GrantForm
from studies.forms.planning import ReasonForm
from studies.models import Membership
from studies.plan.inviting import admit, host_of
from studies.plan.membership import revoke

NAMES = [(role.value, ROLE_NAMES[role]) for role in GRANTABLE]

WAITS = (
    " It is waiting for a third person: another coordinator, or an administrator without a role in this trial. It gives"
    " no access until then."
)
NOT_ACCEPTED = "who has not accepted the earlier invitation; an administrator can send it again."


def state_of(held: Membership) -> str:
    """The state of the role."""
    if held.revoked_at is None:
        return "waiting for confirmation" if held.pending else "active"
    return "never confirmed" if held.pending else "ended"


COLUMNS = [
    Column("person", "Person", "user", "user__name"),
    Column("email", "E-mail address", "user.email", "user__email"),
    Column("role", "Role", lambda held: ROLE_NAMES[Role(held.role)], "role", ChoiceFilter("role", NAMES)),
    Column("site", "Site", "site.code", "site__natural"),
    Column("state", "State", state_of),
    Column("since", "Since", "granted_at", "granted_at"),
    Column("reason", "Reason", sort="reason"),
    Column("until", "Until", "revoked_at", "revoked_at"),
    Column("end", "End", lambda held: "", template="studies/cells/revoke.html", csv=False),
]


def members(request: HttpRequest, code: str) -> HttpResponseBase:
    """Everyone who holds or held a role, and a form for one more."""
    trial, actor = trial_or_404(request, code, Action.GRANT_MEMBERSHIP)
    may_invite = host_of(actor) is not None
    form = GrantForm(trial, request.POST or None, may_invite=may_invite)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            typed = form.cleaned_data
            email = typed.pop("person")
            made, invited = admit(trial=trial, email=email, actor=actor, **typed)
            messages.success(request, said_of_grant(made, invited=invited))
            return redirect(request.path)
    rows = trial.memberships.select_related("user", "site", "trial")
    search = ["user__name", "user__email", "reason"]
    listing = Listing(request, rows, columns=COLUMNS, name="people", search=search, sort="role", hidden=["until"])
    context = {
        "trial": trial,
        "form": form,
        "submit": "Invite or grant the role" if may_invite else "Grant the role",
        "groups": [fewest_people(), fewest_people(with_arms=True)],
        "pairs": pairs_in_words(),
        "known": people_known_to(actor),
    }
    answer = listing.respond("studies/members.html", context)
    if form.errors:
        answer.status_code = 400
    return answer


def people_known_to(actor: Actor) -> QuerySet[User]:
    """The active people with a role, now or formerly, in a trial that this person coordinates."""
    own = Membership.objects.current().filter(user=actor.user_id, role=Role.COORDINATOR).values("trial")
    held = Membership.objects.filter(trial__in=own).values("user")
    return User.objects.filter(pk__in=held, is_active=True).order_by("name", "email")


def said_of_grant(made: Membership, *, invited: bool) -> str:
    """The message to the coordinator after a grant."""
    role = ROLE_NAMES[Role(made.role)].lower()
    if invited:
        return f"The role {role} was granted to {made.user}, who has been invited by e-mail.{WAITS * made.pending}"
    if not made.user.has_usable_password():
        return f"The role {role} was granted to {made.user}, {NOT_ACCEPTED}{WAITS * made.pending}"
    if made.pending:
        return f"The role {role} was granted to {made.user}.{WAITS}"
    return f"{made.user} is now {role} of this trial."


def pairs_in_words() -> list[tuple[str, str, str]]:
    """The roles that exclude each other, each pair with its reason."""
    rows = [
        (
            *(ROLE_NAMES[role] for role in GRANTABLE if role in pair),
            rule.reason + (" This also applies to former roles." * rule.formerly),
        )
        for pair, rule in INCOMPATIBLE.items()
    ]
    return sorted((one, other, why) for one, other, why in rows)


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
