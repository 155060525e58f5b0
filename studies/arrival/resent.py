"""A file that is sent again: its film, additions to a held film, and contradictions to the stored film."""

from __future__ import annotations

from django.conf import settings

from audit.trail import Actor
from studies.arrival.held import complete
from studies.film_states import locked_row
from studies.models import Film, FilmStatus
from studies.models.film import SAME_IMAGE, UNREADABLE_BY
from studies.plan.consent import why_not_accepted

SENT_AGAIN = "sent-again"


def product_version() -> str:
    """The version of the product, stored with a film that it could not read: the next version reads the film again."""
    return str(settings.SPECTACULAR_SETTINGS["VERSION"])


def came_before(film: Film, *, again: bool) -> Film | None:
    """The film of the same site with the same bytes; None if they are to be filed.

    They are filed if no film with the same bytes is in play, unless this version has refused them as unreadable.
    """
    same = Film.objects.filter(trial=film.trial, site=film.site, sha256=film.sha256)
    live = same.live().select_for_update().first()
    if live is not None or again:
        return live
    latest = same.order_by("-pk").first()
    return standing_for(latest) if latest and latest.status == FilmStatus.REFUSED else None


def standing_for(refused: Film) -> Film | None:
    if refused.header.get(UNREADABLE_BY) == product_version():
        return refused
    return Film.objects.live().filter(pk=refused.header.get(SAME_IMAGE)).first()


def compare(known: Film, declared: Film, actor: Actor) -> str:
    """Adds the declarations of the second copy; returns the sentence for its sender, empty if nothing is new."""
    if differing := contradictions(known, declared):
        add_finding(known, f"The same file was sent again, declared for {', '.join(differing)}.")
        return f"This time it was declared for {', '.join(differing)}. The people at the desk see both declarations."
    if says := why_not_accepted(known.subject):
        return says
    if known.status == FilmStatus.HELD and (added := lacking(known, declared)):
        complete(film=known, subject=declared.subject, visit=declared.visit, film_date=declared.film_date, actor=actor)
        return f"Missing information was added: {', '.join(added)}."
    return ""


def contradictions(known: Film, declared: Film) -> list[str]:
    """The declarations that differ from the stored film."""
    pairs = (
        ("subject", known.subject, declared.subject),
        ("visit", known.visit, declared.visit),
        # A date confirmed at the desk takes precedence over what the site entered before.
        ("film date", None if known.film_date_source == "confirmed" else known.film_date, declared.film_date),
    )
    return [f"{word} {in_words(new)}" for word, old, new in pairs if old and new and old != new]


def lacking(known: Film, declared: Film) -> list[str]:
    pairs = (
        ("visit", known.visit, declared.visit),
        ("subject", known.subject, declared.subject),
        ("film date", known.film_date, declared.film_date),
    )
    return [f"{word} {in_words(new)}" for word, old, new in pairs if new and not old]


def in_words(value: object) -> str:
    """A subject or a visit by its code."""
    return str(getattr(value, "code", value))


def add_finding(film: Film, text: str) -> None:
    """One more finding for the desk, in the open transaction; the same sentence is kept only once."""
    film = locked_row(film)
    if all(finding["text"] != text for finding in film.findings):
        findings = [*film.findings, {"code": SENT_AGAIN, "text": text}]
        Film.objects.filter(pk=film.pk).update(findings=findings)
