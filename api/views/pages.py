"""The page of access tokens: a coordinator makes and revokes them, everyone sees and collects their own."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.roles import ROLE_NAMES, Action, Role, allows
from api.forms import TokenForm
from api.models import AccessToken, AccessTokenQuerySet
from api.tokens import make_token, revoke_token, show_token
from audit.trail import Actor
from config.cells import Badge, Column
from config.form_refusals import refused_on
from config.listing import Listing
from config.sent_forms import sent_from
from studies.access import trial_or_404
from studies.forms.planning import ReasonForm
from studies.models import Trial

TONES = {"in use": "good", "to be collected": "waiting"}
EMPTY = "There are no access tokens. A program needs one to read or write this trial's data through the API."


def tokens(request: HttpRequest, code: str) -> HttpResponseBase:
    """The tokens of the trial, or one's own, and for a coordinator a form for one more."""
    trial, actor = trial_or_404(request, code, Action.USE_TOKENS)
    manages = allows(actor.role, Action.MANAGE_TOKENS)
    form = TokenForm(trial, request.POST or None) if manages else None
    if form is not None and request.method == "POST" and form.is_valid():
        with refused_on(form):
            typed = form.cleaned_data
            made = make_token(membership=typed.pop("holder"), actor=actor, **typed)
            messages.success(
                request, f"The token “{made.label}” is ready for {made.membership.user}, who can view it once."
            )
            return redirect(request.path)
    listing = Listing(
        request, seen_by(trial, actor), columns=columns_for(actor), name="access-tokens", empty=EMPTY, sort="-made"
    )
    context = {"trial": trial, "form": form, "submit": "Make the token"}
    answer = listing.respond("api/tokens.html", context)
    if form is not None and form.errors:
        answer.status_code = 400
    return answer


def seen_by(trial: Trial, actor: Actor) -> AccessTokenQuerySet:
    """Every token of the trial for people who may make tokens, otherwise one's own."""
    rows = AccessToken.objects.of_trial(trial)
    return rows if allows(actor.role, Action.MANAGE_TOKENS) else rows.filter(membership__user=actor.user_id)


def columns_for(actor: Actor) -> list[Column]:
    """The columns of the list; the last one depends on the person who views it."""
    today = timezone.localdate()

    def state(token: AccessToken) -> Badge:
        word = token.state(today)
        return Badge(word, word.capitalize(), TONES.get(word, "held"))

    def own(token: AccessToken) -> str:
        return "own" if token.membership.user_id == actor.user_id else ""

    return [
        Column("label", "Label", sort="label"),
        Column("person", "Person", "membership.user", "membership__user__name"),
        Column("role", "Role", lambda token: ROLE_NAMES[Role(token.membership.role)], "membership__role"),
        Column("scopes", "Scopes", lambda token: ", ".join(token.scopes)),
        Column("state", "State", state),
        Column("expires_on", "Last day", sort="expires_on"),
        Column("last_used_on", "Last used", sort="last_used_on"),
        Column("made", "Made", "made_at", "made_at"),
        Column("made_by", "Made by", "made_by", "made_by__name"),
        Column("do", "", own, template="api/cells/token.html", csv=False),
    ]


def token_or_404(request: HttpRequest, code: str, pk: int) -> tuple[Trial, AccessToken, Actor]:
    """A token that the person sees in the list."""
    trial, actor = trial_or_404(request, code, Action.USE_TOKENS)
    found = seen_by(trial, actor).filter(pk=pk).first()
    if found is None:
        raise Http404
    return trial, found, actor


@sent_from("api:tokens", "code")
def show(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Shows the text of a token, once."""
    trial, token, actor = token_or_404(request, code, pk)
    text = show_token(token=token, actor=actor)
    return render(request, "api/shown.html", {"trial": trial, "token": token, "text": text})


def revoke(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Revokes a token, with a reason."""
    trial, token, actor = token_or_404(request, code, pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            revoke_token(token=token, reason=form.cleaned_data["reason"], actor=actor)
            messages.success(request, f"The token “{token.label}” has been revoked and no longer works.")
            return redirect("api:tokens", code)
    context = {"trial": trial, "token": token, "form": form}
    return render(request, "api/revoke.html", context, status=400 if form.errors else 200)
