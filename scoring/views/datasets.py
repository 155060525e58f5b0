"""Datasets of a campaign: build, view, lock with a second signer, download, unlock."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.act_forms import ActForm, ReasonedActForm
from accounts.identity import signed_in
from accounts.models import User
from accounts.roles import Action, Role, allows
from accounts.signed_acts import Act
from config.errors import NotAllowed, WrongState
from config.form_refusals import refused_on
from config.sent_forms import sent_from
from jobs.models import Job
from reading.campaigns.analysis_of_record import stays_of_record, timing_of
from reading.campaigns.revealing import reveal_seeds
from reading.models import Campaign
from scoring.datasets.building import discard_dataset, record_download, request_dataset, said_of_dataset
from scoring.datasets.corrections import takes_corrections
from scoring.datasets.locking import confirm_lock, decline_lock, request_lock, why_not_lock, why_not_this
from scoring.datasets.unlocking import agree_unlock, ask_unlock
from scoring.models import Dataset, DatasetStatus, Lock, Unlock
from studies.access import actor_of, memberships_or_404, trial_or_404
from studies.arms.custodian_keys import holds_arms
from studies.arrival.sealed_files import export_pieces, export_size
from studies.forms.planning import ReasonForm
from studies.models import Trial

OF_RECORD = (
    "The arms of this trial were received after the lock, so that lock remains the analysis of record. The campaign "
    "cannot be unlocked or reopened. A correction is another dataset under a lock of its own. It is delivered with the "
    "analysis of record and every value that differs."
)
SEES_DATASETS = (Action.BUILD_DATASET, Action.CONFIRM_LOCK)


def campaign_of(request: HttpRequest, code: str, slug: str) -> tuple[Trial, Campaign, str]:
    """A campaign for a person who builds datasets or confirms locks, and their role."""
    for membership in memberships_or_404(request, code):
        if any(allows(membership.role, action) for action in SEES_DATASETS):
            trial = membership.trial
            found = get_object_or_404(Campaign.objects.select_related("trial", "charter"), trial=trial, code=slug)
            return trial, found, actor_of(membership).role
    raise NotAllowed(str(Action.BUILD_DATASET))


def dataset_of(trial: Trial, slug: str, number: int) -> Dataset:
    """A dataset of the trial."""
    found = Dataset.objects.select_related("campaign__trial", "campaign__charter", "events")
    return get_object_or_404(found, campaign__trial=trial, campaign__code=slug, number=number)


def signer_of(request: HttpRequest) -> User:
    """The signing account."""
    return signed_in(request)


def locks(request: HttpRequest, code: str) -> HttpResponse:
    """The campaigns of a trial with their datasets: the second signer's first page."""
    trial, _ = trial_or_404(request, code, Action.CONFIRM_LOCK)
    waiting = Dataset.objects.filter(campaign__trial=trial, status=DatasetStatus.LOCK_REQUESTED)
    unlocks = Unlock.objects.filter(lock__campaign__trial=trial, agreed=None).select_related("lock__campaign")
    context = {
        "trial": trial,
        "waiting": waiting.select_related("campaign"),
        "unlocks": unlocks,
        "campaigns": trial.campaigns.all(),
    }
    return render(request, "scoring/locks.html", context)


def datasets(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """Every dataset and lock of a campaign, and the obstacles to a lock."""
    trial, campaign, role = campaign_of(request, code, slug)
    made = list(Dataset.objects.filter(campaign=campaign).select_related("lock"))
    jobs = {
        job.key: job for job in Job.objects.filter(kind="scoring.dataset", key__in=[f"dataset-{d.pk}" for d in made])
    }
    context = {
        "trial": trial,
        "campaign": campaign,
        "role": role,
        "datasets": [(dataset, jobs.get(f"dataset-{dataset.pk}")) for dataset in made],
        "locks": Lock.objects.filter(campaign=campaign).select_related(
            "requested", "confirmed", "unlock__requested", "unlock__agreed", "dataset", "corrects"
        ),
        "of_record": OF_RECORD if stays_of_record(campaign) else "",
        "takes_corrections": takes_corrections(campaign),
        "timing": timing_of(campaign),
        "obstacles": why_not_lock(campaign),
        "holds_arms": holds_arms(trial),
    }
    return render(request, "scoring/datasets.html", context)


@sent_from("scoring:datasets", "code", "slug")
def seeds(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """The seeds of a locked campaign as a file for bin/manage verify_randomisation; recorded in the audit trail."""
    trial, actor = trial_or_404(request, code, Action.REVEAL_SEEDS)
    campaign = get_object_or_404(Campaign.objects.select_related("trial", "charter"), trial=trial, code=slug)
    text = json.dumps(reveal_seeds(campaign=campaign, actor=actor), indent=1, sort_keys=True) + "\n"
    answer = HttpResponse(text, content_type="application/json", headers={"Cache-Control": "private, no-store"})
    answer["Content-Disposition"] = f'attachment; filename="{trial.code}-{slug}-seeds.json"'
    return answer


@sent_from("scoring:datasets", "code", "slug")
def build(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """Requests a new dataset."""
    trial, actor = trial_or_404(request, code, Action.BUILD_DATASET)
    campaign = get_object_or_404(Campaign.objects.select_related("trial"), trial=trial, code=slug)
    dataset = request_dataset(campaign=campaign, actor=actor)
    messages.success(request, f"Dataset {dataset.number} is being built.")
    return redirect("scoring:datasets", code, slug)


def dataset(request: HttpRequest, code: str, slug: str, number: int) -> HttpResponse:
    """One dataset: counts, root, differences from the last lock; the statistician requests the lock here."""
    trial, campaign, role = campaign_of(request, code, slug)
    shown = dataset_of(trial, slug, number)
    act = Act.LOCK_REQUEST if allows(role, Action.REQUEST_LOCK) else Act.LOCK_CONFIRMATION
    form = ActForm(act, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            sign_for_lock(request, code, shown, act, form.cleaned_data["password"])
            return redirect("scoring:datasets", code, slug)
    context = {
        "trial": trial,
        "campaign": campaign,
        "dataset": shown,
        "role": role,
        "form": form,
        "obstacles": why_not_this(shown),
        **summary_for(role, shown),
    }
    return render(request, "scoring/dataset.html", context, status=400 if form.errors else 200)


def summary_for(role: str, shown: Dataset) -> dict[str, Any]:
    """Counts of rows and of changes since the last lock; the second signer sees them once a lock is requested."""
    if role == Role.SIGNER and not shown.lock_requests.exists():
        return {"rows": {}, "diff": {}, "too_early": True}
    return {"rows": shown.counts.get("rows", {}).items(), "diff": shown.counts.get("diff", {}), "too_early": False}


def sign_for_lock(request: HttpRequest, code: str, shown: Dataset, act: Act, password: str) -> None:
    """The statistician's signature requests the lock, that of the second signer confirms it."""
    user = signer_of(request)
    if act == Act.LOCK_REQUEST:
        _, actor = trial_or_404(request, code, Action.REQUEST_LOCK)
        request_lock(dataset=shown, actor=actor, user=user, password=password)
        messages.success(request, "Signed. The lock is waiting for the second signer.")
        return
    _, actor = trial_or_404(request, code, Action.CONFIRM_LOCK)
    lock = confirm_lock(dataset=shown, actor=actor, user=user, password=password)
    messages.success(request, f"Lock {lock.number} is in force.")


def decline(request: HttpRequest, code: str, slug: str, number: int) -> HttpResponse:
    """The second signer declines the lock of a dataset."""
    trial, actor = trial_or_404(request, code, Action.CONFIRM_LOCK)
    shown, form = dataset_of(trial, slug, number), ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            decline_lock(dataset=shown, actor=actor, reason=form.cleaned_data["reason"])
            return redirect("scoring:datasets", code, slug)
    context = {"trial": trial, "form": form, "heading": f"Decline the lock of dataset {number}", "submit": "Decline"}
    return render(request, "reading/one_form.html", context, status=400 if form.errors else 200)


@sent_from("scoring:dataset", "code", "slug", "number")
def discard(request: HttpRequest, code: str, slug: str, number: int) -> HttpResponse:
    """Discards a dataset that is not locked."""
    trial, actor = trial_or_404(request, code, Action.BUILD_DATASET)
    discard_dataset(dataset=dataset_of(trial, slug, number), actor=actor)
    return redirect("scoring:datasets", code, slug)


def download(request: HttpRequest, code: str, slug: str, number: int) -> StreamingHttpResponse:
    """The package, the same bytes every time; the download is recorded in the audit trail."""
    trial, actor = trial_or_404(request, code, Action.DOWNLOAD_DATASET)
    shown = dataset_of(trial, slug, number)
    if not shown.folder:
        raise WrongState(f"{said_of_dataset(shown)} It cannot be downloaded.")
    record_download(dataset=shown, actor=actor)
    headers = {
        "Content-Disposition": f'attachment; filename="{trial.code}-{slug}-{number}.zip"',
        "Content-Length": str(export_size(shown.folder)),
    }
    return StreamingHttpResponse(export_pieces(shown.folder), content_type="application/zip", headers=headers)


def unlock(request: HttpRequest, code: str, slug: str, number: int) -> HttpResponse:
    """Requests unlocking, with a reason."""
    trial, actor = trial_or_404(request, code, Action.REQUEST_UNLOCK)
    lock = get_object_or_404(
        Lock.objects.select_related("campaign__trial", "dataset__campaign__trial"),
        campaign__trial=trial,
        campaign__code=slug,
        number=number,
    )
    form = ReasonedActForm(Act.UNLOCK_REQUEST, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            ask_unlock(lock=lock, actor=actor, user=signer_of(request), **form.cleaned_data)
            messages.success(request, "Unlocking has been requested. The second signer must agree.")
            return redirect("scoring:datasets", code, slug)
    context = {
        "trial": trial,
        "form": form,
        "heading": f"Request to unlock lock {number}",
        "submit": "Request",
        "danger": True,
    }
    return render(request, "reading/one_form.html", context, status=400 if form.errors else 200)


def agree(request: HttpRequest, code: str, slug: str, number: int) -> HttpResponse:
    """The second person agrees to unlocking, over the root of the lock and the reason shown."""
    trial, actor = trial_or_404(request, code, Action.CONFIRM_LOCK)
    asked = get_object_or_404(
        Unlock.objects.select_related("lock__dataset", "requested"),
        lock__campaign__trial=trial,
        lock__campaign__code=slug,
        lock__number=number,
    )
    form = ActForm(Act.UNLOCK_AGREEMENT, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            agree_unlock(unlock=asked, actor=actor, user=signer_of(request), **form.cleaned_data)
            messages.success(request, f"Lock {number} is unlocked. The next lock will list what changed.")
            return redirect("scoring:locks", code)
    context = {"trial": trial, "form": form, "slug": slug, "asked": asked}
    return render(request, "scoring/agree_unlock.html", context, status=400 if form.errors else 200)
