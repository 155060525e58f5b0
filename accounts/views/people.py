"""The administrator's pages of accounts."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts import passwords, people
from accounts import second_factor as factors
from accounts.forms import AccountReasonForm, InviteForm
from accounts.identity import administrator
from accounts.models import User
from accounts.navigation import places_of
from accounts.roles import Action
from accounts.sign_on import identities
from audit.trail import Actor
from config.cells import Badge, Column, Link
from config.errors import BadInput
from config.filters import ChoiceFilter, MomentFilter
from config.form_refusals import refused_on
from config.listing import Listing
from config.sent_forms import sent_from
from config.wording import either, quoted

YES_NO = [("True", "yes"), ("False", "no")]
STATES = [("active", "Active"), ("invited", "Invited"), ("disabled", "Disabled")]


def state_of(user: User) -> Badge:
    """Active, invited or disabled."""
    state = "disabled" if not user.is_active else "active" if user.has_usable_password() else "invited"
    return Badge(state, dict(STATES)[state], tone="good" if state == "active" else "")


COLUMNS = [
    Column("name", "Name", value=lambda u: Link(str(u), reverse("account", args=[u.pk])), sort="name"),
    Column("email", "E-mail address", sort="email"),
    Column("state", "State", value=state_of, sort=("is_active", "invited_at")),
    Column("is_active", "In use", sort="is_active", filter=ChoiceFilter("is_active", YES_NO)),
    Column(
        "is_administrator", "Administrator", sort="is_administrator", filter=ChoiceFilter("is_administrator", YES_NO)
    ),
    Column("factor", "Second factor", value="factor", sort="factor"),
    Column("last_login", "Last signed in", sort="last_login", filter=MomentFilter("last_login")),
    Column("created_at", "Created", sort="created_at"),
]


def accounts(request: HttpRequest) -> HttpResponseBase:
    """Every account of the installation."""
    administrator(request, Action.MANAGE_ACCOUNTS)
    factor = Authenticator.objects.filter(user=OuterRef("pk"), type=Authenticator.Type.TOTP)
    rows = User.objects.annotate(factor=Exists(factor))
    listing = Listing(request, rows, columns=COLUMNS, name="accounts", search=("name", "email"), sort="name")
    return listing.respond("accounts/accounts.html")


def invite(request: HttpRequest) -> HttpResponse:
    """Invites a person by e-mail."""
    actor = administrator(request, Action.MANAGE_ACCOUNTS)
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            user = people.invite(actor=actor, **form.cleaned_data)
            messages.success(request, f"{user.email} has been invited. The link is on its way by e-mail.")
            return redirect("account", user.pk)
    return render(request, "accounts/invite.html", {"form": form}, status=400 if form.errors else 200)


def account(request: HttpRequest, pk: int) -> HttpResponse:
    """One account and the actions on it."""
    actor = administrator(request, Action.MANAGE_ACCOUNTS)
    user = get_object_or_404(User, pk=pk)
    context = {
        "account": user,
        "state": state_of(user),
        "places": places_of(user.pk),
        "has_factor": factors.has_second_factor(user),
        "sign_on": identities.linked_to(user),
        "form": AccountReasonForm(),
        "steps": steps_for(user, actor),
    }
    return render(request, "accounts/account.html", context)


# By the last part of the address: the button's label, the confirmation question, whether it is destructive.
STEPS: dict[str, tuple[str, str, bool]] = {
    "invite-again": ("Send the invitation again", "Send a new invitation? The earlier link stops working.", False),
    "send-link": ("Send a password link", "E-mail this person a link to set a new password?", False),
    "end-sessions": ("End all sessions", "Sign this person out everywhere?", True),
    "remove-sign-on": ("Remove single sign-on", "Remove the link and end all sessions?", True),
    "reset-second-factor": ("Reset the second factor", "Remove the second factor and end all sessions?", True),
    "make-administrator": ("Make administrator", "Let this person manage all accounts?", False),
    "unmake-administrator": ("Revoke administrator rights", "Revoke this person's administrator rights?", True),
    "disable": ("Disable the account", "End all sessions and stop this person from signing in?", True),
    "enable": ("Enable the account", "Let this person sign in again?", False),
}
STEP_DONE = {
    "invite-again": "A new invitation was sent.",
    "send-link": "A link to set a new password was sent.",
    "end-sessions": "All sessions of this person were ended.",
    "remove-sign-on": "The single sign-on link was removed.",
    "reset-second-factor": "The second factor was reset.",
    "make-administrator": "This person is now an administrator.",
    "unmake-administrator": "This person is no longer an administrator.",
    "disable": "The account was disabled.",
    "enable": "The account was enabled.",
}


def steps_for(user: User, actor: Actor) -> list[tuple[str, str, str, bool]]:
    """The actions available in the account's current state; nobody resets their own second factor."""
    fit = ["enable"]
    if user.is_active:
        used = ["send-link", "end-sessions"] if user.has_usable_password() else ["invite-again"]
        factor = ["reset-second-factor"] if actor.user_id != user.pk and factors.has_second_factor(user) else []
        sign_on = ["remove-sign-on"] if identities.linked_to(user) else []
        rights = "unmake-administrator" if user.is_administrator else "make-administrator"
        fit = [*used, *sign_on, *factor, rights, "disable"]
    return [(step, *STEPS[step]) for step in fit]


@sent_from("account", "pk")
def account_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """Carries out one action on an account, with a reason."""
    actor = administrator(request, Action.MANAGE_ACCOUNTS)
    user = get_object_or_404(User, pk=pk)
    form = AccountReasonForm(request.POST)
    if not form.is_valid():
        given = request.POST.get("reason", "").strip()
        raise BadInput(f"A reason has 1 to 200 characters. You gave {len(given)}.", field="reason")
    carry_out(step, user=user, reason=form.cleaned_data["reason"], actor=actor)
    messages.success(request, STEP_DONE[step])
    return redirect("account", pk)


# The functions behind the actions that need nothing but the account, the reason and the administrator.
REASONED: dict[str, Callable[..., None]] = {
    "send-link": passwords.send_password_link,
    "end-sessions": people.end_sessions,
    "remove-sign-on": identities.remove_link,
    "reset-second-factor": factors.reset_second_factor,
    "disable": people.disable,
    "enable": people.enable,
}


def carry_out(step: str, *, user: User, reason: str, actor: Actor) -> None:
    """Calls the function behind the action."""
    if step in REASONED:
        REASONED[step](user=user, reason=reason, actor=actor)
    elif step == "invite-again":
        people.invite_again(user=user, actor=actor)
    elif step in ("make-administrator", "unmake-administrator"):
        wanted = step == "make-administrator"
        people.set_administrator(user=user, is_administrator=wanted, reason=reason, actor=actor)
    else:
        raise BadInput(f"There is no action {quoted(step)} on accounts. Choose {either(STEPS)}.")
