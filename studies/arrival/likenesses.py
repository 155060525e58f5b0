"""The same film under another subject, visit or side, though recompressed, rescaled, cropped or mirrored: a finding."""

from __future__ import annotations

import base64
import struct
from typing import Any

from django.db.models import Q, QuerySet

from imaging.likeness import Likeness, Match, matches
from studies.arrival.placing import Finding, Placement
from studies.models import Film, SealedLikeness
from studies.models.film import SIDES
from studies.sealing_key import opened_bytes, sealed_bytes

CODE = "near-duplicate"
NAMED = 3
# Rows and columns, then the small picture, then an end that is no padding.
SIZE, END = ">II", b"."


def keep_likeness(film: Film, likeness: Likeness) -> None:
    """Stores it before it is compared, so that of two films read at the same moment one finds the other."""
    content = struct.pack(SIZE, likeness.rows, likeness.columns) + likeness.content + END
    sealed = sealed_bytes(content, bound_to=binding(film.pk), pad_to=1)
    SealedLikeness.objects.update_or_create(film=film, defaults={"sealed": sealed})


def given_likeness(answer: dict[str, Any] | None) -> Likeness | None:
    """As the decoder answered it; None for a picture without structure."""
    return Likeness(answer["rows"], answer["columns"], base64.b64decode(answer["content"])) if answer else None


def near_duplicates(film: Film, placed: Placement, likeness: Likeness, pixels: str) -> Finding | None:
    """The finding for the desk; films with exactly these pixels have a finding of their own."""
    others = list(comparable_likenesses(film, placed, pixels))
    found = matches(likeness, [opened(film_pk, sealed) for film_pk, sealed in others])
    if not found:
        return None
    keys = [others[match.place][0] for match in found]
    films = Film.objects.filter(pk__in=keys).select_related("subject", "visit").in_bulk()
    named = [name_match(films[key], match) for key, match in zip(keys, found, strict=True)]
    more = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
    text = f"The picture appears to be the same as that of {', '.join(named[:NAMED])}{more}. Compare them."
    return {"code": CODE, "text": text}


def comparable_likenesses(
    film: Film, placed: Placement, pixels: str
) -> QuerySet[SealedLikeness, tuple[int, bytes | memoryview]]:
    """Films in play of the site that could show this view, except another copy for the same place."""
    films = Film.objects.live().filter(site=film.site).exclude(pk=film.pk).exclude(pixel_sha256=pixels)
    films = films.exclude(Q(visit=placed.visit, side=placed.side) & ~Q(side=""))
    if placed.view:
        films = films.filter(view__in=("", placed.view))
    return SealedLikeness.objects.filter(film__in=films).order_by("pk").values_list("pk", "sealed")


def opened(film: int, sealed: bytes | memoryview) -> Likeness:
    content = opened_bytes(sealed, bound_to=binding(film)).removesuffix(END)
    head = struct.calcsize(SIZE)
    rows, columns = struct.unpack(SIZE, content[:head])
    return Likeness(rows, columns, content[head:])


def binding(film: int) -> str:
    return f"likeness of film {film}"


def name_match(film: Film, match: Match) -> str:
    side = dict(SIDES).get(film.side, "").lower()
    place = [f"subject {film.subject}" if film.subject else "", f"visit {film.visit.code}" if film.visit else "", side]
    mirrored = "mirrored" if match.mirrored else ""
    return f"{film} ({', '.join(filter(None, [*place, mirrored]))})"
