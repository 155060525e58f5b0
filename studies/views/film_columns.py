"""The columns in which films are listed, for the coordinator and for a site."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Q

from config.cells import Badge, Column, label_of
from config.filters import ChoiceFilter, DayFilter, MomentFilter
from studies.models import Film, FilmStatus
from studies.models.film import CHANNELS, DATE_SOURCES, SIDES, VIEWS

# Both have to be sent again by the site.
REFUSED_OR_REJECTED = "refused-or-rejected"


class StatusFilter(ChoiceFilter):
    """Films in one state, or those that were refused or rejected."""

    def query(self, label: str, values: Mapping[str, str]) -> Q:
        """Either of both states, or the chosen one."""
        if values[""] == REFUSED_OR_REJECTED:
            return Q(status__in=(FilmStatus.REFUSED, FilmStatus.REJECTED))
        return super().query(label, values)


STATES = [*FilmStatus.choices, (REFUSED_OR_REJECTED, "Refused or rejected")]


def status(film: Film) -> Badge:
    """The status as a badge."""
    return Badge(film.status, label_of(film, "status"))


SUBJECT = Column("subject", "Subject", "subject.code", "subject__natural", field="subject__code")
VISIT = Column("visit", "Visit", "visit.code", ("visit__plan__target_day", "visit__natural"), field="visit__code")
SIDE = Column("side", "Side", "get_side_display", "side", ChoiceFilter("side", SIDES), field="side", labels=dict(SIDES))
VIEW = Column("view", "View", "get_view_display", "view", ChoiceFilter("view", VIEWS), field="view", labels=dict(VIEWS))
DAY = Column("film_date", "Film date", sort="film_date", filter=DayFilter("film_date"), field="film_date")
SOURCE = Column(
    "source",
    "Source of the date",
    "get_film_date_source_display",
    "film_date_source",
    field="film_date_source",
    labels=dict(DATE_SOURCES),
)
STATUS = Column(
    "status",
    "Status",
    status,
    "status",
    StatusFilter("status", STATES),
    field="status",
    labels=dict(FilmStatus.choices),
)
REASON = Column("reason", "Reason", "status_reason", template="studies/cells/reason.html", field="status_reason")
RECEIVED = Column(
    "received", "Received", "received_at", "received_at", MomentFilter("received_at"), field="received_at"
)
CHANNEL = Column("channel", "Received by", "get_channel_display", "channel", field="channel", labels=dict(CHANNELS))
COUNTS = Column(
    "designated",
    "Designated",
    "designated",
    "designated",
    help="If a view has several films, only the designated one is used",
    field="designated",
)
