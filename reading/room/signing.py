"""Signing a step: the canonical bytes of every value, their digest under the signature, the step locked."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.roles import Action, authorise
from accounts.signatures import check_password_for_signature, write_signature
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, WrongState
from config.wording import counted, either, quoted
from jobs.queue import add
from reading.charter.versions import terms_of
from reading.issuing.assignments import move_case, move_read
from reading.issuing.presentations import MIXED
from reading.models import Case, CaseStatus, Read, ReadKind, ReadReturn, ReadStatus, ReadStep, SignedValues
from reading.room.cells import cells_of, count_filled, instrument_of, timepoints_of
from reading.room.steps import open_step, place_in, presentation_of, status_of, takes_values
from reading.states import READ_IS

MEANINGS = {
    "read": "I read these films myself and these are my scores",
    "corrected": "I corrected this read after it was returned and these are my scores",
}
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
    return {
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
    """Sorted, without spaces, ASCII: the same bytes everywhere."""
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

    Refused when a cell is empty, when the values are no longer those shown, or when the password is wrong.
    """
    authorise(actor, Action.READ_CASES)
    if meaning not in MEANINGS:
        text = f"The meaning of the signature cannot be {quoted(meaning)}."
        raise BadInput(f"{text} Choose {either(map(quoted, MEANINGS.values()))}.")
    if gaps := count_gaps(read, step):
        empty = counted(gaps, "cell has", "cells have")
        raise WrongState(f"{empty} neither a score nor a reason. Fill every cell before you sign.")
    check_password_for_signature(user=user, password=password)
    with audited_atomic():
        locked = Read.objects.select_for_update().get(pk=read.pk)
        step = locked.steps.get(pk=step.pk)
        if not takes_values(locked, step):
            raise WrongState(f"This read is {READ_IS[status_of(locked, step)]}, so it accepts no signature now.")
        if step.token is None and step != open_step(read):
            raise WrongState("This step is not the next one to sign. Load the page again.")
        text = canonical_text(canonical_values(read, step))
        if digest_of(text) != shown_digest:
            raise WrongState("Entries have changed since this review was shown. Check them again before you sign.")
        signed = write_signed_values(read, step, actor, user, meaning, text)
        lock_step(read, step)
        record(
            action="reading.step.signed",
            actor=actor,
            stream=read.case.campaign.trial.code,
            subject=("reading.read", str(read.pk)),
            details={**place_in(read, step), "digest": signed.digest, "meaning": MEANINGS[meaning]},
            rows=[signed],
        )
        read.refresh_from_db()
        if read.status == ReadStatus.SIGNED:
            ask_for_consensus(read)
    return signed


def write_signed_values(read: Read, step: ReadStep, actor: Actor, user: User, meaning: str, text: str) -> SignedValues:
    """The signature and the bytes it covers; a step signed again gets the next version."""
    digest = digest_of(text)
    signature = write_signature(
        actor=actor,
        user=user,
        meaning=MEANINGS[meaning],
        record=("reading.read", str(read.pk)),
        digest=digest,
        stream=read.case.campaign.trial.code,
    )
    version = step.signed_values.count() + 1
    return SignedValues.objects.create(step=step, version=version, values=text, digest=digest, signature=signature)


def lock_step(read: Read, step: ReadStep) -> None:
    """Locks the step; with the last one the read is signed, unless it was declined."""
    if ReadStep.objects.filter(pk=step.pk, locked_at=None).update(locked_at=timezone.now()) != 1:
        raise WrongState("This step is already signed.")
    if read.status != ReadStatus.DECLINED and not read.steps.filter(locked_at=None).exists():
        move_read(read, ReadStatus.SIGNED, signed_at=timezone.now())


def ask_for_consensus(read: Read) -> None:
    """Adds the job that computes the case's consensus, whether or not others have signed: the job finds out.

    Were it added only with the last signature, the work of signing would tell a reader how far the others are.
    """
    if read.kind == ReadKind.REPEAT:
        return
    case = Case.objects.select_for_update().get(pk=read.case_id)
    versions = SignedValues.objects.filter(step__read__case=case).count()
    add(kind="scoring.consensus", key=f"case-{case.pk}-{versions}", payload={"case": case.pk})


def return_read(*, read: Read, actor: Actor, reason: str, note: str, step: ReadStep | None = None) -> ReadReturn:
    """Returns a signed read to its reader; the case waits for a new signature and the old one is kept.

    The steps that count are open again; timepoints read alone before a last joint step stay locked. Where timepoints
    are mixed, one `step` is returned by itself: several at once would reveal that they belong together.
    """
    authorise(actor, Action.RETURN_READS)
    if reason not in RETURN_REASONS:
        text = f"The reason cannot be {quoted(reason)}. Choose {either(map(quoted, RETURN_REASONS.values()))}."
        raise BadInput(text, field="reason")
    again = read.steps.filter(counts=True)
    if presentation_of(read) in MIXED:
        again = again.filter(pk__in=[step.pk] if step else [])
        if not again:
            raise BadInput("Choose the timepoint of this read to return to its reader.", field="step")
    with audited_atomic():
        move_read(read, ReadStatus.RETURNED, signed_at=None)
        again.update(locked_at=None)
        case = Case.objects.select_for_update().get(pk=read.case_id)  # with its latest result
        if read.kind == ReadKind.ADJUDICATION and case.status == CaseStatus.ADJUDICATED:
            move_case(case, CaseStatus.DISCORDANT)
        elif read.kind == ReadKind.PRIMARY and case.status != CaseStatus.OPEN:
            move_case(case, CaseStatus.OPEN)
        returned = ReadReturn.objects.create(read=read, reason=reason, note=note[:300])
        record(
            action="reading.read.returned",
            actor=actor,
            stream=read.case.campaign.trial.code,
            subject=("reading.read", str(read.pk)),
            changes={"status": [ReadStatus.SIGNED, ReadStatus.RETURNED]},
            reason=RETURN_REASONS[reason],
            details={"case": read.case.number} | ({"step": step.position} if step else {}),
            rows=[returned],
        )
    return returned
