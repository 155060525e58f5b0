"""The sponsor's list compared with Blindread: upload, differences, and what was decided about each. No scores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.identity import signed_in
from accounts.roles import Action
from audit.trail import Actor
from config.cells import Badge, Column, Link
from config.filters import ChoiceFilter, TextFilter
from config.form_refusals import refused_on
from config.listing import Listing, asked_for
from config.wording import counted
from scoring.edc.differences import EdcDifference, rows_changed
from scoring.edc.files import EXAMPLE, MEANINGS, RESCUE
from scoring.edc.held import no_rescue_because
from scoring.edc.lists import (
    OPEN,
    RESOLVED,
    WAITING,
    compare_list,
    compared_columns,
    decided_state,
    newest_list,
    resolutions_of,
    resolve_difference,
    shown_differences,
)
from scoring.endpoint.event_files import FaultyList
from scoring.forms.edc import ResolutionForm
from scoring.models import DifferenceKind, EdcList, EdcResolution, ResolutionKind
from scoring.views.events import as_csv
from studies.access import trial_or_404
from studies.forms.tables import TableForm
from studies.models import Subject, Trial
from studies.plan.tables.reading import Fault

STATES = ((OPEN, "Open"), (WAITING, "Waiting"), (RESOLVED, "Resolved"))
TONES = {OPEN: "active", WAITING: "waiting", RESOLVED: "good"}
CHANGES = (("added", "Added"), ("changed", "Changed"), ("removed", "Removed"))


@dataclass(frozen=True)
class DifferenceRow:
    """A difference with its site and everything that was decided about it."""

    edc_list: EdcList
    found: EdcDifference
    site: str
    decided: Sequence[EdcResolution]

    @property
    def newest(self) -> EdcResolution | None:
        """The decision that counts."""
        return self.decided[-1] if self.decided else None

    @property
    def state(self) -> Badge:
        """Open, waiting for the sponsor or a site, or resolved."""
        state = decided_state(self.edc_list, self.decided)
        return Badge(state, dict(STATES)[state], TONES[state])

    @property
    def link(self) -> Link:
        """The kind of difference, with the page on which it is resolved."""
        address = [self.edc_list.trial.code, self.edc_list.number, self.found["key"]]
        return Link(DifferenceKind(self.found["kind"]).label, reverse("scoring:edc_difference", args=address))


def edc(request: HttpRequest, code: str) -> HttpResponseBase:
    """The differences of the newest list, every list, and the form for the next one."""
    trial, actor = trial_or_404(request, code, Action.RECONCILE_EDC)
    form = TableForm(request.POST or None, request.FILES or None)
    faults: tuple[Fault, ...] = ()
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            made, faults = uploaded(request, trial, actor, form)
            if made is not None:
                found = counted(len(shown_differences(made)), "difference")
                messages.success(request, f"List {made.number} has {counted(len(made.rows), 'line')} and {found}.")
                return redirect("scoring:edc", code)
    no_rescue = no_rescue_because(trial)
    columns = [(name, says) for name, says in MEANINGS.items() if name != RESCUE or not no_rescue]
    context = {"form": form, "faults": faults, "columns": columns, "example": EXAMPLE, "no_rescue": no_rescue}
    return list_page(request, trial, newest_list(trial), context)


def uploaded(
    request: HttpRequest, trial: Trial, actor: Actor, form: TableForm
) -> tuple[EdcList | None, tuple[Fault, ...]]:
    """The list that was compared, or the faults of its lines."""
    try:
        text = form.cleaned_data["text"]
        return compare_list(trial=trial, actor=actor, user=signed_in(request), text=text), ()
    except FaultyList as refusal:
        form.add_error(None, str(refusal))
        return None, refusal.faults


@require_GET
def edc_list(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """The differences of one list, as found when it was uploaded."""
    trial, _ = trial_or_404(request, code, Action.RECONCILE_EDC)
    shown = get_object_or_404(EdcList.objects.select_related("trial", "uploaded_by"), trial=trial, number=number)
    return list_page(request, trial, shown, {})


def list_page(request: HttpRequest, trial: Trial, shown: EdcList | None, context: dict[str, Any]) -> HttpResponseBase:
    """The page of a list: its differences, and what changed since the list before it."""
    listing, changes = difference_table(request, trial, shown), change_table(request, trial, shown)
    lists = EdcList.objects.filter(trial=trial).defer("rows", "differences").select_related("uploaded_by")
    context |= {"trial": trial, "shown": shown, "changes": changes, "lists": lists}
    states = [row.state.value for row in listing.source]
    context |= {"open": states.count(OPEN), "waiting": states.count(WAITING)}
    wanted = asked_for(request, [one for one in (listing, changes) if one is not None])
    if wanted is not None:
        return wanted.respond("scoring/edc/list.html", context)
    status = 400 if context.get("form") and context["form"].errors else 200
    return render(request, "scoring/edc/list.html", context | {"listing": listing}, status=status)


def difference_table(request: HttpRequest, trial: Trial, shown: EdcList | None) -> Listing:
    """A row per difference."""
    sites = [(site.code, str(site)) for site in trial.sites.all()]
    visits = [(plan.code, plan.label) for plan in trial.visit_plans.all()]
    return Listing(
        request,
        difference_rows(trial, shown) if shown else [],
        columns=[
            Column("kind", "Difference", "link", "kind", ChoiceFilter("kind", DifferenceKind.choices)),
            Column("state", "State", "state", "state", ChoiceFilter("state", STATES)),
            Column("site", "Site", "site", "site", ChoiceFilter("site", sites)),
            Column("subject", "Subject", "found.subject", "subject", TextFilter("subject")),
            Column("visit", "Visit", "found.visit", "visit", ChoiceFilter("visit", visits)),
            Column("listed", "In the list", "found.listed"),
            Column("held", "In Blindread", "found.held"),
            Column("line", "Line", lambda row: row.found["line"] or None, "line"),
            Column("since", "Since list", "found.since", "since"),
            Column("resolution", "Resolution", "newest.get_kind_display", "resolution", RESOLUTIONS),
            Column("text", "Explanation", "newest.text"),
            Column("by", "By", "newest.written_by", "by"),
            Column("at", "Recorded", "newest.written_at", "at"),
        ],
        name="edc-differences",
        caption=f"Differences of list {shown.number}" if shown else "Differences",
        search=["subject", "visit", "listed", "held", "text"],
        empty="The list agrees with Blindread." if shown else "No list has been uploaded.",
        hidden=["line", "at"],
    )


RESOLUTIONS = ChoiceFilter("kind", ResolutionKind.choices)


def difference_rows(trial: Trial, shown: EdcList, only: str = "") -> list[DifferenceRow]:
    """The differences of a list, or the one with this key, with what was decided and the subject's site if known."""
    sites = dict(Subject.objects.filter(trial=trial).values_list("code", "site__code"))
    decided = resolutions_of(shown, only)
    return [
        DifferenceRow(shown, found, sites.get(found["subject"], ""), decided[found["key"]])
        for found in shown_differences(shown)
        if found["key"] in decided
    ]


def change_table(request: HttpRequest, trial: Trial, shown: EdcList | None) -> Listing | None:
    """The visits of which a list says something else than the list before it; None for the first list."""
    earlier = EdcList.objects.filter(trial=trial, number__lt=shown.number).first() if shown else None
    if shown is None or earlier is None:
        return None
    change = ChoiceFilter("change", CHANGES)
    return Listing(
        request,
        rows_changed(earlier.rows, shown.rows, compared_columns(trial)),
        columns=[
            Column("subject", "Subject", "subject", "subject", TextFilter("subject")),
            Column("visit", "Visit", "visit", "visit"),
            Column("change", "Change", lambda row: dict(CHANGES)[row["change"]], "change", change),
            Column("before", f"In list {earlier.number}", "before"),
            Column("after", f"In list {shown.number}", "after"),
        ],
        name="edc-changes",
        caption=f"What list {shown.number} changed",
        prefix="changes",
        search=["subject", "visit"],
        empty=f"List {shown.number} is the same as list {earlier.number}.",
    )


def edc_difference(request: HttpRequest, code: str, number: int, key: str) -> HttpResponse:
    """One difference, everything that was decided about it, and the form for the next decision."""
    trial, actor = trial_or_404(request, code, Action.RECONCILE_EDC)
    shown = get_object_or_404(EdcList.objects.select_related("trial"), trial=trial, number=number)
    row = next(iter(difference_rows(trial, shown, key)), None)
    if row is None:
        raise Http404
    form = ResolutionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            user = signed_in(request)
            resolve_difference(edc_list=shown, key=key, actor=actor, user=user, **form.cleaned_data)
            messages.success(request, "The resolution is recorded.")
            return redirect("scoring:edc", code)
    newest = newest_list(trial)
    context = {"trial": trial, "shown": shown, "row": row, "facts": facts_of(row), "form": form}
    context["newest"] = newest if newest and newest.number != shown.number else None
    return render(request, "scoring/edc/difference.html", context, status=400 if form.errors else 200)


def facts_of(row: DifferenceRow) -> list[tuple[str, object]]:
    """Label and value of everything known about a difference."""
    found = row.found
    return [
        ("State", row.state),
        ("Site", row.site),
        ("Subject", found["subject"]),
        ("Visit", found["visit"]),
        ("In the list", found["listed"]),
        ("In Blindread", found["held"]),
        ("Line of the list", found["line"] or None),
        ("Found since list", found["since"]),
    ]


@require_GET
def example(request: HttpRequest, code: str) -> HttpResponse:
    """An example file."""
    trial_or_404(request, code, Action.RECONCILE_EDC)
    answer = as_csv("edc-list.csv")
    answer.write(EXAMPLE)
    return answer
