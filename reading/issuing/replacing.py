"""Giving an unsigned read to another reader, who starts from the beginning."""

from __future__ import annotations

from accounts.models import User
from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, WrongState
from reading.capture_chains import ended, hold_chains
from reading.charter.versions import qualified_readers
from reading.issuing.adjudication import ask_adjudicator
from reading.issuing.allocation import Assignment
from reading.issuing.assignments import ask_for_reads, move_read, open_batch
from reading.issuing.eligible import may_not_adjudicate, may_not_read
from reading.issuing.suspensions import demand_reading
from reading.models import Batch, Read, ReadKind, ReadStatus
from reading.states import demand_reason


def replace_reader(*, read: Read, actor: Actor, new_reader: User, reason: str) -> None:
    """Gives an unsigned read to another qualified reader, who starts from the beginning; signed reads are unchanged.

    A repeat belongs to its reader: it can be declined, but not given to anyone else.
    """
    authorise(actor, Action.ASSIGN_READS)
    demand_reason(reason)
    if read.kind == ReadKind.REPEAT:
        text = f"This read is a repeat by {read.reader}. A repeat can be declined, but not given to another reader."
        raise WrongState(text)
    demand_able(read, new_reader)
    with audited_atomic():
        hold_chains([read])
        move_read(read, ReadStatus.REPLACED)
        batch = Batch.objects.get(pk=read.batch_id)
        if batch.seed_revealed_at is not None:
            batch = open_batch(read.case.campaign, batch.name, batch.due_on, actor)
        if read.kind == ReadKind.ADJUDICATION:
            ask_adjudicator(batch, read.case, new_reader)
        else:
            ask_for_reads(batch, [Assignment(read.case_id, new_reader.pk, read.kind)])
        record(
            action="reading.read.reassigned",
            actor=actor,
            stream=read.case.campaign.trial.code,
            subject=("reading.read", str(read.pk)),
            changes={"reader": [str(read.reader), str(new_reader)]},
            reason=reason,
            details={"case": read.case.number, "reader": str(new_reader)},
            tracked=[read],
            chains=ended([read]),
        )


def demand_able(read: Read, new_reader: User) -> None:
    """BadInput if the person is suspended, not qualified, or may not read this case."""
    role = "reader" if read.kind == ReadKind.PRIMARY else "adjudicator"
    demand_reading(read.case.campaign.trial, [new_reader], "new_reader")
    able = {person.pk for person in qualified_readers(read.case.campaign.charter, role)}
    barred = may_not_read(read.case) if read.kind == ReadKind.PRIMARY else may_not_adjudicate(read.case)
    if new_reader.pk not in able - barred:
        text = f"This read cannot be given to {new_reader}."
        wanted = (
            f"Choose a qualified {role} who neither has nor has declined this case, and does not belong to its site."
        )
        raise BadInput(f"{text} {wanted}", field="new_reader")
