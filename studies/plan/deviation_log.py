"""The deviation log of a trial: written by the coordinator; each change is a new version, earlier ones are kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.db.models import Max
from django.utils import timezone

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, WrongState
from studies.models import DeviationStatus, DeviationVersion, Trial
from studies.naming import checked_text
from studies.plan.deviation_entries import LONGEST_REASON, Entry, checked_past_day, entry_of

# The content of a change's event; the texts stay in the log, and the event has the digest of the version.
RECORDED = ("noticed_on", "category", "effect", "status", "closed_on")
# Within this time, an equal entry of the same person is treated as the same form, sent twice.
SENT_AGAIN = timedelta(minutes=1)
ACTIONS_TAKEN = {"corrective_action": "corrective action", "preventive_action": "preventive action"}


def log_deviation(*, trial: Trial, entry: Entry, actor: Actor) -> DeviationVersion:
    """A new entry under the next number of the trial."""
    authorise(actor, Action.WRITE_DEVIATIONS)
    columns = entry.checked(trial)
    with audited_atomic():
        take_turn(trial.pk)
        last = DeviationVersion.objects.filter(trial=trial).aggregate(last=Max("number"))["last"] or 0
        made = DeviationVersion.objects.create(
            trial=trial, number=last + 1, version=1, written_by_id=actor.user_id, **columns
        )
        record_event(made, "studies.deviation.logged", actor, {})
    return made


def log_once(*, trial: Trial, entry: Entry, actor: Actor) -> DeviationVersion:
    """A new entry, or the person's equal entry from a moment ago: a form sent twice makes one entry."""
    authorise(actor, Action.WRITE_DEVIATIONS)
    columns = entry.checked(trial)
    with audited_atomic():
        take_turn(trial.pk)
        return just_logged(trial, columns, actor) or log_deviation(trial=trial, entry=entry, actor=actor)


def just_logged(trial: Trial, columns: dict[str, Any], actor: Actor) -> DeviationVersion | None:
    """The person's last entry of the trial, if it is recent, unchanged and equal."""
    own = DeviationVersion.objects.newest().filter(trial=trial, written_by=actor.user_id)
    last = own.filter(written_at__gt=timezone.now() - SENT_AGAIN).order_by("number").last()
    return last if last and last.version == 1 and entry_of(last) == columns else None


def correct_deviation(*, seen: DeviationVersion, entry: Entry, reason: str, actor: Actor) -> DeviationVersion:
    """The entry, corrected or completed; `seen` is the version that was shown to the person."""
    authorise(actor, Action.WRITE_DEVIATIONS)
    columns = entry.checked(seen.trial)
    if seen.status == DeviationStatus.CLOSED:
        raise WrongState(f"Deviation {seen.number} is closed. Reopen it before you correct it.")
    if columns == entry_of(seen):
        raise BadInput(f"Nothing in deviation {seen.number} was changed. Change at least one field.")
    return follow(seen, "studies.deviation.corrected", actor, reason, columns)


def close_deviation(*, seen: DeviationVersion, closed_on: date, reason: str, actor: Actor) -> DeviationVersion:
    """Closes the entry: no more action is needed, and both kinds of action are described."""
    authorise(actor, Action.WRITE_DEVIATIONS)
    if seen.status == DeviationStatus.CLOSED:
        raise WrongState(f"Deviation {seen.number} is already closed.")
    for column, name in ACTIONS_TAKEN.items():
        if not getattr(seen, column):
            raise WrongState(
                f"Deviation {seen.number} has no {name}. Enter it, or why none is needed, before you close the entry."
            )
    checked_past_day("closing date", closed_on, "closed_on", earliest_closing(seen))
    columns = {"status": DeviationStatus.CLOSED, "closed_on": closed_on}
    return follow(seen, "studies.deviation.closed", actor, reason, columns)


def earliest_closing(seen: DeviationVersion) -> date:
    """The day on which it was noticed or, after a reopening, the day before that, because of time zones."""
    versions = DeviationVersion.objects.filter(trial=seen.trial_id, number=seen.number)
    closed = versions.filter(status=DeviationStatus.CLOSED, version__lt=seen.version).order_by("version").last()
    if closed is None:
        return seen.noticed_on
    return max(seen.noticed_on, versions.get(version=closed.version + 1).written_at.date() - timedelta(days=1))


def reopen_deviation(*, seen: DeviationVersion, reason: str, actor: Actor) -> DeviationVersion:
    """Reopens the entry for further correction or action."""
    authorise(actor, Action.WRITE_DEVIATIONS)
    if seen.status == DeviationStatus.OPEN:
        raise WrongState(f"Deviation {seen.number} is already open.")
    columns = {"status": DeviationStatus.OPEN, "closed_on": None}
    return follow(seen, "studies.deviation.reopened", actor, reason, columns)


def follow(
    seen: DeviationVersion, action: str, actor: Actor, reason: str, columns: Mapping[str, object]
) -> DeviationVersion:
    """The next version, unless another was written after the person read theirs."""
    reason = checked_text("reason", reason, longest=LONGEST_REASON)
    kept = {**entry_of(seen), "status": seen.status, "closed_on": seen.closed_on} | dict(columns)
    with audited_atomic():
        take_turn(seen.trial_id)
        newest = DeviationVersion.objects.newest().get(trial=seen.trial_id, number=seen.number)
        if newest.version != seen.version:
            raise WrongState(
                f"Deviation {seen.number} has changed since you opened it: version {newest.version} follows version"
                f" {seen.version}. Open it again before you decide."
            )
        made = DeviationVersion.objects.create(
            trial=seen.trial,
            number=seen.number,
            version=seen.version + 1,
            reason=reason,
            written_by_id=actor.user_id,
            **kept,
        )
        record_event(made, action, actor, changes_between(seen, made))
    return made


def take_turn(trial_id: int) -> None:
    """Makes concurrent writes to the log of a trial take turns."""
    Trial.objects.select_for_update(no_key=True).get(pk=trial_id)


def changes_between(old: DeviationVersion, new: DeviationVersion) -> dict[str, list[object]]:
    """The columns whose change an event names."""
    pairs = {name: [getattr(old, name), getattr(new, name)] for name in RECORDED}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def record_event(made: DeviationVersion, action: str, actor: Actor, changes: dict[str, list[object]]) -> None:
    """The event of a version."""
    record(
        action=action,
        actor=actor,
        stream=made.trial.code,
        subject=("studies.deviation", f"{made.trial.code}-{made.number}"),
        changes=changes,
        reason=made.reason,
        details={
            "number": made.number,
            "version": made.version,
            "category": made.category,
            "site": made.site and made.site.code,
            "subject": made.subject and made.subject.code,
            "visit": made.visit and made.visit.code,
        },
        rows=[made],
    )
