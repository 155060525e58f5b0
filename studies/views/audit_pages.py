"""The auditor's pages: the trail of a trial and of the system, the history of a record, signatures, the export."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst

from accounts.roles import ROLE_NAMES, Action, Role
from audit.declared_actions import ACTIONS
from audit.kinds import kind_in_words
from audit.models import Event, EventQuerySet
from audit.redaction import ShownEvent, shown
from audit.streams import SYSTEM, part_of
from config.cells import Column, Link
from config.filters import ChoiceFilter, MomentFilter, NumberFilter, TextFilter
from config.listing import Listing
from config.sent_forms import sent_from
from jobs.verifying import ask
from studies.access import trial_or_404

# The content of events cannot be searched: results would reveal what is hidden from a role.
SEARCHED = ("actor_label", "subject_type", "subject_id", "action")
SCOPES = {"trial": "This trial", "system": "Accounts and system"}


def home_of(code: str, scope: str) -> str:
    """The chains of a page: the trial's own with those of its reads, or that of accounts, jobs and checks."""
    return code if scope == "trial" else SYSTEM


def trail(request: HttpRequest, code: str, scope: str = "trial") -> HttpResponseBase:
    """Every event, newest first."""
    trial, actor = trial_or_404(request, code, Action.SEE_AUDIT)
    events = Event.objects.of_home(home_of(code, scope))
    listing = list_of(request, code, scope, events, actor.role, name=f"audit-{code}-{scope}")
    context = {"trial": trial, "scope": scope, "scopes": SCOPES, "verification": last_verification(actor.role)}
    return listing.respond("audit/trail.html", context)


def record(request: HttpRequest, code: str, scope: str, kind: str, key: str) -> HttpResponseBase:
    """Everything that happened to one record, oldest first."""
    trial, actor = trial_or_404(request, code, Action.SEE_AUDIT)
    events = Event.objects.of_home(home_of(code, scope)).of_record(kind, key)
    listing = list_of(request, code, scope, events, actor.role, name=f"history-{kind}-{key}", sort="at")
    context = {"trial": trial, "scope": scope, "kind": kind, "words": kind_in_words(kind), "key": key}
    return listing.respond("audit/record.html", context)


def event(request: HttpRequest, code: str, scope: str, seq: int, part: str = "") -> HttpResponse:
    """One complete event of a trial's own chain, or of the chain of one of its reads, as far as the role may see it."""
    trial, actor = trial_or_404(request, code, Action.SEE_AUDIT)
    home = home_of(code, scope)
    found = get_object_or_404(Event, stream=part_of(home, part) if part else home, seq=seq)
    seen = shown(found, actor.role)
    context = {"trial": trial, "scope": scope, "event": seen, "facts": facts(seen, code, scope)}
    return render(request, "audit/event.html", context)


def signatures(request: HttpRequest, code: str) -> HttpResponseBase:
    """Every electronic signature of the trial: printed name, time, meaning, and the record to which it is bound."""
    trial, actor = trial_or_404(request, code, Action.SEE_AUDIT)
    events = Event.objects.of_home(code).filter(action="accounts.signature.applied")

    def signed(name: str) -> Column:
        return Column(name, name.replace("_", " ").capitalize(), lambda row: shown(row, actor.role).details.get(name))

    columns = [
        number(code, "trial"),
        Column("at", "Time", sort="at", filter=MomentFilter("at")),
        *who_and_role(),
        signed("meaning"),
        Column("record", "Record", lambda row: signed_record(shown(row, actor.role), code)),
        signed("digest"),
    ]
    listing = Listing(
        request,
        events,
        columns=columns,
        name=f"signatures-{code}",
        caption="Signatures",
        search=("actor_label",),
        sort="-at",
        empty="Nothing has been signed in this trial yet.",
        hidden=["digest"],
    )
    return listing.respond("audit/signatures.html", {"trial": trial})


def export(request: HttpRequest, code: str, scope: str) -> StreamingHttpResponse:
    """The whole trail as JSON, one event per line, as far as the role may see it."""
    _, actor = trial_or_404(request, code, Action.SEE_AUDIT)
    events = Event.objects.of_home(home_of(code, scope)).order_by("at", "pk")
    response = StreamingHttpResponse(json_lines(events, actor.role), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="audit-{code}-{scope}.json"'
    return response


def json_lines(events: EventQuerySet, role: str) -> Iterator[str]:
    """A JSON array, written while the events are read."""
    yield "["
    for place, row in enumerate(events.iterator(1000)):
        yield (",\n" if place else "\n") + json.dumps(shown(row, role).as_dict(), ensure_ascii=False, sort_keys=True)
    yield "\n]\n"


@sent_from("audit:trail", "code")
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """Requests verification of the whole trail now."""
    _, actor = trial_or_404(request, code, Action.SEE_AUDIT)
    ask(actor=actor)
    messages.success(request, "The verification was requested. Its result appears here when it is complete.")
    return redirect("audit:trail", code)


def last_verification(role: str) -> ShownEvent | None:
    """The newest result."""
    found = Event.objects.filter(stream=SYSTEM, action="audit.trail.verified").newest_first().first()
    return shown(found, role) if found else None


def list_of(
    request: HttpRequest, code: str, scope: str, events: EventQuerySet, role: str, *, name: str, sort: str = "-at"
) -> Listing:
    """Events as a list."""
    seen = seen_by(role)
    columns = [
        number(code, scope),
        Column("at", "Time", sort="at", filter=MomentFilter("at")),
        Column("sentence", "What happened", lambda row: seen(row).sentence),
        *who_and_role(),
        Column("action", "Action", lambda row: seen(row).label, "action", ChoiceFilter("action", actions)),
        Column("name", "Action code", "action"),
        Column(
            "subject",
            "Record",
            lambda row: record_link(*seen(row).subject, code, scope),
            ("subject_type", "subject_id"),
        ),
        Column("kind", "Record type code", "subject_type", "subject_type", TextFilter("subject_type")),
        Column("key", "Record key", "subject_id", "subject_id", TextFilter("subject_id")),
        Column("changes", "Changes", lambda row: "; ".join(seen(row).change_lines)),
        Column("reason", "Reason", lambda row: seen(row).reason),
        Column("chain", "Chain", "stream", "stream", TextFilter("stream")),
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
        hidden=("who", "role", "name", "kind", "key", "chain", "hash"),
        empty="Nothing has been recorded yet.",
    )


def number(code: str, scope: str) -> Column:
    """The position in its chain, linked to the complete event; in the chain of a read, with the name of the chain."""

    def link(row: Event) -> Link:
        if row.part:
            url = reverse("audit:event-of-part", args=[code, scope, row.part, row.seq])
            return Link(f"{row.part} #{row.seq}", url)
        return Link(f"#{row.seq}", reverse("audit:event", args=[code, scope, row.seq]))

    return Column("seq", "Number", link, ("stream", "seq"), NumberFilter("seq"))


def seen_by(role: str) -> Callable[[Event], ShownEvent]:
    """The role's view of an event, computed once for all columns of a row."""
    return lru_cache(maxsize=1)(lambda row: shown(row, role))


def who_and_role() -> list[Column]:
    """Person and role, in the same form on every list."""
    roles = role_names()
    return [
        Column("who", "Who", "actor_label", "actor_label", TextFilter("actor_label")),
        Column("role", "Role", lambda row: dict(roles).get(row.role, row.role), "role", ChoiceFilter("role", roles)),
    ]


def role_names() -> list[tuple[str, str]]:
    """Every role an actor can have, in words; people act on their own account in none."""
    return [*((role.value, ROLE_NAMES[role]) for role in Role), ("person", "Person")]


def actions() -> Sequence[tuple[str, str]]:
    """Every action there is by its label."""
    return sorted(((name, action.label) for name, action in ACTIONS.items()), key=lambda pair: pair[1])


def record_link(kind: str, key: str, code: str, scope: str) -> Link:
    """The record, with a link to its history."""
    url = reverse("audit:record", args=[code, scope, kind, key])
    return Link(capfirst(f"{kind_in_words(kind)} {key}"), url)


def signed_record(seen: ShownEvent, code: str) -> Link | None:
    """The record to which a signature is bound; empty if it is hidden."""
    kind, key = seen.details.get("record_kind"), seen.details.get("record_id")
    return record_link(kind, key, code, "trial") if kind and key else None


def facts(seen: ShownEvent, code: str, scope: str) -> list[tuple[str, object]]:
    """The event's facts as label and value."""
    row = seen.event
    return [
        ("Time", timezone.localtime(row.at).strftime("%Y-%m-%d %H:%M:%S.%f UTC")),
        ("Who", row.actor_label),
        ("Role", dict(role_names()).get(row.role, row.role)),
        ("Action", seen.label),
        ("Action code", row.action),
        ("Record", record_link(*seen.subject, code, scope)),
        ("Record key", f"{row.subject_type} {row.subject_id}"),
        ("Reason", seen.reason),
        ("Regulated rows", ", ".join(f"{table} {key}" for table, key in seen.rows)),
        ("Hidden from your role", ", ".join(seen.hidden)),
        ("Chain", f"{row.stream} #{row.seq}"),
        ("Hash", row.hash),
        ("Hash of the previous event", row.prev),
        ("Audit key", row.mac_key),
    ]
