"""The step that accepts entries now, with the data that an entry needs, fetched after locking the read's chain."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, QuerySet

from config.compiled import CompiledQuery
from config.errors import WrongState
from reading.capture_chains import hold_chains
from reading.models import (
    CampaignStatus,
    CaseStatus,
    DisplayedFilm,
    DisplayedTimepoint,
    Read,
    ReadStatus,
    ReadStep,
    SignedValues,
)
from reading.room.steps import open_step, status_of, takes_values
from reading.states import READ_IS

STATUS_OF_CASE = "timepoint__step__read__case__status"
STOPPED = "timepoint__step__read__case__consent_withdrawn"
# The columns that writing needs: few, because each save fetches them for every film.
NEEDED = (
    "side",
    "view",
    "timepoint__letter",
    "timepoint__token",
    "timepoint__step__read",
    "timepoint__step__token",
    "timepoint__step__opened_at",
    "timepoint__step__locked_at",
    "timepoint__step__declined_at",
    "timepoint__step__read__status",
    "look__film",
    "served__film",
)
STATUS_OF_CAMPAIGN = "timepoint__step__read__case__campaign__status"


@dataclass(frozen=True)
class Writable:
    """The timepoints of the step in their order, and every film with its look, if it was opened in full."""

    timepoints: list[DisplayedTimepoint]
    films: list[DisplayedFilm]


def hold_writable(read: Read, step: ReadStep | None) -> Writable:
    """Locks the read's chain for this transaction and finds the step, by default the open one; WrongState if none."""
    hold_chains([read])
    step = step or open_step(read)
    if step is None:
        read.refresh_from_db(fields=["status"])
        raise WrongState(f"This read is {READ_IS[read.status]}, so it accepts no entries now.")
    films = films_of(read, step)
    demand_writable(films[0])
    timepoints = {film.timepoint_id: film.timepoint for film in films}
    return Writable(list(timepoints.values()), films)


def films_of(read: Read, step: ReadStep) -> list[DisplayedFilm]:
    """Every film of the step with its timepoint, step, read and look as stored now; in one statement."""
    found = FILMS.rows(step=step.pk, read=read.pk)
    for film in found:
        film.timepoint.signed_before = vars(film)["signed_before"]
    return found


def films_to_write(*, step: int, read: int) -> QuerySet[DisplayedFilm]:
    """The films of a step of a read, with the states on which writing depends."""
    films = DisplayedFilm.objects.filter(timepoint__step=step, timepoint__step__read=read)
    known = films.annotate(case_status=F(STATUS_OF_CASE), stopped=F(STOPPED), campaign_status=F(STATUS_OF_CAMPAIGN))
    related = known.select_related("timepoint__step__read", "look", "served").only(*NEEDED)
    signed = Exists(SignedValues.objects.filter(step=OuterRef("timepoint__step")))
    return related.annotate(signed_before=signed).order_by("timepoint__position")


FILMS = CompiledQuery(films_to_write, step=int, read=int)


def demand_writable(film: DisplayedFilm) -> None:
    """WrongState if the step of the film accepts no entries, whatever its state when the request arrived."""
    step, stored = film.timepoint.step, vars(film)
    if not takes_values(step.read, step):
        raise WrongState(f"This read is {READ_IS[status_of(step.read, step)]}, so it accepts no entries now.")
    if stored["campaign_status"] != CampaignStatus.OPEN:
        raise WrongState("The campaign of this read is closed, so it accepts no entries now.")
    ended = stored["stopped"] or stored["case_status"] == CaseStatus.VOIDED
    if ended or step.read.status in (ReadStatus.VOIDED, ReadStatus.REPLACED):
        raise WrongState("This read is no longer valid, so nothing can be saved in it.")
