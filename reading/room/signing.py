"""Signing a step: the canonical bytes of every value, their digest under the signature, the step locked."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone

from accounts.models import Signature, User
from accounts.roles import Action, authorise
from accounts.signatures import prove, statement, write_signature
from accounts.signed_acts import Act, meaning_of
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, WrongState
from config.wording import counted, either, quoted
from jobs.queue import add
from reading.capture_chains import chain_after_change, hold_chains, resumed
from reading.charter.versions import terms_of
from reading.issuing.assignments import move_case, move_read
from reading.issuing.presentations import MIXED
from reading.issuing.suspensions import demand_not_suspended
from reading.models import Case, CaseStatus, Read, ReadKind, ReadReturn, ReadStatus, ReadStep, SignedValues
from reading.room.cells import cells_of, count_filled, instrument_of, timepoints_of
from reading.room.entry_times import entry_seconds
from reading.room.impossible_codes import demand_possible
from reading.room.queries import answers_of, close_query, demand_answered, queried_items
from reading.room.steps import open_step, place_in, presentation_of, status_of, takes_values
from reading.states import READ_IS

MEANINGS = {"read": Act.READ, "corrected": Act.CORRECTED_READ, "checked": Act.CHECKED_READ}
RETURN_REASONS = {
    "incomplete": "A joint was overlooked",
    "wrong-joint": "Values were entered at the wrong joint",
    "reader-asked": "The reader requested it",
    "other": "Another reason, given in the note",
}


def canonical_values(read: Read, step: ReadStep) -> dict[str, Any]:
    """Everything a signature on the step covers: charter, instrument, what was shown, and every cell."""
    instrument = instrument_of(read)
    timepoints = timepoints_of(step)
    cells = cells_of(timepoints)
    checked = queried_items(read)
    return ({"checked": answers_of(checked)} if checked else {}) | {
        "charter": read.case.campaign.charter.digest,
        "instrument": f"{instrument.key} {instrument.version}",
        "read": read.token,
        "presentation": presentation_of(read),
        "step": step.position,
        "counts": step.counts,
        "wording": terms_of(read.case.campaign.charter).wording or instrument.default_wording,
        "version": step.signed_values.count() + 1,
        "timepoints": {
            timepoint.token: {
                "letter": timepoint.letter,
                "films": {f"{film.view}-{film.side}": film.reader_image_id or "" for film in timepoint.films.all()},
                "values": {
                    item.key: [cell.value, cell.reason, cell.revision]
                    for item in instrument.items
                    if (cell := cells.get((timepoint.pk, item.key))) and cell.filled
                },
            }
            for timepoint in timepoints
        },
    }


def canonical_text(values: dict[str, Any]) -> str:
    """The bytes: sorted, without spaces, ASCII, so the same everywhere."""
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def digest_of(text: str) -> str:
    """SHA-256 of the canonical bytes in hex."""
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def count_gaps(read: Read, step: ReadStep) -> int:
    """Cells without a grade or a reason."""
    timepoints = timepoints_of(step)
    return len(instrument_of(read).items) * len(timepoints) - count_filled(cells_of(timepoints))


def sign_step(
    *, read: Read, step: ReadStep, actor: Actor, user: User, password: str, meaning: str, shown_digest: str
) -> SignedValues:
    """Signs what was on the screen and locks the step; the last step signs the read and requests the consensus.

    Refused if a cell is empty, if the values are no longer those shown, or if the password is wrong.
    """
    authorise(actor, Action.READ_CASES)
    demand_signable(read, step, meaning)
    prove(act=MEANINGS[meaning], user=user, password=password)
    with audited_atomic():
        step = hold_step(read, step)
        text = canonical_text(canonical_values(read, step))
        if digest_of(text) != shown_digest:
            raise WrongState("Entries have changed since this review was shown. Check them again before you sign.")
        signed = write_signed_values(read, step, actor, user, meaning, text)
        changed = lock_step(read, step)
        read.refresh_from_db(fields=["status", "signed_at"])
        changed += close_query(read)
        record(
            action="reading.step.signed",
            actor=actor,
            stream=read.case.campaign.trial.code,
            subject=("reading.read", str(read.pk)),
            details={**place_in(read, step), "digest": signed.digest, "meaning": meaning_of(MEANINGS[meaning])},
            rows=[signed],
            tracked=changed,
            chains=chain_after_change(read),
        )
        if read.status == ReadStatus.SIGNED:
            ask_for_consensus(read)
    return signed


def hold_step(read: Read, step: ReadStep) -> ReadStep:
    """The step as it is now, with its read locked for the signature; WrongState if it accepts none."""
    hold_chains([read])
    locked = Read.objects.select_related("case__campaign").select_for_update(of=("self",)).get(pk=read.pk)
    step = locked.steps.get(pk=step.pk)
    demand_not_suspended(read)
    demand_counts(locked)
    demand_same_charter(read, locked)
    if not takes_values(locked, step):
        raise WrongState(f"This read is {READ_IS[status_of(locked, step)]}, so it accepts no signature now.")
    if step.token is None and step != open_step(read):
        raise WrongState("This step is not the next one to sign. Load the page again.")
    return step


def demand_counts(locked: Read) -> None:
    """WrongState once the read or its case has ended, which the status of a mixed timepoint does not show."""
    ended = locked.case.status == CaseStatus.VOIDED or locked.case.consent_withdrawn
    if ended or locked.status in (ReadStatus.VOIDED, ReadStatus.REPLACED):
        raise WrongState("This read is no longer valid, so it cannot be signed.")


def demand_same_charter(read: Read, locked: Read) -> None:
    """WrongState if the campaign was put under another charter version while this signature was on its way."""
    if read.case.campaign.charter_id != locked.case.campaign.charter_id:
        raise WrongState("The charter of this campaign has a new version. Load the page again before you sign.")


def demand_signable(read: Read, step: ReadStep, meaning: str) -> None:
    """The meaning is one of the list, no cell is empty and none holds an impossible code."""
    if meaning not in MEANINGS:
        text = f"The meaning of the signature cannot be {quoted(meaning)}."
        raise BadInput(f"{text} Choose {either(quoted(meaning_of(act)) for act in MEANINGS.values())}.")
    if gaps := count_gaps(read, step):
        empty = counted(gaps, "cell has", "cells have")
        raise WrongState(f"{empty} neither a score nor a reason. Fill every cell before you sign.")
    timepoints = timepoints_of(step)
    demand_possible(instrument_of(read), timepoints, cells_of(timepoints))
    demand_answered(queried_items(read))


def write_signed_values(read: Read, step: ReadStep, actor: Actor, user: User, meaning: str, text: str) -> SignedValues:
    """The signature and the bytes it covers; a step signed again gets the next version."""
    digest = digest_of(text)
    signature = write_signature(
        act=MEANINGS[meaning],
        actor=actor,
        user=user,
        record=("reading.read", str(read.pk)),
        digest=digest,
        stream=read.case.campaign.trial.code,
    )
    version = step.signed_values.count() + 1
    return SignedValues.objects.create(step=step, version=version, values=text, digest=digest, signature=signature)


def lock_step(read: Read, step: ReadStep) -> list[Model]:
    """Locks the step; with the last one the read is signed, unless it was declined. Returns what has changed."""
    seconds = entry_seconds(step)
    if ReadStep.objects.filter(pk=step.pk, locked_at=None).update(locked_at=timezone.now(), entry_seconds=seconds) != 1:
        raise WrongState("This step is already signed.")
    if read.status != ReadStatus.DECLINED and not read.steps.filter(locked_at=None).exists():
        move_read(read, ReadStatus.SIGNED, signed_at=timezone.now())
        return [step, read]
    return [step]


def ask_for_consensus(read: Read) -> None:
    """Adds the job that computes the case's consensus, whether or not others have signed: the job determines that.

    If it were added only with the last signature, the time to sign would reveal the progress of the other readers.
    """
    if read.kind == ReadKind.REPEAT:
        return
    case = Case.objects.select_for_update().get(pk=read.case_id)
    versions = SignedValues.objects.filter(step__read__case=case).count()
    add(kind="scoring.consensus", key=f"case-{case.pk}-{versions}", payload={"case": case.pk})


def return_read(
    *, read: Read, actor: Actor, user: User, password: str, reason: str, note: str, step: ReadStep | None = None
) -> ReadReturn:
    """Returns a signed read to its reader; the case waits for a new signature and the old one is kept.

    Signed over the read, the reason and the note; the same form sent twice returns it once.

    The steps that count are open again; timepoints read alone before a last joint step stay locked. Where timepoints
    are mixed, one `step` is returned alone: several at once would reveal that they belong together.
    """
    authorise(actor, Action.RETURN_READS)
    demand_known_reason(reason)
    again = steps_to_open_again(read, step)
    prove(act=Act.RETURN, user=user, password=password)
    with audited_atomic():
        hold_chains([read])
        Read.objects.select_for_update().get(pk=read.pk)
        facts: dict[str, object] = {"read": read.token, "reason": reason, "note": note[:300]}
        facts["step"] = step.position if step else None
        if same := returned_before(read, user, facts):
            return same
        signature = sign_return(read, actor, user, facts)
        place: dict[str, object] = {"step": step.position} if step else {}
        returned = ReadReturn(read=read, reason=reason, note=note[:300], signature=signature)
        return open_again(returned, again, actor, RETURN_REASONS[reason], place)


def open_again(
    returned: ReadReturn, again: QuerySet[ReadStep], actor: Actor, reason: str, place: dict[str, object]
) -> ReadReturn:
    """Opens these steps of a signed read again. Inside the transaction that holds its chain and signed the return."""
    read = returned.read
    move_read(read, ReadStatus.RETURNED, signed_at=None)
    steps = list(again)
    again.update(locked_at=None)
    case = case_waits_again(read)
    returned.save(force_insert=True)
    record(
        action="reading.read.returned",
        actor=actor,
        stream=read.case.campaign.trial.code,
        subject=("reading.read", str(read.pk)),
        changes={"status": [ReadStatus.SIGNED, ReadStatus.RETURNED]},
        reason=reason,
        details={"case": read.case.number, **place},
        rows=[returned],
        tracked=[read, case, *steps],
        chains=resumed([read]),
    )
    return returned


def case_waits_again(read: Read) -> Case:
    """Moves the case of a returned read back to before its signature; WrongState once its subject withdrew consent."""
    case = Case.objects.select_for_update().get(pk=read.case_id)  # with its latest result
    if case.consent_withdrawn:
        text = (
            f"Case {case.number} is stopped, because its subject withdrew consent. Its signed reads stay as they are."
        )
        raise WrongState(text)
    if read.kind == ReadKind.ADJUDICATION and case.status == CaseStatus.ADJUDICATED:
        move_case(case, CaseStatus.DISCORDANT)
    elif read.kind == ReadKind.PRIMARY and case.status != CaseStatus.OPEN:
        move_case(case, CaseStatus.OPEN)
    return case


def demand_known_reason(reason: str) -> None:
    """BadInput for a reason that is not on the list."""
    if reason not in RETURN_REASONS:
        text = f"The reason cannot be {quoted(reason)}. Choose {either(map(quoted, RETURN_REASONS.values()))}."
        raise BadInput(text, field="reason")


def steps_to_open_again(read: Read, step: ReadStep | None) -> QuerySet[ReadStep]:
    """The steps that count; where timepoints are mixed, the chosen one."""
    again = read.steps.filter(counts=True)
    if presentation_of(read) not in MIXED:
        return again
    if step is None or not (again := again.filter(pk=step.pk)):
        raise BadInput("Choose the timepoint of this read to return to its reader.", field="step")
    return again


def sign_return(read: Read, actor: Actor, user: User, facts: dict[str, object]) -> Signature:
    """The signature for a return; the number of earlier returns distinguishes statements with the same reason."""
    return write_signature(
        act=Act.RETURN,
        actor=actor,
        user=user,
        record=("reading.read", str(read.pk)),
        digest=statement(**facts, number=read.returns.count()),
        stream=read.case.campaign.trial.code,
    )


def returned_before(read: Read, user: User, facts: dict[str, object]) -> ReadReturn | None:
    """The newest return, if this person signed the same and the reader has not signed again since."""
    last = read.returns.select_related("signature").last()
    if last is None or last.signature.signer_id != user.pk:
        return None
    same = last.signature.digest == statement(**facts, number=read.returns.count() - 1)
    waiting = Read.objects.filter(pk=read.pk, status=ReadStatus.RETURNED).exists()
    return last if same and waiting else None
