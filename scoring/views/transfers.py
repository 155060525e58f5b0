"""Transfers of a campaign: request one, follow it, download it, sign its receipt."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.identity import signed_in
from accounts.roles import Action
from audit.trail import Actor
from config.form_refusals import refused_on
from jobs.models import Job
from reading.models import Campaign
from scoring.datasets.row_diff import KINDS
from scoring.forms.transfers import ReceiptForm, TransferForm
from scoring.models import DataTransfer, Purpose, TransferReceipt, TransferStatus
from scoring.transfers.asking import ask_for_transfer
from scoring.transfers.building import package_name
from scoring.transfers.cuts import cut_in_words
from scoring.transfers.differences import differences_csv
from scoring.transfers.receipts import receive, record_comparison, record_download
from studies.access import trial_or_404
from studies.arrival.sealed_files import export_pieces, export_size

WITH_ALL = ("campaign__trial", "recipient", "asked_by", "before", "lock", "receipt__signature")


def campaign_of(request: HttpRequest, code: str, slug: str, action: Action) -> tuple[Campaign, Actor]:
    """A campaign for a person who makes or receives transfers."""
    trial, actor = trial_or_404(request, code, action)
    return get_object_or_404(Campaign.objects.select_related("trial", "charter"), trial=trial, code=slug), actor


def transfer_of(campaign: Campaign, number: int) -> DataTransfer:
    """A transfer of the campaign with what its page shows."""
    return get_object_or_404(DataTransfer.objects.select_related(*WITH_ALL), campaign=campaign, number=number)


def transfers(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """Every transfer of a campaign, and the form for the next one."""
    campaign, actor = campaign_of(request, code, slug, Action.MAKE_TRANSFER)
    form = TransferForm(campaign, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            made = ask_for_transfer(campaign=campaign, actor=actor, user=signed_in(request), wanted=form.wanted)
            messages.success(request, f"Transfer {made.number} is being built.")
            return redirect("scoring:transfers", code, slug)
    made_so_far = DataTransfer.objects.filter(campaign=campaign).select_related(*WITH_ALL)
    context = {"trial": campaign.trial, "campaign": campaign, "form": form, "transfers": made_so_far}
    return render(request, "scoring/transfers/page.html", context, status=400 if form.errors else 200)


def transfer(request: HttpRequest, code: str, slug: str, number: int) -> HttpResponse:
    """One transfer: cut, counts, root, differences from the previous one; its recipient signs the receipt here."""
    campaign, actor = campaign_of(request, code, slug, Action.RECEIVE_TRANSFER)
    shown, user = transfer_of(campaign, number), signed_in(request)
    form = ReceiptForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            receive(transfer=shown, actor=actor, user=user, **form.cleaned_data)
            messages.success(request, f"Signed. The receipt of transfer {number} is recorded.")
            return redirect("scoring:transfer", code, slug, number)
    context = {"trial": campaign.trial, "campaign": campaign, "transfer": shown, "form": form, **facts_of(shown)}
    context["receives"] = shown.recipient_id == user.pk and shown.status == TransferStatus.READY
    return render(request, "scoring/transfers/transfer.html", context, status=400 if form.errors else 200)


def facts_of(shown: DataTransfer) -> dict[str, Any]:
    """The data of a transfer's page."""
    diff = shown.counts.get("diff", {}).get("tables", {})
    first = [{"file": name, **one} for name, table in diff.items() for one in table["first"][:20]][:100]
    differ = sum(table[kind] for table in diff.values() for kind in KINDS)
    return {
        "job": Job.objects.filter(kind="scoring.transfer", key=f"transfer-{shown.pk}").first(),
        "rows": shown.counts.get("rows", {}).items(),
        "diff": diff.items(),
        "differ": differ,
        "first": first,
        "more_differ": differ > len(first),
        "cut": "the locked dataset" if shown.lock else cut_in_words(shown.cut),
        "receipt": TransferReceipt.objects.filter(transfer=shown).select_related("signature").first(),
        "is_test": shown.purpose == Purpose.TEST,
    }


def transfer_zip(request: HttpRequest, code: str, slug: str, number: int) -> StreamingHttpResponse:
    """The package for its recipient, the same bytes every time; the download is recorded in the audit trail."""
    campaign, actor = campaign_of(request, code, slug, Action.RECEIVE_TRANSFER)
    shown = transfer_of(campaign, number)
    record_download(transfer=shown, actor=actor, user=signed_in(request))
    headers = {
        "Cache-Control": "private, no-store",
        "Content-Disposition": f'attachment; filename="{package_name(shown)}.zip"',
        "Content-Length": str(export_size(shown.folder)),
    }
    return StreamingHttpResponse(export_pieces(shown.folder), content_type="application/zip", headers=headers)


def transfer_differences(request: HttpRequest, code: str, slug: str, number: int) -> StreamingHttpResponse:
    """Every row that differs from the previous transfer, for the recipient; the download is recorded."""
    campaign, actor = campaign_of(request, code, slug, Action.RECEIVE_TRANSFER)
    shown = transfer_of(campaign, number)
    before = record_comparison(transfer=shown, actor=actor, user=signed_in(request))
    name = f"{code}-{slug}-transfer-{number}-against-{before.number}.csv"
    headers = {"Cache-Control": "private, no-store", "Content-Disposition": f'attachment; filename="{name}"'}
    lines = differences_csv(shown, before)
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)
