"""The versions of a campaign's list of intercurrent events, and the events of a dataset."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

from accounts.models import User
from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import WrongState
from reading.charter.terms import EVENT_KINDS, Terms
from reading.charter.versions import terms_of
from reading.models import Campaign, CampaignStatus
from reading.states import said_of
from scoring.consensus.rules import event_rule_of, independent_kinds
from scoring.endpoint.event_files import read_events
from scoring.models import Dataset, EventList
from studies.desk.confirmed import latest_day

Events = Mapping[str, list[tuple[str, date]]]


def newest_events(campaign: Campaign) -> EventList | None:
    """The list that counts; None while none was imported."""
    return EventList.objects.filter(campaign=campaign).order_by("-number").first()


def import_events(*, campaign: Campaign, actor: Actor, user: User, text: str) -> EventList:
    """Imports the next version of the list of a closed campaign. The same list again stays the version it is."""
    authorise(actor, Action.IMPORT_EVENTS)
    demand_closed(campaign)
    events = read_events(
        text,
        subjects=set(campaign.trial.subjects.values_list("code", flat=True)),
        independent=independent_kinds(terms_of(campaign.charter)),
        latest=latest_day(),
    )
    digest = hashlib.sha256(text.encode()).hexdigest()
    with audited_atomic():
        demand_closed(Campaign.objects.select_for_update().get(pk=campaign.pk))
        newest = newest_events(campaign)
        if newest is not None and newest.digest == digest:
            return newest
        made = EventList.objects.create(
            campaign=campaign,
            number=newest.number + 1 if newest else 1,
            events=events,
            digest=digest,
            imported_by=user,
        )
        record(
            action="scoring.events.imported",
            actor=actor,
            stream=campaign.trial.code,
            subject=("scoring.eventlist", str(made.pk)),
            details={"campaign": campaign.code, "number": made.number, "events": len(events), "digest": digest},
            rows=[made],
        )
    return made


def demand_closed(campaign: Campaign) -> None:
    """WrongState unless the campaign is closed and not locked."""
    if campaign.status != CampaignStatus.CLOSED:
        allowed = "Events can be imported only after a campaign is closed and before it is locked."
        raise WrongState(f"{said_of(campaign)} {allowed}")


def events_by_subject(events: EventList | None) -> Events:
    """Kind and day of every event, by the subject's code."""
    found: dict[str, list[tuple[str, date]]] = defaultdict(list)
    for event in events.events if events else []:
        found[event["subject"]].append((event["kind"], date.fromisoformat(event["date"])))
    return found


def event_rows(dataset: Dataset) -> Iterator[dict[str, object]]:
    """The rows of events.csv, in the order of subjects and days."""
    if dataset.events is None:
        return
    terms = terms_of(dataset.campaign.charter)
    for event in sorted(dataset.events.events, key=lambda one: (one["subject"], one["date"], one["kind"])):
        strategy = event_rule_of(terms, event["kind"]).name
        columns = {name: event[name] for name in ("subject", "kind", "date", "source")}
        yield {**columns, "strategy": strategy, "list": dataset.events.number}


def kinds_left_out(terms: Terms) -> list[str]:
    """The kinds whose strategy replaces values and that wait for the arms."""
    applied = independent_kinds(terms)
    return [kind for kind in EVENT_KINDS if kind not in applied and event_rule_of(terms, kind).name != "observed"]
