"""A finding for the same film sent again, even recompressed, rescaled, cropped or mirrored, wherever it was filed."""

from __future__ import annotations

import base64
import logging
import struct
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from django.db.models import QuerySet

from config.errors import BadInput
from imaging.levels import Levels
from imaging.likeness import AT_ONCE, SAME, SAME_ANYWHERE, Likeness, Match, part_matches, whole_matches
from imaging.likeness_parts import DETAIL, is_part_in_detail
from studies.arrival.placing import Finding, Placement
from studies.arrival.quarantine import Tampered
from studies.arrival.sealed_files import read_padded
from studies.desk.pictures import StoredLevels
from studies.models import Film, SealedLikeness
from studies.models.film import SIDES, FilmQuerySet
from studies.sealing_key import opened_bytes, sealed_bytes

CODE = "near-duplicate"
NAMED = 3
# The maximum number of films that are compared pixel by pixel.
CONFIRMED = 12
# Rows and columns, then the small picture, then an end marker that is not padding.
SIZE, END = ">II", b"."
Row = tuple[int, bytes | memoryview]
LevelOf = Callable[[str], Levels]
log = logging.getLogger(__name__)


def keep_likeness(film: Film, likeness: Likeness) -> None:
    """Stores it before it is compared, so that of two films read at the same moment one finds the other."""
    content = struct.pack(SIZE, likeness.rows, likeness.columns) + likeness.content + END
    sealed = sealed_bytes(content, bound_to=binding(film.pk), pad_to=1)
    SealedLikeness.objects.update_or_create(film=film, defaults={"sealed": sealed})


def given_likeness(answer: dict[str, Any] | None) -> Likeness | None:
    """The likeness from the decoder; None for a picture without structure."""
    return Likeness(answer["rows"], answer["columns"], base64.b64decode(answer["content"])) if answer else None


def near_duplicates(
    film: Film, placed: Placement, likeness: Likeness, pixels: str, picture: StoredLevels
) -> Finding | None:
    """The finding for the desk; films with exactly these pixels have a separate finding."""
    among = comparable(placed, pixels, Film.objects.filter(trial=film.trial).exclude(pk__in=[*apart(film)]))
    own, level_of = among.filter(film__site=film.site), cache(picture.level)
    found = same_among(own, likeness, SAME, picture, level_of)
    found |= same_among(among.exclude(film__site=film.site), likeness, SAME_ANYWHERE, picture, level_of)
    return finding_of(film, found) if found else None


def same_among(
    rows: QuerySet[SealedLikeness, Row], likeness: Likeness, least: float, picture: StoredLevels, level_of: LevelOf
) -> dict[int, Match]:
    """The films that show the same picture or a part of it, by key."""
    whole: dict[int, Match] = {}

    def compared() -> Iterator[list[tuple[int, Likeness]]]:
        for others in batches(rows):
            whole.update({match.key: match for match in whole_matches(likeness, others, least)})
            yield others

    parts = sorted(part_matches(likeness, compared()), key=lambda match: -match.score)[:CONFIRMED]
    return {match.key: match for match in parts if is_confirmed(match, picture, level_of)} | whole


def finding_of(film: Film, found: Mapping[int, Match]) -> Finding:
    """The finding that names the most similar film."""
    films = Film.objects.filter(pk__in=found).select_related("subject", "visit", "site").in_bulk()
    closest = sorted(found, key=lambda key: -found[key].score)
    named = [name_match(films[key], found[key], film) for key in closest]
    more = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
    text = f"The image appears to be the same as that of {', '.join(named[:NAMED])}{more}. Compare them."
    return {"code": CODE, "text": text}


def is_confirmed(match: Match, picture: StoredLevels, level_of: LevelOf) -> bool:
    """Whether the pixels of both films show that one is a part of the other; yes while the other has no pixels to show.

    It has none while another process still reads it, or if its file is damaged: a person then compares them.
    """
    folder = Film.objects.get(pk=match.key).desk_folder
    if not folder:
        return True
    try:
        other = StoredLevels.of(lambda name: read_padded(f"{folder}/{name}"))
        largest = max(picture.rows, picture.columns, other.rows, other.columns)
        level = "small" if largest >= 4 * DETAIL else "full"
        return is_part_in_detail(level_of(level), other.level(level), mirrored=match.mirrored)
    except (OSError, Tampered, BadInput, ValueError) as error:
        log.warning("film %s could not be compared in detail: %s", match.key, type(error).__name__)
        return True


def batches(rows: QuerySet[SealedLikeness, Row]) -> Iterator[list[tuple[int, Likeness]]]:
    """The films with their likenesses, in blocks in memory."""
    last = 0
    while some := [(key, opened(key, sealed)) for key, sealed in rows.filter(pk__gt=last)[:AT_ONCE]]:
        yield some
        last = some[-1][0]


def apart(film: Film) -> set[int]:
    """The film itself and the one that it replaces."""
    return {film.pk} | ({film.replaces_id} if film.replaces_id else set())


def comparable(placed: Placement, pixels: str, among: FilmQuerySet) -> QuerySet[SealedLikeness, Row]:
    """The films in play that could show this view, ordered by key."""
    films = among.live().exclude(pixel_sha256=pixels)
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


def name_match(other: Film, match: Match, film: Film) -> str:
    site = f"site {other.site.code}" if other.site_id != film.site_id else ""
    side = dict(SIDES).get(other.side, "").lower()
    subject = f"subject {other.subject}" if other.subject else ""
    visit = f"visit {other.visit.code}" if other.visit else ""
    mirrored = "mirrored" if match.mirrored else ""
    return f"{other} ({', '.join(filter(None, [site, subject, visit, side, mirrored]))})"
