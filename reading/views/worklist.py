"""A reader's worklist and past reads: no identities, counts of cases only; declining; the display check."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods

from accounts.roles import READING_ROLES, Action
from audit.trail import Actor
from config.errors import BadInput, NotAllowed
from config.wording import both, quoted
from reading.issuing.declining import decline_read
from reading.issuing.suspensions import suspended_in_words, suspended_trials
from reading.models import Campaign, CampaignStatus, ReadStatus
from reading.room.access import own_id, piece_or_404
from reading.room.blinded import urls_of
from reading.room.pace import pace_of, wait_for
from reading.room.queue_key import queue_key
from reading.room.sessions import begin_sitting
from reading.room.steps import may_look_back, name_of
from reading.room.worklist import WorklistEntry, entry_of, fetched, in_turn, signed_entries, waiting_for
from reading.views.screen import see_other, unkept
from studies.models import Membership
from studies.plan.first_request import note_first_use

READS_A_PAGE = 50


def reading_actor(request: HttpRequest) -> tuple[Actor, str]:
    """The person as a reader of a trial, and that trial's code; NotAllowed for everybody else."""
    current = Membership.objects.current().filter(user_id=own_id(request), role__in=READING_ROLES)
    held = list(current.select_related("trial", "user"))
    if not held:
        raise NotAllowed(Action.READ_CASES)
    note_first_use(held)
    return Actor(user_id=request.user.pk, label=str(request.user), role=held[0].role), held[0].trial.code


@require_GET
def worklist(request: HttpRequest) -> HttpResponse:
    """The cases waiting for this reader, in drawn order."""
    reading_actor(request)
    page = Paginator(fetched(in_turn(own_id(request))), READS_A_PAGE).get_page(request.GET.get("page"))
    entries, suspended = [entry_of(step) for step in page], suspended_trials(own_id(request))
    front = waiting_for(own_id(request), READS_A_PAGE) if page.has_previous() or suspended else entries
    fresh = next((entry for entry in front if entry.status == ReadStatus.ISSUED), None)
    wait = wait_for(fresh) if fresh else None
    first = front[0] if front and not (wait and front[0] == fresh) else None
    context = {
        "page": page,
        "entries": entries,
        "queues": [queue_of(own_id(request), entry) for entry in entries],
        "waiting": page.paginator.count,
        "signed": signed_entries(own_id(request)).count(),
        "first": first,
        "wait": wait,
        "pace": pace_of(fresh) if fresh else [],
        "suspended": [suspended_in_words(code) for code in suspended],
    }
    return unkept(render(request, "reading/worklist.html", context))


def queue_of(reader_id: int, entry: WorklistEntry) -> dict[str, Any]:
    """The data that the page needs to send edits that remained on the reader's computer after a crash."""
    return {
        "token": entry.token,
        "key": queue_key(reader_id, entry.token),
        "label": entry.name,
        "urls": urls_of(entry.token),
    }


@require_GET
def past(request: HttpRequest) -> HttpResponse:
    """The reader's own signed reads, newest first, read-only, where the charter allows it."""
    reading_actor(request)
    own = Campaign.objects.filter(status=CampaignStatus.OPEN, cases__reads__reader=own_id(request)).distinct()
    allowed = [campaign for campaign in own.select_related("charter") if may_look_back(campaign)]
    opened = signed_entries(own_id(request)).filter(read__case__consent_withdrawn=False)
    signed = opened.filter(read__case__campaign__in=allowed).exclude(read__status=ReadStatus.VOIDED)
    page = Paginator(signed, READS_A_PAGE).get_page(request.GET.get("page"))
    return unkept(render(request, "reading/past.html", {"page": page, "entries": [entry_of(step) for step in page]}))


@require_http_methods(["GET", "POST"])
def decline(request: HttpRequest, token: str) -> HttpResponse:
    """Declines a case with a reason."""
    piece = piece_or_404(request, token)
    mixed = piece.step.token is not None
    if request.method == "GET":
        context = {"name": name_of(piece.read, piece.step), "mixed": mixed}
        return unkept(render(request, "reading/decline.html", context))
    decline_read(read=piece.read, step=piece.step, actor=piece.actor, reason=request.POST.get("reason", ""))
    return see_other(reverse("reading:worklist"))


CHECKS = {
    "dark": "I can distinguish the 0 % patch from the 5 % patch",
    "bright": "I can distinguish the 100 % patch from the 95 % patch",
    "room": "The room is dimmed and no lamp is reflected in the screen",
}


@require_http_methods(["GET", "POST"])
def display_check(request: HttpRequest) -> HttpResponse:
    """The pattern, the browser's report about the window, and the reader's confirmation about the room."""
    actor, trial_code = reading_actor(request)
    following = safe_next(request)
    if request.method == "GET":
        return unkept(render(request, "reading/display_check.html", {"checks": CHECKS, "next": following}))
    given = request.POST
    unseen = [text for code, text in CHECKS.items() if given.get(code) != "yes"]
    if unseen:
        raise BadInput(f"The display check is not complete. Also confirm {both(map(quoted, unseen))}.")
    names = ("window", "pixel_ratio", "screen", "calibrated_on", "remark")
    display = {name: given.get(name, "")[:200] for name in names} | {"confirmed": sorted(CHECKS)}
    request.session["sitting"] = begin_sitting(
        actor=actor, reader_id=own_id(request), trial_code=trial_code, display=display
    ).pk
    return redirect(following)


def safe_next(request: HttpRequest) -> str:
    """The address to continue at, on this host only."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return wanted if allowed else reverse("reading:worklist")
