"""The subject of a case from the sealed tables, for pages and jobs of people who may know; never for a reader."""

from __future__ import annotations

from collections.abc import Sequence

from reading.campaigns.frozen_films import FrozenCase
from reading.models import Case, SealedCase
from reading.seals import unseal


def open_case_seal(case: Case) -> FrozenCase:
    """The subject of a case, for coordinators' pages and for issuing a case again; never on a reader's path."""
    sealed = SealedCase.objects.get(case=case)
    return FrozenCase.from_json(unseal(sealed.sealed, bound_to=f"case {case.token}"))


def identities(cases: Sequence[Case]) -> dict[int, FrozenCase]:
    """The frozen films by case id, in one query."""
    wanted = [case.pk for case in cases]
    sealed = dict(SealedCase.objects.filter(case__in=wanted).values_list("case_id", "sealed"))
    return {case.pk: FrozenCase.from_json(unseal(sealed[case.pk], bound_to=f"case {case.token}")) for case in cases}


def identity_in(case: Case) -> FrozenCase:
    """The subject of a case that was fetched with its `sealedcase`."""
    return FrozenCase.from_json(unseal(case.sealedcase.sealed, bound_to=f"case {case.token}"))
