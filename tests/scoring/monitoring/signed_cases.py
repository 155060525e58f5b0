"""Signed cases straight into the tables: two primary reads each, with the difference of their totals that is wanted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from accounts.models import Signature, User
from config.tokens import new_token
from reading.campaigns.case_seals import open_case_seal
from reading.models import Batch, Campaign, Case, CaseStatus, Read, ReadStatus, ReadStep, SealedCase, SignedValues
from reading.seals import seal
from scoring.consensus.sealed_result import sealed_result
from scoring.models import CaseResult, Outcome

Signed = tuple[User, User, float, bool]
# Of eight joints with a film: six grades of which three are 0, two not assessable; one joint has no film.
ENTRIES = {
    **{f"GL-PIP{place}": [grade, "", 1] for place, grade in enumerate((0, 0, 0, 1, 2, 3), start=2)},
    **{f"GR-PIP{place}": [None, "OVERLAP", 1] for place in (2, 3)},
    "GR-PIP4": [None, "ABSENT", 1],
}


def add_signed(
    campaign: Campaign, cases: Sequence[Signed], *, seconds: float = 600.0, accepted: Sequence[float] = ()
) -> None:
    """Cases in order: two readers, the difference of the first from the second, and whether they were discordant.

    `accepted` are the totals of the result at both timepoints; without them, there is none.
    """
    batch = Batch.objects.create(campaign=campaign, name="signed", commitment="0" * 64)
    begun, films = campaign.cases.count(), open_case_seal(campaign.cases.order_by("pk")[0])
    for place, (first, second, difference, discordant) in enumerate(cases, start=1):
        case = Case.objects.create(
            campaign=campaign,
            charter=campaign.charter,
            token=new_token(),
            number=begun + place,
            status=CaseStatus.CONSENSUS,
        )
        SealedCase.objects.create(case=case, sealed=seal(films.as_json(), bound_to=f"case {case.token}"))
        for reader in (first, second):
            add_read(case, batch, reader, seconds)
        add_result(case, {first.pk: 10 + difference, second.pk: 10.0}, discordant, accepted)


def add_read(case: Case, batch: Batch, reader: User, seconds: float) -> None:
    """A primary read of one step, signed once."""
    read = Read.objects.create(
        case=case,
        batch=batch,
        reader=reader,
        status=ReadStatus.SIGNED,
        token=new_token(),
        queue_position=case.number,
        signed_at=timezone.now(),
    )
    step = ReadStep.objects.create(read=read, position=0, locked_at=timezone.now(), entry_seconds=seconds)
    values = json.dumps({"timepoints": {new_token(): {"values": ENTRIES}}})
    digest = hashlib.sha256(values.encode()).hexdigest()
    signature = Signature.objects.create(
        signer=reader, printed_name=str(reader), role="reader", meaning="read", record_kind="step", digest=digest
    )
    SignedValues.objects.create(step=step, version=1, values=values, digest=digest, signature=signature)


def add_result(case: Case, totals: dict[int, float], discordant: bool, accepted: Sequence[float] = ()) -> None:
    """The result of two reads whose totals differ alike at both timepoints."""
    first = {str(reader): {"totals": [amount(total)] * 2, "changes": [amount(0)]} for reader, total in totals.items()}
    changes = [amount(total - accepted[0]) for total in accepted[1:]]
    result = {"totals": [amount(total) for total in accepted], "changes": changes} if accepted else None
    numbers = {"readers": first, "result": result, "first": first, "first_discordant": discordant}
    CaseResult.objects.create(
        case=case,
        version=1,
        outcome=Outcome.CONSENSUS,
        rule="mean-of-two",
        inputs=[],
        inputs_digest=case.token,
        trigger={},
        sealed=sealed_result(case=case.pk, version=1, readers=totals, numbers=numbers, one_sided=(), interval=(0, 0)),
    )


def amount(value: float) -> dict[str, Any]:
    return {"total": {"value": str(value), "reason": "", "assessed": 32, "imputed": 0}}
