"""The number by which people refer to an entry of a worklist: six random digits, used once.

It is derived from the entry's random token with a secret of the installation: it depends on neither order nor case,
and nobody can compute it from the tokens in a dataset.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db.models import Q

from config.whole import whole_from
from reading.issuing.randomisation import Draw
from reading.models import Read, ReadStep
from reading.models.read import ReadQuerySet

FIRST, MANY = 100_000, 900_000


def draw_numbers(tokens: Sequence[str]) -> dict[str, int]:
    """A number for each entry by its token; a number in use is drawn again. Called where the entries are written."""
    streams = {token: Draw(settings.SECRET_KEY.encode(), f"read number {token}") for token in tokens}
    found: dict[int, str] = {}
    left = list(tokens)
    while left:
        drawn = {token: FIRST + streams[token].below(MANY) for token in left}
        taken = taken_among(drawn.values())
        for token, number in drawn.items():
            if number not in taken:
                found.setdefault(number, token)
        left = sorted(set(left) - set(found.values()))
    return {token: number for number, token in found.items()}


def taken_among(numbers: Iterable[int]) -> set[int]:
    """The numbers that another entry already has."""
    wanted = list(numbers)
    reads, steps = (model.objects.filter(number__in=wanted) for model in (Read, ReadStep))
    return set(reads.values_list("number", flat=True)) | set(steps.values_list("number", flat=True))


def reads_numbered(text: str) -> ReadQuerySet:
    """The reads whose number, or a timepoint's number, was typed; people may group the digits with spaces."""
    number = whole_from("".join(text.split()))
    if not number:
        return Read.objects.none()
    steps = ReadStep.objects.filter(number=number).values("read")
    return Read.objects.filter(Q(number=number) | Q(pk__in=steps))
