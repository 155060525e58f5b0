"""Which film of a trial has a SOP Instance UID: decided under a lock, so that two films never claim it together."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from config.errors import WrongState
from studies.arrival.content import reencoded
from studies.models import Film, SopInstance
from studies.models.film import BEFORE_DESK, CONTENT, KEPT_APART, OUT_OF_PLAY


@dataclass(frozen=True)
class Twin:
    """The film that already has the UID, whether its image and header are the same, and its claimed content."""

    film: Film
    same: bool
    content: str

    def bars(self, film: Film) -> bool:
        """Whether `film` cannot be processed because of it.

        Another site's copy of an image is a separate film, with a finding; so is a film that a site has kept apart.
        """
        return KEPT_APART not in film.header and not (self.same and self.film.site_id != film.site_id)


def claim(film: Film, uid: str, content: str) -> Twin | None:
    """Stores the film's UID, then returns the other film that has it; None when it belongs to this film from now on.

    A film that was refused, rejected or withdrawn gives up its UID to the next one.
    """
    if not uid:
        return None
    with transaction.atomic():
        SopInstance.objects.get_or_create(trial=film.trial, uid=uid)
        row = SopInstance.objects.select_for_update().get(trial=film.trial, uid=uid)
        Film.objects.filter(pk=film.pk).update(sop_instance_uid=uid)
        film.sop_instance_uid = uid
        holder = find_holder(row, film)
        if row.film_id != (holder or film).pk or holder is None:
            row.film, row.content = holder or film, str(holder.header.get(CONTENT, "")) if holder else content
            row.save(update_fields=["film", "content"])
    return Twin(holder, bool(content) and content == row.content, row.content) if holder else None


def find_holder(row: SopInstance, film: Film) -> Film | None:
    """The film in play that has the UID, otherwise one that was kept apart from it and has reached the desk."""
    if row.film is not None and row.film.status not in OUT_OF_PLAY:
        return None if row.film == film else row.film
    others = Film.objects.filter(trial=row.trial_id, sop_instance_uid=row.uid).exclude(pk=film.pk)
    return others.exclude(status__in=OUT_OF_PLAY | BEFORE_DESK).order_by("pk").first()


def contested(film: Film, content: str) -> bool:
    """Whether the film is held for its site because another image has its UID; may decode both to find out."""
    row = SopInstance.objects.filter(trial=film.trial, uid=film.sop_instance_uid).select_related("film").first()
    if row is None or row.film is None or row.film == film or KEPT_APART in film.header:
        return False
    if row.film.status in OUT_OF_PLAY or (row.content and row.content in (content, film.header.get(CONTENT))):
        return False
    return not reencoded(film, content, row.film, row.content)


def check_alone(film: Film) -> None:
    """Checks, before a film returns into play, that no other film has its file or its UID."""
    same_bytes = Film.objects.live().filter(trial=film.trial, site=film.site, sha256=film.sha256)
    other = same_bytes.exclude(pk=film.pk).first()
    if other is None:
        twin = claim(film, film.sop_instance_uid, str(film.header.get(CONTENT, "")))
        other = twin.film if twin and twin.bars(film) else None
    if other is not None:
        raise WrongState(
            f"Another film of the same image has been received in the meantime ({other})."
            " Reject or withdraw that film first."
        )
