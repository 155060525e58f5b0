"""Alarms about readers, for the imaging lead and coordinators; findings are for people who see scores."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.identity import signed_in
from accounts.roles import Action, allows
from config.cells import Badge, Column, Link
from config.filters import ChoiceFilter
from config.form_refusals import refused_on
from config.listing import Listing
from scoring.forms.alarms import AlarmForm
from scoring.models import AlarmAction, AlarmRule, ReaderAlarm
from scoring.monitoring.alarms import handle_alarm
from studies.access import trial_or_404
from studies.models import Trial

WHO_SEES_REASON = "Shown to people who see scores, and to the person who wrote it."


@require_GET
def alarms(request: HttpRequest, code: str) -> HttpResponseBase:
    """Every alarm of the trial, newest first."""
    trial, actor = trial_or_404(request, code, Action.HANDLE_ALARMS)
    rows = ReaderAlarm.objects.filter(campaign__trial=trial)
    listing = alarm_table(request, trial, rows, shows_detail=allows(actor.role, Action.SEE_READER_SCORES))
    return listing.respond("scoring/alarms.html", {"trial": trial})


def alarm_table(
    request: HttpRequest, trial: Trial, rows: QuerySet[ReaderAlarm], *, shows_detail: bool, prefix: str = ""
) -> Listing:
    """A row per alarm."""
    own = signed_in(request).pk

    def number(row: ReaderAlarm) -> Link:
        return Link(str(row.pk), reverse("scoring:alarm", args=[trial.code, row.pk]))

    columns = [
        Column("number", "Alarm", number, "pk"),
        Column("campaign", "Campaign", "campaign.code", "campaign__code"),
        Column("reader", "Reader", "reader", "reader__name"),
        Column("rule", "Rule", "get_rule_display", "rule", ChoiceFilter("rule", AlarmRule.choices)),
        *([Column("detail", "Found", "detail")] if shows_detail else []),
        Column("raised", "Raised", "raised_at", "raised_at"),
        Column("action", "Done", action_badge, "action", ChoiceFilter("action", AlarmAction.choices)),
        Column("reason", "Reason", lambda row: reason_for(row, own, sees_scores=shows_detail), help=WHO_SEES_REASON),
        Column("by", "By", "acted_by"),
        Column("acted", "Recorded", "acted_at", "acted_at"),
    ]
    return Listing(
        request,
        rows.select_related("campaign", "reader", "acted_by"),
        columns=columns,
        name="alarms",
        caption="Reader alarms",
        prefix=prefix,
        search=["reader__name", "campaign__code"],
        sort="-number",
        empty="No rule of the charter has raised an alarm.",
    )


def reason_for(row: ReaderAlarm, person: int, *, sees_scores: bool) -> str:
    """The reason, which may reveal findings: for people who see scores, and for its author."""
    return row.reason if sees_scores or row.acted_by_id == person else ""


def action_badge(row: ReaderAlarm) -> Badge:
    """The recorded action, or that none is recorded yet."""
    if not row.action:
        return Badge("waiting", "Not recorded yet", "waiting")
    return Badge(row.action, row.get_action_display(), "good" if row.action == AlarmAction.NONE else "active")


def alarm(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One alarm, and the form that records an action on it."""
    trial, actor = trial_or_404(request, code, Action.HANDLE_ALARMS)
    of_trial = ReaderAlarm.objects.filter(campaign__trial=trial)
    shown = get_object_or_404(of_trial.select_related("campaign__trial", "reader", "acted_by"), pk=pk)
    sees_scores = allows(actor.role, Action.SEE_READER_SCORES)
    reason = reason_for(shown, signed_in(request).pk, sees_scores=sees_scores)
    form = AlarmForm(request.POST or None, initial={"action": shown.action or None, "reason": reason})
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            handle_alarm(alarm=shown, actor=actor, user=signed_in(request), **form.cleaned_data)
            messages.success(request, "The action on the alarm is recorded.")
            return redirect(request.path)
    context = {"trial": trial, "alarm": shown, "form": form, "badge": action_badge(shown)}
    context |= {
        "reason": reason or WHO_SEES_REASON,
        "sees_scores": sees_scores,
        "manages": allows(actor.role, Action.GRANT_MEMBERSHIP),
    }
    return render(request, "scoring/alarm.html", context, status=400 if form.errors else 200)
