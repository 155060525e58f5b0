"""Comparing the sponsor's list with Blindread, and recording what was decided about each difference."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from accounts.models import User
from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, WrongState
from scoring.edc.differences import EdcDifference, differences_of, with_since
from scoring.edc.files import FILM, RESCUE, read_list
from scoring.edc.held import held_by, no_rescue_because
from scoring.models import DifferenceKind, EdcList, EdcResolution, ResolutionKind
from studies.desk.confirmed import latest_day
from studies.models import Trial
from studies.naming import checked_choice, checked_text

LONGEST_TEXT = 500
OPEN, WAITING, RESOLVED = "open", "waiting", "resolved"
# The sponsor or the site still has to act.
AWAITED = (ResolutionKind.SPONSOR, ResolutionKind.SITE)


def newest_list(trial: Trial) -> EdcList | None:
    """The list that counts; None while none was uploaded."""
    return EdcList.objects.filter(trial=trial).order_by("-number").first()


def compare_list(*, trial: Trial, actor: Actor, user: User, text: str) -> EdcList:
    """Reads the list and keeps its differences. The same list with the same differences stays the list it is."""
    authorise(actor, Action.RECONCILE_EDC)
    rows = read_list(text, latest=latest_day(), no_rescue=no_rescue_because(trial))
    found = differences_of(rows, held_by(trial, with_rescue=RESCUE in rows[0]))
    digest = hashlib.sha256(text.encode()).hexdigest()
    with audited_atomic():
        Trial.objects.select_for_update(no_key=True).get(pk=trial.pk)
        newest = newest_list(trial)
        if newest is not None and newest.digest == digest and keys_of(newest.differences) == keys_of(found):
            return newest
        number = newest.number + 1 if newest else 1
        differences = with_since(found, number, newest.differences if newest else [])
        made = EdcList.objects.create(
            trial=trial, number=number, rows=rows, differences=differences, digest=digest, uploaded_by=user
        )
        record(
            action="scoring.edc-list.compared",
            actor=actor,
            stream=trial.code,
            subject=("scoring.edclist", str(made.pk)),
            details={"number": number, "lines": len(rows), "differences": len(found), "digest": digest},
            rows=[made],
        )
    return made


def keys_of(found: Sequence[EdcDifference]) -> list[str]:
    """The keys of differences, in their order."""
    return [one["key"] for one in found]


def shown_differences(edc_list: EdcList) -> list[EdcDifference]:
    """The differences of a list, without those of events where a charter no longer allows them to be known."""
    found: list[EdcDifference] = edc_list.differences
    if RESCUE in compared_columns(edc_list.trial):
        return found
    return [one for one in found if one["kind"] != DifferenceKind.EVENT]


def compared_columns(trial: Trial) -> tuple[str, ...]:
    """The columns about a visit that may be shown now."""
    return ("date", FILM) if no_rescue_because(trial) else ("date", RESCUE, FILM)


def resolutions_of(edc_list: EdcList, only: str = "") -> dict[str, list[EdcResolution]]:
    """For each difference of a list, by its key: what was decided since it is there, in this list or earlier ones.

    With `only`, the key of one difference, the others are left out.
    """
    since = {one["key"]: one["since"] for one in edc_list.differences if only in ("", one["key"])}
    found: dict[str, list[EdcResolution]] = {key: [] for key in since}
    numbers = (min(since.values(), default=edc_list.number), edc_list.number)
    recorded = EdcResolution.objects.filter(edc_list__trial=edc_list.trial_id, edc_list__number__range=numbers)
    if only:
        recorded = recorded.filter(key=only)
    # The lines and differences of each list are long, and not needed here.
    whole = recorded.select_related("edc_list", "written_by").defer("edc_list__rows", "edc_list__differences")
    for one in whole.order_by("pk"):
        if one.edc_list.number >= since.get(one.key, edc_list.number + 1):
            found[one.key].append(one)
    return found


def decided_state(edc_list: EdcList, decided: Sequence[EdcResolution]) -> str:
    """Open, waiting or resolved, by the newest decision.

    A correction in Blindread counts in the list where it was recorded: a later list that still finds the difference
    shows that it was not corrected.
    """
    newest = decided[-1] if decided else None
    if newest is None or newest.kind == ResolutionKind.REOPENED:
        return OPEN
    if newest.kind == ResolutionKind.CORRECTED:
        return RESOLVED if newest.edc_list_id == edc_list.pk else OPEN
    return WAITING if newest.kind in AWAITED else RESOLVED


def open_differences(edc_list: EdcList) -> list[EdcDifference]:
    """The differences that are neither resolved nor waiting for the sponsor or a site."""
    decided = resolutions_of(edc_list)
    return [one for one in shown_differences(edc_list) if decided_state(edc_list, decided[one["key"]]) == OPEN]


def resolve_difference(*, edc_list: EdcList, key: str, kind: str, text: str, actor: Actor, user: User) -> EdcResolution:
    """Records what was decided about a difference of the newest list. The same form sent twice records it once."""
    authorise(actor, Action.RECONCILE_EDC)
    checked_choice("resolution", kind, ResolutionKind.choices, field="kind")
    text = checked_text("explanation", text, longest=LONGEST_TEXT, field="text")
    with audited_atomic():
        Trial.objects.select_for_update(no_key=True).get(pk=edc_list.trial_id)
        demand_newest(edc_list)
        if key not in keys_of(shown_differences(edc_list)):
            raise BadInput(f"List {edc_list.number} has no such difference. Open it again from the list.")
        decided = resolutions_of(edc_list, key)[key]
        if decided and is_same(decided[-1], edc_list, (kind, text, user)):
            return decided[-1]
        if kind == ResolutionKind.REOPENED and decided_state(edc_list, decided) == OPEN:
            raise WrongState("The difference is already open. Choose how it was resolved.")
        made = EdcResolution.objects.create(edc_list=edc_list, key=key, kind=kind, text=text, written_by=user)
        record(
            action="scoring.edc-difference.resolved",
            actor=actor,
            stream=edc_list.trial.code,
            subject=("scoring.edclist", str(edc_list.pk)),
            details={"number": edc_list.number, "kind": made.get_kind_display()},
            rows=[made],
        )
    return made


def is_same(recorded: EdcResolution, edc_list: EdcList, given: tuple[str, str, User]) -> bool:
    """Whether a resolution was recorded in this list with this kind, text and person."""
    said = (recorded.kind, recorded.text, recorded.written_by)
    return recorded.edc_list_id == edc_list.pk and said == given


def demand_newest(edc_list: EdcList) -> None:
    """WrongState for a list that another one followed."""
    newest = newest_list(edc_list.trial)
    if newest is not None and newest.number != edc_list.number:
        raise WrongState(
            f"List {edc_list.number} was followed by list {newest.number}. Resolve the difference there, if it is"
            " still found."
        )
