"""Opening the arms: requested by the statistician, agreed to by two custodians, received on the unblinded side."""

from __future__ import annotations

import io

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_variables

from accounts.roles import Action, allows
from audit.trail import Actor
from config.errors import NotAllowed
from config.form_refusals import refused_on
from config.sent_forms import sent_from
from jobs.models import Job
from reading.models import Campaign
from scoring.arms.opening_shares import LARGEST_SHARE, give_share
from scoring.arms.reports import has_received
from scoring.arms.requests import ask_for_arms, sealed_package, why_not_open, withdraw_request
from scoring.arms.unsealing import receive_arms
from scoring.forms.arms import ReceiveForm, ShareForm
from scoring.models import ArmsRequest, ArmsRequestStatus
from scoring.views.datasets import signer_of
from studies.access import actor_of, memberships_or_404, trial_or_404
from studies.arms.custodian_keys import holds_arms
from studies.arms.memory_upload import taken_in_memory
from studies.forms.planning import ReasonForm
from studies.models import Trial

TAKES_PART = (Action.REQUEST_ARMS, Action.OPEN_ARMS)


def holding_or_404(request: HttpRequest, code: str, *actions: Action) -> tuple[Trial, Actor]:
    """A trial with stored arms, for a person with one of these permissions; other trials have no such page."""
    for membership in memberships_or_404(request, code):
        if any(allows(membership.role, action) for action in actions):
            if not holds_arms(membership.trial):
                raise Http404
            return membership.trial, actor_of(membership)
    raise NotAllowed(str(actions[0]))


def request_of(trial: Trial, token: str) -> ArmsRequest:
    """A request of the trial."""
    found = ArmsRequest.objects.select_related("campaign__trial", "campaign__charter", "lock", "imported")
    return get_object_or_404(found, campaign__trial=trial, token=token)


def requests(request: HttpRequest, code: str) -> HttpResponse:
    """Every request of the trial; the statistician makes one here for a locked campaign."""
    trial, actor = holding_or_404(request, code, *TAKES_PART)
    made = ArmsRequest.objects.filter(campaign__trial=trial).select_related("campaign", "lock", "requested_by")
    campaigns = list(trial.campaigns.select_related("trial", "charter")) if actor.role == "statistician" else []
    context = {
        "trial": trial,
        "role": actor.role,
        "requests": made,
        "campaigns": [(campaign, why_not_open(campaign)) for campaign in campaigns],
    }
    return render(request, "scoring/arms/requests.html", context)


def ask(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """The statistician requests the arms, with a reason that the custodians read."""
    trial, actor = trial_or_404(request, code, Action.REQUEST_ARMS)
    campaign = get_object_or_404(Campaign.objects.select_related("trial", "charter"), trial=trial, code=slug)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            reason = form.cleaned_data["reason"]
            asked = ask_for_arms(campaign=campaign, actor=actor, user=signer_of(request), reason=reason)
            messages.success(
                request, "The arms have been requested. Two custodians must give their shares before the deadline."
            )
            return redirect("scoring:arms_request", code, asked.token)
    heading = f"Request the arms of campaign {campaign.code}"
    context = {"trial": trial, "form": form, "heading": heading, "submit": "Request the arms"}
    return render(request, "reading/one_form.html", context, status=400 if form.errors else 200)


@taken_in_memory(LARGEST_SHARE)
@sensitive_variables()
def one(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """The state of a request; a custodian submits their share here."""
    trial, actor = holding_or_404(request, code, *TAKES_PART)
    asked = request_of(trial, token)
    form = ShareForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            give(request, code, asked, form)
            return redirect("scoring:arms_request", code, token)
    asked.refresh_from_db()
    shares = asked.shares.select_related("signature", "key")
    context = {
        "trial": trial,
        "role": actor.role,
        "asked": asked,
        "shares": shares,
        "given": any(share.key.custodian_id == request.user.pk for share in shares),
        "waiting": asked.status == ArmsRequestStatus.WAITING,
        "received": has_received(asked, signer_of(request)),
        "job": Job.objects.filter(kind="scoring.unseal", key=f"request-{asked.pk}").first(),
        "form": form,
    }
    return render(request, "scoring/arms/request.html", context, status=400 if form.errors else 200)


@sensitive_variables()
def give(request: HttpRequest, code: str, asked: ArmsRequest, form: ShareForm) -> None:
    """Accepts the custodian's share under their signature."""
    _, actor = trial_or_404(request, code, Action.OPEN_ARMS)
    content = form.cleaned_data["opening_share"].read()
    password = form.cleaned_data["password"]
    give_share(asked=asked, actor=actor, user=signer_of(request), content=content, password=password)
    messages.success(request, "Your share was accepted.")


def package(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """The custodian's sealed shares, which their own tool opens."""
    trial, actor = holding_or_404(request, code, Action.OPEN_ARMS)
    sealed = sealed_package(asked=request_of(trial, token), actor=actor, user=signer_of(request))
    answer = JsonResponse(sealed)
    answer["Content-Disposition"] = f'attachment; filename="{trial.code}-arms-{token[:8]}.json"'
    return answer


@sent_from("scoring:arms_request", "code", "token")
def withdraw(request: HttpRequest, code: str, token: str) -> HttpResponse:
    """The statistician withdraws the request."""
    trial, actor = holding_or_404(request, code, Action.REQUEST_ARMS)
    withdraw_request(asked=request_of(trial, token), actor=actor)
    return redirect("scoring:arms_requests", code)


def receive(request: HttpRequest, code: str, token: str) -> HttpResponseBase:
    """The opened package, for a person who confirms that they leave the blinded side permanently."""
    trial, actor = holding_or_404(request, code, Action.RECEIVE_ARMS)
    asked, form = request_of(trial, token), ReceiveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            password = form.cleaned_data["password"]
            content = receive_arms(asked=asked, actor=actor, user=signer_of(request), password=password)
            name = f"{trial.code}-{asked.campaign.code}-arms-UNBLINDED.zip"
            return FileResponse(io.BytesIO(content), as_attachment=True, filename=name)
    context = {"trial": trial, "asked": asked, "form": form}
    return render(request, "scoring/arms/receive.html", context, status=400 if form.errors else 200)
