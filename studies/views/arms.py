"""Sealed arms: the coordinator's choice, the custodians' keys, and the import that stores no plain value."""

from __future__ import annotations

from pathlib import Path

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_variables

from accounts.identity import signed_in
from accounts.roles import Action, allows
from audit.anchors import public_key_text
from audit.trail import Actor
from config.errors import NotAllowed
from config.form_refusals import refused_on
from config.wording import counted
from studies.access import actor_of, memberships_or_404, trial_or_404
from studies.arms.custodian import custodian
from studies.arms.custodian_keys import confirm_key, hold_arms, hold_no_arms, holds_arms, newest_import, register_key
from studies.arms.importing import import_arms, without_arm
from studies.arms.memory_upload import taken_in_memory
from studies.arms.table import LARGEST_FILE, BadRows
from studies.forms.arms import FingerprintForm, HoldArmsForm, ImportArmsForm, KeyForm
from studies.forms.planning import ReasonForm
from studies.models import ArmsHolding, CustodianKey, Trial

SEES_ARMS = (Action.CHOOSE_ARMS, Action.HOLD_ARMS)


def whoever_sees(request: HttpRequest, code: str) -> tuple[Trial, Actor]:
    """The trial for its coordinator or one of its custodians."""
    for membership in memberships_or_404(request, code):
        if any(allows(membership.role, action) for action in SEES_ARMS):
            return membership.trial, actor_of(membership)
    raise NotAllowed(str(Action.HOLD_ARMS))


def arms(request: HttpRequest, code: str) -> HttpResponse:
    """The stored arms and the key holders; no value, and nothing that distinguishes one from another."""
    trial, actor = whoever_sees(request, code)
    newest = newest_import(trial)
    keys = trial.custodian_keys.filter(replaced_at=None).select_related("custodian")
    usable = set(trial.custodian_keys.usable().values_list("pk", flat=True))
    context = {
        "trial": trial,
        "holding": ArmsHolding.objects.filter(trial=trial).select_related("chosen_by").first(),
        "keys": [(key, key.pk in usable) for key in keys],
        "ready": len(usable) >= 2,
        "own": next((key for key in keys if key.custodian_id == request.user.pk), None),
        "newest": newest,
        "sealed": newest.values.count() if newest else 0,
        "without": without_arm(newest) if newest else [],
        "role": actor.role,
    }
    return render(request, "studies/arms/page.html", context)


def choose(request: HttpRequest, code: str) -> HttpResponse:
    """Chooses to store arms, or none as long as nothing was imported."""
    trial, actor = trial_or_404(request, code, Action.CHOOSE_ARMS)
    held = holds_arms(trial)
    form = (ReasonForm if held else HoldArmsForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            reason = form.cleaned_data["reason"]
            if held:
                hold_no_arms(trial=trial, actor=actor, reason=reason)
            else:
                hold_arms(trial=trial, actor=actor, user=signed_in(request), reason=reason)
            return redirect("studies:arms", code)
    context = {"trial": trial, "form": form, "held": held}
    return render(request, "studies/arms/choose.html", context, status=400 if form.errors else 200)


def key(request: HttpRequest, code: str) -> HttpResponse:
    """A custodian registers their public key."""
    trial, actor = trial_or_404(request, code, Action.HOLD_ARMS)
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            typed = form.cleaned_data["public_key"]
            made = register_key(trial=trial, actor=actor, user=signed_in(request), public_key=typed)
            return redirect("studies:arms_confirm", code, made.pk)
    return render(request, "studies/arms/key.html", {"trial": trial, "form": form}, status=400 if form.errors else 200)


def confirm(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """The custodian compares the fingerprint with the one on their own computer."""
    trial, actor = trial_or_404(request, code, Action.HOLD_ARMS)
    waiting = get_object_or_404(
        CustodianKey.objects.select_related("trial"), trial=trial, pk=pk, custodian=actor.user_id
    )
    form = FingerprintForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            confirm_key(key=waiting, actor=actor, user=signed_in(request), typed=form.cleaned_data["fingerprint"])
            messages.success(request, "Your key is confirmed. The next import will be sealed to it.")
            return redirect("studies:arms", code)
    context = {"trial": trial, "form": form, "key": waiting, "server_key": public_key_text()}
    return render(request, "studies/arms/confirm.html", context, status=400 if form.errors else 200)


def script(request: HttpRequest, code: str) -> HttpResponse:
    """The custodian's tool, one file, in the version of this server."""
    trial_or_404(request, code, Action.HOLD_ARMS)
    answer = HttpResponse(Path(custodian.__file__).read_bytes(), content_type="text/x-python; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="custodian.py"'
    return answer


@taken_in_memory(LARGEST_FILE)
@sensitive_variables()
def import_list(request: HttpRequest, code: str) -> HttpResponse:
    """Choosing the file and sealing it, in one request."""
    trial, actor = trial_or_404(request, code, Action.HOLD_ARMS)
    form = ImportArmsForm(request.POST or None, request.FILES or None)
    faults: list[str] = []
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            try:
                content = form.cleaned_data["file"].read()
                made = import_arms(trial=trial, actor=actor, user=signed_in(request), content=content, understood=True)
            except BadRows as refusal:
                faults = refusal.faults
                raise
            messages.success(
                request, f"Version {made.version} was sealed, with {counted(made.values.count(), 'subject')}."
            )
            return redirect("studies:arms", code)
    keys = trial.custodian_keys.usable().select_related("custodian")
    context = {"trial": trial, "form": form, "faults": faults, "keys": keys, "holds": holds_arms(trial)}
    return render(request, "studies/arms/import.html", context, status=400 if form.errors else 200)
