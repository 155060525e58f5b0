"""The blinded data review: the findings of a review transfer, and the form that decides on one or on a kind."""

from __future__ import annotations

from collections import Counter

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.identity import signed_in
from accounts.roles import Action
from config.cells import Badge, Column, Link
from config.filters import ChoiceFilter
from config.form_refusals import refused_on
from config.listing import Listing
from config.wording import counted
from scoring.forms.transfers import ReviewDecisionForm
from scoring.models import DataTransfer, Decided, ReviewDecision
from scoring.transfers.listing_tables import KIND_LABELS
from scoring.transfers.reviewing import FindingRow, NewDecision, called, decide, findings_of, newest_decisions
from scoring.views.transfers import campaign_of, transfer_of

OPEN = ("open", "No decision yet")
STANDS = [OPEN, *Decided.choices]
LONGEST_LIST = 50


@require_GET
def findings(request: HttpRequest, code: str, slug: str, number: int) -> HttpResponseBase:
    """Every finding with the decision that counts."""
    campaign, _ = campaign_of(request, code, slug, Action.DECIDE_REVIEW)
    shown = transfer_of(campaign, number)
    decided, every = newest_decisions(shown), findings_of(shown)
    rows = [row_of(shown, one, decided.get(one["FINDING"])) for one in every]
    undecided = Counter(one["KIND"] for one in every if one["FINDING"] not in decided)
    waiting = [(kind, label, undecided[kind]) for kind, label in KIND_LABELS.items() if undecided[kind]]
    listing = Listing(
        request,
        rows,
        columns=COLUMNS,
        name=f"findings-{campaign.trial.code}-{campaign.code}-{number}",
        caption="Findings",
        search=["subject", "says"],
        empty="The listings contain no findings.",
    )
    context = {"trial": campaign.trial, "campaign": campaign, "transfer": shown, "waiting": waiting}
    return listing.respond("scoring/transfers/findings.html", context)


COLUMNS = [
    Column("kind", "Kind", "kind", "kind", ChoiceFilter("kind", list(KIND_LABELS.items()))),
    Column("site", "Site", "site", "site"),
    Column("subject", "Subject", "subject", "subject"),
    Column("visit", "Visit", "visit", "visit"),
    Column("reader", "Reader", "reader", "reader"),
    Column("says", "Finding", "says", "says"),
    Column("open", "", "open", csv=False),
    Column("decision", "Decision", "decision", "stands", ChoiceFilter("stands", STANDS)),
    Column("note", "Reason", "note"),
    Column("by", "By", "by", "by"),
    Column("at", "Decided", "at", "at"),
    Column("unblinding", "Unblinding", "unblinding", "unblinding"),
]


def row_of(shown: DataTransfer, one: FindingRow, made: ReviewDecision | None) -> dict[str, object]:
    """A finding with its decision."""
    campaign = shown.campaign
    address = reverse("scoring:finding", args=[campaign.trial.code, campaign.code, shown.number, one["FINDING"]])
    return {
        "kind": KIND_LABELS[one["KIND"]],
        "site": one["SITEID"],
        "subject": one["USUBJID"],
        "visit": one["VISIT"],
        "reader": one["READERID"],
        "says": one["SAYS"],
        "stands": made.decision if made else OPEN[0],
        "decision": Badge(made.decision, made.get_decision_display()) if made else Badge(*OPEN),
        "note": made.note if made else "",
        "by": made.signature.printed_name if made else "",
        "at": made.decided_at if made else None,
        "unblinding": unblinding_in_words(made),
        "open": Link("Decide", address),
    }


def unblinding_in_words(made: ReviewDecision | None) -> str:
    """Whether arms of the trial had been opened before the decision."""
    if made is None:
        return ""
    return "post-unblinding" if made.after_unblinding else "before"


def finding(request: HttpRequest, code: str, slug: str, number: int, name: str) -> HttpResponse:
    """One finding, or every finding of a kind without a decision: earlier decisions, and the form for the next."""
    campaign, actor = campaign_of(request, code, slug, Action.DECIDE_REVIEW)
    shown = transfer_of(campaign, number)
    form = ReviewDecisionForm(request.POST or None)
    every, of_kind = called(shown, name), name in KIND_LABELS
    decided = newest_decisions(shown) if of_kind else {}
    chosen = [one for one in every if one["FINDING"] not in decided]
    if not every or not (chosen or request.method == "POST"):
        raise Http404
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            typed = form.cleaned_data
            ids = tuple(one["FINDING"] for one in every)
            deciding = NewDecision(findings=ids, decision=typed["decision"], note=typed["note"], undecided=of_kind)
            user, password = signed_in(request), typed["password"]
            made = decide(transfer=shown, actor=actor, user=user, password=password, deciding=deciding)
            messages.success(request, f"Signed. The decision covers {counted(len(made.findings), 'finding')}.")
            return redirect("scoring:findings", code, slug, number)
    context = {"trial": campaign.trial, "campaign": campaign, "transfer": shown, "form": form, "count": len(chosen)}
    context |= {"chosen": chosen[:LONGEST_LIST], "more": max(0, len(chosen) - LONGEST_LIST)}
    context["earlier"] = decisions_on(shown, chosen[0]["FINDING"]) if len(chosen) == 1 else []
    return render(request, "scoring/transfers/finding.html", context, status=400 if form.errors else 200)


def decisions_on(shown: DataTransfer, name: str) -> list[ReviewDecision]:
    """Every decision on a finding, the newest first."""
    every = ReviewDecision.objects.filter(transfer=shown).select_related("signature").order_by("-number")
    return [one for one in every if name in one.findings]
