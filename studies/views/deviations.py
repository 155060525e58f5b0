"""The deviation log of a trial: the list, and one entry in each of its versions."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.roles import Action, allows
from config.cells import Badge, Column, Link
from config.errors import BadInput
from config.filters import ChoiceFilter, DayFilter
from config.listing import Listing
from config.wording import quoted
from studies.access import memberships_or_404, trial_or_404
from studies.forms.deviations import CloseDeviationForm, ReopenDeviationForm
from studies.models import DeviationCategory, DeviationEffect, DeviationStatus, DeviationVersion, Trial
from studies.models.deviation import DeviationQuerySet
from studies.plan.deviation_entries import WRITTEN

EFFECT_TONES = {"none": "", "possible": "waiting", "confirmed": "bad"}
CATEGORIES = ChoiceFilter("category", DeviationCategory.choices)
EFFECTS = ChoiceFilter("effect", DeviationEffect.choices)
STATUSES = ChoiceFilter("status", DeviationStatus.choices)
TEXTS = [
    Column("effect_explained", WRITTEN["effect_explained"]),
    Column("corrective_action", WRITTEN["corrective_action"]),
    Column("preventive_action", WRITTEN["preventive_action"]),
]
ENDING = [
    Column("closed_on", "Closed on", sort="closed_on", filter=DayFilter("closed_on")),
    Column("version", "Version", sort="version"),
    Column("reason", "Reason for the version"),
    Column("written_at", "Written", sort="written_at"),
    Column("written_by", "Written by"),
]
HIDDEN = ["visit", *(column.key for column in TEXTS), "reason", "written_at", "written_by"]


@require_GET
def deviations(request: HttpRequest, code: str) -> HttpResponseBase:
    """The current version of each entry; `versions=all` adds every earlier version."""
    trial, _ = trial_or_404(request, code, Action.SEE_DEVIATIONS)
    versions = request.GET.get("versions", "")
    writes = may_write(request, code)
    listing = Listing(
        request,
        newest_or_all(DeviationVersion.objects.of_trial(trial), versions),
        columns=columns(trial, "studies:deviation_version" if versions else "studies:deviation"),
        name="deviation-log",
        caption="All versions of the deviation log" if versions else "Deviation log",
        search=["description", "subject__code", "site__code", "visit__code"],
        sort="-number",
        empty="No deviation has been logged in this trial.",
        empty_link=("Log a deviation", reverse("studies:new_deviation", args=[code])) if writes else ("", ""),
        hidden=HIDDEN,
    )
    still_open = DeviationVersion.objects.of_trial(trial).open().count()
    context = {"trial": trial, "may_write": writes, "versions": versions, "still_open": still_open}
    return listing.respond("studies/deviations.html", context)


def newest_or_all(rows: DeviationQuerySet, versions: str) -> DeviationQuerySet:
    """The newest version of each entry, or all of them."""
    if versions not in ("", "all"):
        raise BadInput(f"The log cannot be shown with versions {quoted(versions)}. Choose the newest or all.")
    return rows if versions else rows.newest()


def may_write(request: HttpRequest, code: str) -> bool:
    """Whether any of the person's roles here may write to the log."""
    return any(allows(held.role, Action.WRITE_DEVIATIONS) for held in memberships_or_404(request, code))


def columns(trial: Trial, route: str) -> list[Column]:
    """The columns of the log, whose entries are shown by `route`; a file has all of them."""
    sites = [(site.code, str(site)) for site in trial.sites.all()]
    return [
        Column("number", "Deviation", lambda row: link_to(row, route), ["number", "version"]),
        Column("status", "State", state_of, "status", STATUSES),
        Column("noticed_on", "Noticed on", sort="noticed_on", filter=DayFilter("noticed_on")),
        Column("category", "Category", "get_category_display", "category", CATEGORIES),
        Column("site", "Site", "site.code", "site__natural", ChoiceFilter("site__code", sites)),
        Column("subject", "Subject", "subject.code", "subject__natural"),
        Column("visit", "Visit", "visit.code", "visit__natural"),
        Column("description", "Description"),
        Column("effect", WRITTEN["effect"], effect_of, "effect", EFFECTS),
        *TEXTS,
        *ENDING,
    ]


def link_to(row: DeviationVersion, route: str) -> Link:
    """The number, with the page of the entry or of that version."""
    version = [row.version] if route.endswith("version") else []
    return Link(str(row.number), reverse(route, args=[row.trial.code, row.number, *version]))


def state_of(row: DeviationVersion) -> Badge:
    """Open or closed."""
    return Badge(row.status, row.get_status_display())


def effect_of(row: DeviationVersion) -> Badge:
    """The effect on the endpoint; a badge marks only one that exists."""
    return Badge(row.effect, row.get_effect_display(), EFFECT_TONES[row.effect])


@require_GET
def deviation(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The current version of one entry."""
    trial, _ = trial_or_404(request, code, Action.SEE_DEVIATIONS)
    return entry_page(request, newest_or_404(trial, number), {})


@require_GET
def deviation_version(request: HttpRequest, code: str, number: int, version: int) -> HttpResponse:
    """One version of an entry."""
    trial, _ = trial_or_404(request, code, Action.SEE_DEVIATIONS)
    return entry_page(request, version_or_404(trial, number, version), {})


def version_or_404(trial: Trial, number: int, version: int) -> DeviationVersion:
    """A version of an entry of this trial."""
    return get_object_or_404(DeviationVersion.objects.of_trial(trial), number=number, version=version)


def newest_or_404(trial: Trial, number: int) -> DeviationVersion:
    """The current version of an entry of this trial."""
    found = DeviationVersion.objects.of_trial(trial).filter(number=number).order_by("version").last()
    if found is None:
        raise Http404
    return found


def entry_page(request: HttpRequest, shown: DeviationVersion, forms: dict[str, Any]) -> HttpResponse:
    """The page of a version with all others; `forms` holds one that was refused."""
    trial, number = shown.trial, shown.number
    versions = list(DeviationVersion.objects.of_trial(trial).filter(number=number).order_by("version"))
    seen = {"version": versions[-1].version}
    is_newest = shown.version == versions[-1].version
    writes = is_newest and may_write(request, trial.code)
    context = {
        "trial": trial,
        "shown": shown,
        "facts": facts_of(shown),
        "is_newest": is_newest,
        "versions": [
            (later, changes(earlier, later)) for earlier, later in zip([None, *versions], versions, strict=False)
        ],
        "may_close": writes and shown.status == DeviationStatus.OPEN,
        "may_reopen": writes and shown.status == DeviationStatus.CLOSED,
        "close_form": CloseDeviationForm(initial=seen, auto_id="close-%s"),
        "reopen_form": ReopenDeviationForm(initial=seen, auto_id="reopen-%s"),
        **forms,
    }
    refused = any(form.errors for form in forms.values())
    return render(request, "studies/deviation.html", context, status=400 if refused else 200)


def facts_of(shown: DeviationVersion) -> list[tuple[str, object]]:
    """Label and value of every short field of a version."""
    return [
        ("State", state_of(shown)),
        ("Closed on", shown.closed_on),
        ("Noticed on", shown.noticed_on),
        ("Category", shown.get_category_display()),
        ("Concerns", shown.concerns),
        (WRITTEN["effect"], effect_of(shown)),
        (WRITTEN["effect_explained"], shown.effect_explained),
    ]


def changes(earlier: DeviationVersion | None, later: DeviationVersion) -> list[str]:
    """What a version changed, as labels of its columns."""
    if earlier is None:
        return []
    labels = {"status": "State", "closed_on": "Closed on", **WRITTEN}
    return [label for name, label in labels.items() if getattr(earlier, name) != getattr(later, name)]
