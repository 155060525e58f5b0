"""A trial by site and month, for people who follow it: counts, adjudication of whole campaigns, what was given out."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.roles import Action, allows
from config.cells import Badge, Column, label_of
from config.filters import ChoiceFilter
from config.listing import Listing, asked_for
from scoring.adjudication_rates import FEWEST_CASES, FEWEST_MORE, AdjudicationRate, adjudication_rates
from scoring.given_out import GivenOut, given_out, transfers_of
from scoring.models import Purpose
from scoring.site_months import SiteMonth, site_months
from studies.access import trial_or_404
from studies.models import DeviationVersion, Trial
from studies.plan.consent import withdrawn_subjects

SUMS = {
    "films expected": "expected",
    "films received": "received",
    "films accepted": "accepted",
    "visits with a deviation": "deviating",
    "open questions": "open",
    "reads signed": "reads",
}


@require_GET
def dashboard(request: HttpRequest, code: str) -> HttpResponseBase:
    """A row for each site and month; the adjudication rates for people who may see them; the locks."""
    trial, actor = trial_or_404(request, code, Action.FOLLOW_TRIAL)
    today = timezone.localdate()
    rows = site_months(trial, today)
    tables = {"months": month_table(request, rows), "locks": lock_table(request, given_out(trial))}
    tables["transfers"] = transfer_table(request, trial)
    if allows(actor.role, Action.SEE_ADJUDICATION_RATE):
        tables["rates"] = rate_table(request, adjudication_rates(trial, today))
    if (asked := asked_for(request, tables.values())) is not None:
        return asked.respond("scoring/site_months.html")
    context = {"trial": trial, "tables": tables, "fewest": FEWEST_CASES, "more": FEWEST_MORE}
    context["tiles"] = [(label, sum(getattr(row, name) for row in rows)) for label, name in SUMS.items()]
    context["deviations"] = DeviationVersion.objects.filter(trial=trial).open().count()
    context["withdrawn"] = withdrawn_subjects(trial).count()
    context["sees_visits"] = allows(actor.role, Action.SEE_COMPLETENESS)
    return render(request, "scoring/site_months.html", context)


def month_table(request: HttpRequest, rows: list[SiteMonth]) -> Listing:
    """The counts of each site in each month."""
    months = dict.fromkeys(row.month_in_words for row in rows)
    sites = dict.fromkeys(row.site for row in sorted(rows, key=lambda row: row.place))
    columns = [
        Column("month", "Month", "month_in_words", "month", ChoiceFilter("month", [(one, one) for one in months])),
        Column("site", "Site", "site", "site", ChoiceFilter("site", [(one, one) for one in sites])),
        Column(
            "expected",
            "Films expected",
            sort="expected",
            help="Four for each visit that was not recorded as not done; after a withdrawal of consent, only films"
            " already overdue",
        ),
        Column("received", "Films received", sort="received", help="A film of both sides counts once"),
        Column("accepted", "Films accepted", sort="accepted"),
        Column("deviating", "Visits with a deviation", sort="deviating"),
        Column("questions", "Questions asked", sort="questions"),
        Column("open", "Still open", sort="open", help="Not closed yet, by the site or by the coordinator"),
        Column("oldest", "Oldest open, days", sort="oldest"),
        Column("reads", "Reads signed", sort="reads", help="Primary reads; no repeats, no adjudications"),
    ]
    empty = "Nothing is expected and nothing has arrived yet."
    return Listing(request, rows, columns=columns, name="sites-by-month", caption="Sites by month", empty=empty)


def rate_table(request: HttpRequest, rates: list[AdjudicationRate]) -> Listing:
    """The rate of each campaign at the ends of months."""
    columns = [
        Column("campaign", "Campaign", "campaign.code", "campaign"),
        Column("title", "Title", "campaign.title"),
        Column("month", "End of month", "month_in_words", "month"),
        Column("cases", "Cases with a result", "cases", "cases", help="Rounded down to the nearest ten"),
        Column("share", "Adjudicated", lambda row: f"{row.share:.0%}".replace("%", " %"), "share", help="Nearest 5 %"),
    ]
    return Listing(
        request,
        rates,
        columns=columns,
        name="adjudication",
        prefix="rates",
        caption="Adjudication by campaign",
        empty=f"No campaign had {FEWEST_CASES} cases with a result at the end of last month.",
    )


def lock_table(request: HttpRequest, locks: list[GivenOut]) -> Listing:
    """The locks and the downloads of each locked dataset."""
    columns = [
        Column("lock", "Lock", "title", "lock"),
        Column("dataset", "Dataset", "lock.dataset.number"),
        Column("locked", "Locked", "lock.locked_at", "locked"),
        Column("state", "State", lambda row: Badge(row.lock.state, row.lock.state.capitalize())),
        Column("downloads", "Downloads", "downloads", "downloads"),
        Column("last", "Last download", "last", "last"),
    ]
    empty = "No dataset is locked yet."
    return Listing(request, locks, columns=columns, name="locks", prefix="locks", caption="Locks", empty=empty)


def transfer_table(request: HttpRequest, trial: Trial) -> Listing:
    """The transfers: what each is for, who receives it, and when its receipt was signed."""
    columns = [
        Column("campaign", "Campaign", "campaign.code", "campaign__code"),
        Column("number", "Transfer", "number", "number"),
        Column("purpose", "Purpose", "get_purpose_display", "purpose", ChoiceFilter("purpose", Purpose.choices)),
        Column("recipient", "Recipient", "recipient", "recipient__name"),
        Column("state", "State", lambda one: Badge(one.status, label_of(one, "status")), "status"),
        Column("asked", "Requested", "asked_at", "asked_at"),
        Column("built", "Ready since", "built_at", "built_at"),
        Column("received", "Receipt signed", sort="received"),
    ]
    return Listing(
        request,
        transfers_of(trial),
        columns=columns,
        name="transfers",
        prefix="transfers",
        sort="-asked",
        empty="No transfer has been requested yet.",
    )
