"""The outcome of the queries to readers, for imaging lead and statistician, once the campaign is closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.roles import Action
from config.cells import Badge, Column, Link
from config.filters import ChoiceFilter
from config.listing import Listing, asked_for
from reading.issuing.queries import asks_readers
from reading.models import Campaign
from reading.room.impossible_codes import joint_in_words
from reading.room.queries import CONFIRM_REASONS
from scoring.checks.after_close import SHOWN_IN
from scoring.checks.query_outcomes import (
    ANY_CHECK,
    AT_RANDOM,
    CHANGED,
    AskedJoint,
    OutcomeCount,
    asked_joints,
    counted_outcomes,
)
from scoring.checks.rules import KINDS
from scoring.reader_codes import reader_codes
from scoring.views.agreement_choice import campaign_for, has_role_for, reader_names

WHY = {ANY_CHECK: "Found by a check", **KINDS, AT_RANDOM: "Drawn at random"}
KEPT, OPEN = "kept", "open"
ANSWERS = {CHANGED: "Changed", KEPT: "Kept", OPEN: "Not answered"}
TONES = {CHANGED: "active", KEPT: "good", OPEN: "neutral"}
Names = Mapping[int, str]


@require_GET
def query_outcomes(request: HttpRequest, code: str, slug: str) -> HttpResponseBase:
    """The answers by reader and kind of check, and every joint that was asked about."""
    _, campaign = campaign_for(request, code, slug, Action.SEE_AGREEMENT)
    context = {"trial": campaign.trial, "campaign": campaign, "asks": asks_readers(campaign)}
    if campaign.status not in SHOWN_IN or not context["asks"]:
        return render(request, "scoring/query_outcomes.html", context)
    asked, names = asked_joints(campaign), reader_names(request, campaign)
    opens = has_role_for(request, campaign, Action.SEE_READER_SCORES)
    tables = {
        "counts": count_table(request, campaign, counted_outcomes(asked, reader_codes(campaign)), names),
        "joints": joint_table(request, campaign, asked, names, opens=opens),
    }
    if (wanted := asked_for(request, tables.values())) is not None:
        return wanted.respond("scoring/query_outcomes.html")
    return render(request, "scoring/query_outcomes.html", context | {"tables": tables})


def count_table(request: HttpRequest, campaign: Campaign, rows: Sequence[OutcomeCount], names: Names) -> Listing:
    """A row for each reader and kind of check."""
    columns = [
        Column("reader", "Reader", lambda row: "All readers" if row.reader is None else names[row.reader], "reader"),
        Column("why", "Asked because", lambda row: WHY[row.kind], "why", ChoiceFilter("why", choices(WHY.values()))),
        Column("asked", "Joints asked about", "asked", "asked"),
        Column("kept", "Kept", "kept", "kept"),
        Column("changed", "Changed", "changed", "changed"),
        Column("unanswered", "Not answered", "unanswered", "unanswered"),
        Column("share", "Share changed", lambda row: in_per_cent(row, "value"), help="Of the answered joints"),
        Column("lower", "95 % from", lambda row: in_per_cent(row, "lower"), help="Exact binomial interval"),
        Column("upper", "95 % to", lambda row: in_per_cent(row, "upper"), help="Exact binomial interval"),
    ]
    return Listing(
        request,
        rows,
        columns=columns,
        name=f"query-outcomes-{campaign.code}",
        caption="Answers by reader and check",
        search=["reader"],
        empty="No reader of this campaign was sent a query.",
    )


def in_per_cent(row: OutcomeCount, part: str) -> str:
    """A part of the share that was changed; empty if nothing was answered.

    >>> in_per_cent(OutcomeCount(None, AT_RANDOM, kept=3, changed=1), "value")
    '25.0 %'
    >>> in_per_cent(OutcomeCount(None, AT_RANDOM), "lower")
    ''
    """
    value = getattr(row.share_changed, part)
    return "" if value is None else f"{100 * value:.1f} %"


def joint_table(
    request: HttpRequest, campaign: Campaign, rows: Sequence[AskedJoint], names: Names, *, opens: bool
) -> Listing:
    """A row for each joint."""

    def read(row: AskedJoint) -> Link | str:
        if not row.signed:
            return ""
        return Link("Films and values", reverse("scoring:check", args=[campaign.trial.code, campaign.code, row.token]))

    columns = [
        Column("case", "Case", "case", "case"),
        Column("reader", "Reader", lambda row: names[row.reader], "reader"),
        Column("batch", "Batch", "batch", "batch"),
        Column("joint", "Joint", lambda row: joint_in_words(row.item), "joint"),
        Column("why", "Asked because", why_in_words, "why", ChoiceFilter("why", choices(map(why_in_words, rows)))),
        Column("answer", "Answer", answer_badge, "answer", ChoiceFilter("answer", choices(ANSWERS.values()))),
        Column("reason", "Reason for keeping", lambda row: CONFIRM_REASONS.get(row.answer, ""), "reason"),
        Column("before", "Signed before", lambda row: ", ".join(row.before), help="In true order"),
        Column("after", "Signed after", lambda row: ", ".join(row.after), help="In true order"),
        *([Column("open", "", read, csv=False)] if opens else []),
    ]
    return Listing(
        request,
        rows,
        columns=columns,
        name=f"queried-joints-{campaign.code}",
        prefix="joints",
        caption="Joints that readers were asked to check",
        search=["case", "reader", "joint"],
        empty="No reader of this campaign was sent a query.",
    )


def why_in_words(row: AskedJoint) -> str:
    """The checks that found the joint, or that it was drawn."""
    return WHY[AT_RANDOM] if row.drawn else ", ".join(WHY[kind] for kind in row.kinds or [ANY_CHECK])


def answer_badge(row: AskedJoint) -> Badge:
    """What the reader did."""
    stands = row.answer if row.answer == CHANGED else KEPT if row.answer else OPEN
    return Badge(stands, ANSWERS[stands], TONES[stands])


def choices(shown: Iterable[str]) -> list[tuple[str, str]]:
    """The choices of a filter: the words that cells show, each once."""
    return [(words, words) for words in dict.fromkeys(shown)]
