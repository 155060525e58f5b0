"""Leaks planted where an adjudicator would meet them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.http import HttpRequest

from reading.models import Case, Read, SealedRead
from reading.seals import unseal
from tests.blinding import playing
from tests.blinding.leaks_of_readers import SCREEN
from tests.blinding.planted import (
    arm_of,
    in_page,
    kept,
    leak,
    subject_of,
    token_in,
)
from tests.blinding.secrets_of import FIRST, SECOND

ALL_ACTIVE = replace(SECOND, arms=("active", "active", "active"))


@leak("why a case is adjudicated: trigger or control", "adjudicator", "worklist")
def purpose(patch: pytest.MonkeyPatch) -> None:
    def why(request: HttpRequest) -> str:
        reads = Read.objects.filter(reader_id=request.user.pk).order_by("token")
        sealed = {row.read_id: row.sealed for row in SealedRead.objects.filter(read__in=reads)}
        return " ".join(unseal(sealed[r.pk], bound_to=f"read {r.token}")["purpose"] for r in reads)

    in_page(patch, "reading.views.worklist", b"</body>", why)


@leak("size of the difference between the readers", "adjudicator")
def how_far(patch: pytest.MonkeyPatch) -> None:
    from scoring.models import CaseResult

    def largest(request: HttpRequest) -> str:
        case = Read.objects.get(token=token_in(request)).case_id
        return str(CaseResult.objects.filter(case=case).order_by("version")[0].trigger["largest"])

    in_page(patch, SCREEN, b"</body>", largest)


@leak("adjudication in one arm only", "adjudicator", "worklist", building=True, second=ALL_ACTIVE)
def one_arm(patch: pytest.MonkeyPatch) -> None:
    from scoring.consensus import case_result as consensus

    original = kept(consensus, "request_adjudication")

    def asking(*, case: Case, actor: Any) -> Any:
        if arm_of(subject_of(case), playing.PRESENT[-1]) == "active":
            return original(case=case, actor=actor)
        return None

    patch.setattr(consensus, "request_adjudication", asking)


DISAGREE = frozenset({1})


@leak(
    "trigger that compares only the first and last visits",
    "adjudicator",
    "worklist",
    building=True,
    first=replace(FIRST, control=False, discordant=DISAGREE),
    second=replace(FIRST, control=False, discordant=DISAGREE, order=SECOND.order),
)
def ordered_trigger(patch: pytest.MonkeyPatch) -> None:
    from scoring.consensus import case_result as consensus

    original = kept(consensus, "compare_readers")

    def ends(instrument: Any, readers: Any, *terms: Any) -> Any:
        cut = [replace(one, values=one.values[[0, -1]], operated=one.operated[[0, -1]]) for one in readers]
        return original(instrument, cut, *terms)

    patch.setattr(consensus, "compare_readers", ends)
