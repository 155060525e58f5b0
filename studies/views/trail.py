"""The auditor's pages: the trail of a trial and of the house, the history of a record, signatures, the export."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.roles import ROLE_NAMES, Action, Role
from audit.models import Event, EventQuerySet
from audit.redaction import Shown, shown
from audit.registry import ACTIONS
from config.cells import Column, Link
from config.filters import ChoiceFilter, MomentFilter, NumberFilter, TextFilter
from config.listing import Listing
from jobs.verifying import ask
from studies.access import trial_or_404
from studies.history import words

# Nobody searches what stands inside an event: what is hidden from a role could be guessed from what is found.
SEARCHED = ("actor_label", "subject_type", "subject_id", "action")
SCOPES = {"trial": "The trial", "house": "The house"}


def stream_of(code: str, scope: str) -> str:
    """The chain a page is about: the trial's own, or that of accounts, jobs and verifications."""
    return code if scope == "trial" else "system"


def trail(request: HttpRequest, code: str, scope: str = "trial") -> HttpResponseBase:
    """Every event, newest first."""
    trial, actor = trial_or_404(request, code, Action.SEE_AUDIT)
    events = Event.objects.of_streams([stream_of(code, scope)])
    listing = list_of(request, code, scope, events, actor.role, name=f"audit-{code}-{scope}")
    context = {"trial": trial, "scope": scope, "scopes": SCOPES, "verification": last_verification(actor.role)}
    return listing.respond("audit/trail.html", context)


def record(request: HttpRequest, code: str, scope: str, kind: str, key: str) -> HttpResponseBase:
    """Everything that happened to one record, oldest first."""
    trial, actor = trial_or_404(request, code, Action.SEE_AUDIT)
    events = Event.objects.of_streams([stream_of(code, scope)]).of_record(kind, key)
    listing = list_of(request, code, scope, events, actor.role, name=f"history-{kind}-{key}", sort="seq")
    return listing.respond("audit/record.html", {"trial": trial, "scope": scope, "kind": kind, "key": key})


def event(request: HttpRequest, code: str, scope: str, seq: int) -> HttpResponse:
    """One event whole, as far as the role may see it."""
    trial, actor = trial_or_404(request, code, Action.SEE_AUDIT)
    found = get_object_or_404(Event, stream=stream_of(code, scope), seq=seq)
    seen = shown(found, actor.role)
    context = {"trial": trial, "scope": scope, "event": seen, "facts": facts(seen, code, scope)}
    return render(request, "audit/event.html", context)


def signatures(request: HttpRequest, code: str) -> HttpResponseBase:
    """Every electronic signature of the trial: printed name, time, meaning, and the record it is bound to."""
    trial, actor = trial_or_404(request, code, Action.SEE_AUDIT)
    events = Event.objects.of_streams([code]).filter(action="accounts.signature.write")

    def signed(name: str) -> Column:
        return Column(name, name.replace("_", " ").capitalize(), lambda row: shown(row, actor.role).details.get(name))

    columns = [
        number(code, "trial"),
        *when_and_who(),
        signed("meaning"),
        signed("record_kind"),
        signed("record_id"),
        signed("digest"),
    ]
    listing = Listing(
        request,
        events,
        columns=columns,
        name=f"signatures-{code}",
        caption="Signatures",
        search=("actor_label",),
        sort="-seq",
        empty="Nothing has been signed in this trial yet.",
    )
    return listing.respond("audit/signatures.html", {"trial": trial})


def export(request: HttpRequest, code: str, scope: str) -> StreamingHttpResponse:
    """The whole trail as JSON, one event in a line, as far as the role may see it."""
    _, actor = trial_or_404(request, code, Action.SEE_AUDIT)
    events = Event.objects.of_streams([stream_of(code, scope)]).order_by("seq")
    response = StreamingHttpResponse(json_lines(events, actor.role), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="audit-{code}-{scope}.json"'
    return response


def json_lines(events: EventQuerySet, role: str) -> Iterator[str]:
    """A JSON array, written while it is read."""
    yield "["
    for place, row in enumerate(events.iterator(1000)):
        yield (",\n" if place else "\n") + json.dumps(shown(row, role).as_dict(), ensure_ascii=False, sort_keys=True)
    yield "\n]\n"


@require_POST
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """Has the whole trail verified now."""
    _, actor = trial_or_404(request, code, Action.SEE_AUDIT)
    ask(actor=actor)
    messages.success(request, "The verification has been asked for; its result appears here when it is done.")
    return redirect("audit:trail", code)


def last_verification(role: str) -> Shown | None:
    """The newest result there is."""
    found = Event.objects.filter(stream="system", action="audit.verify").newest_first().first()
    return shown(found, role) if found else None


def list_of(
    request: HttpRequest, code: str, scope: str, events: EventQuerySet, role: str, *, name: str, sort: str = "-seq"
) -> Listing:
    """Events as a list."""
    columns = [
        number(code, scope),
        *when_and_who(),
        Column("action", "Action", lambda row: shown(row, role).says, "action", ChoiceFilter("action", actions)),
        Column("subject", "Record", lambda row: record_link(row, code, scope), ("subject_type", "subject_id")),
        Column("kind", "Kind of record", "subject_type", "subject_type", TextFilter("subject_type")),
        Column("key", "Key of record", "subject_id", "subject_id", TextFilter("subject_id")),
        Column("changes", "Changes", lambda row: in_words(shown(row, role))),
        Column("reason", "Reason", lambda row: shown(row, role).reason),
        Column("hash", "Hash"),
    ]
    return Listing(
        request,
        events,
        columns=columns,
        name=name,
        caption="Events",
        search=SEARCHED,
        sort=sort,
        hidden=("role", "kind", "key", "hash"),
        empty="Nothing has happened yet.",
    )


def number(code: str, scope: str) -> Column:
    """The place in the chain, which leads to the whole event."""

    def link(row: Event) -> Link:
        return Link(f"#{row.seq}", reverse("audit:event", args=[code, scope, row.seq]))

    return Column("seq", "Number", link, "seq", NumberFilter("seq"))


def when_and_who() -> list[Column]:
    """Time, person and role, alike on every list."""
    roles = role_names()
    return [
        Column("at", "Time", sort="at", filter=MomentFilter("at")),
        Column("who", "Who", "actor_label", "actor_label", TextFilter("actor_label")),
        Column("role", "Role", lambda row: dict(roles).get(row.role, row.role), "role", ChoiceFilter("role", roles)),
    ]


def role_names() -> list[tuple[str, str]]:
    """Every role an actor can have, in words; a person acts on his own account in none."""
    return [*((role.value, ROLE_NAMES[role]) for role in Role), ("person", "Person")]


def actions() -> Sequence[tuple[str, str]]:
    """Every action there is, in words."""
    return sorted(((name, action.says) for name, action in ACTIONS.items()), key=lambda pair: pair[1])


def record_link(row: Event, code: str, scope: str) -> Link:
    """The record, leading to its history."""
    url = reverse("audit:record", args=[code, scope, row.subject_type, row.subject_id])
    return Link(f"{row.subject_type.partition('.')[2] or row.subject_type} {row.subject_id}", url)


def in_words(seen: Shown) -> str:
    """The changes in a line; that something is hidden is said, not passed over."""
    told = [f"{name}: {words(old)} → {words(new)}" for name, old, new in seen.changed]
    return "; ".join(told + (["hidden from your role"] if "changes" in seen.hidden else []))


def facts(seen: Shown, code: str, scope: str) -> list[tuple[str, object]]:
    """The event's facts as label and value."""
    row = seen.event
    return [
        ("Time", timezone.localtime(row.at).strftime("%Y-%m-%d %H:%M:%S.%f UTC")),
        ("Who", row.actor_label),
        ("Role", dict(role_names()).get(row.role, row.role)),
        ("Action", f"{seen.says} ({row.action})"),
        ("Record", record_link(row, code, scope)),
        ("Reason", seen.reason),
        ("Regulated rows", ", ".join(f"{table} {key}" for table, key in seen.rows)),
        ("Hidden from your role", ", ".join(seen.hidden)),
        ("Hash", row.hash),
        ("Hash of the event before", row.prev),
    ]
