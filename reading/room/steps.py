"""A reader's current step, its address, and what it may show."""

from __future__ import annotations

from reading.charter.versions import terms_of
from reading.issuing.presentations import BESIDE, NO_LOOKING_BACK, ORDER_KNOWN, TOGETHER
from reading.models import Campaign, DisplayedFilm, DisplayedTimepoint, Read, ReadStatus, ReadStep
from reading.models.read import WRITABLE
from reading.room.cells import timepoints_of


def open_step(read: Read) -> ReadStep | None:
    """The first step that is not locked."""
    return read.steps.filter(locked_at=None).order_by("position").first()


def step_before(read: Read) -> ReadStep | None:
    """The open step, or the last one of a read without one."""
    return open_step(read) or read.steps.order_by("-position").first()


def address_of(read: Read, step: ReadStep) -> str:
    """The token in the address of the screen: the step's own where timepoints are mixed, else the read's."""
    return step.token or read.token


def name_of(read: Read, step: ReadStep) -> str:
    """The name of an entry for people: in the worklist, on its screen, at its signature, and on the phone."""
    return f"Timepoint {step.number}" if step.token else f"Case {read.number}"


def status_of(read: Read, step: ReadStep) -> ReadStatus:
    """The status of an entry in the worklist: a mixed timepoint has its own, independent of the others of its case."""
    status = ReadStatus(read.status)
    if step.token is None:
        return status
    if step.locked_at is not None:
        return ReadStatus.SIGNED
    if step.opened_at is None:
        return ReadStatus.ISSUED
    return ReadStatus.RETURNED if status == ReadStatus.RETURNED else ReadStatus.OPENED


def place_in(read: Read, step: ReadStep) -> dict[str, object]:
    """The case and, of a read with several steps, the step, for the audit trail."""
    steps = read.steps.count()
    place: dict[str, object] = {"case": read.case.number, "step": step.position}
    return place | {"steps": steps} if steps > 1 else place


def takes_values(read: Read, step: ReadStep) -> bool:
    """Whether values may be entered: the entry is in progress and the step neither locked nor declined."""
    return status_of(read, step) in WRITABLE and step.locked_at is None and step.declined_at is None


def presentation_of(read: Read) -> str:
    """The presentation of the charter version pinned by the read's campaign."""
    return terms_of(read.case.campaign.charter).presentation


def steps_shown(read: Read, step: ReadStep | None) -> list[ReadStep]:
    """The steps whose timepoints the screen shows: its own and, visit by visit, those locked before it."""
    if step is None:
        return []
    if presentation_of(read) not in BESIDE:
        return [step]
    return [*read.steps.filter(position__lt=step.position).order_by("position"), step]


def timepoints_shown(read: Read, step: ReadStep | None) -> list[DisplayedTimepoint]:
    """The timepoints on the screen of a step, in drawn order, with films and reader images."""
    return [timepoint for one in steps_shown(read, step) for timepoint in timepoints_of(one)]


def film_shown(read: Read, step: ReadStep | None, token: str) -> DisplayedFilm | None:
    """The film of that token on the screen of a step; None for any other token."""
    films = DisplayedFilm.objects.filter(timepoint__step__in=steps_shown(read, step), token=token)
    return films.select_related("reader_image", "served").first()


def order_note(read: Read, step: ReadStep) -> str:
    """The screen's text about the order of the timepoints."""
    presentation = presentation_of(read)
    if presentation in BESIDE:
        return "visits in chronological order; earlier ones are locked"
    if presentation in ORDER_KNOWN:
        return "in chronological order, A is the first"
    return "the order is random" if presentation in TOGETHER or step.counts and not step.token else "a single timepoint"


def may_look_back(campaign: Campaign) -> bool:
    """Whether signed reads may be seen again: not where timepoints are read alone, nor where cases are repeated."""
    terms = terms_of(campaign.charter)
    return terms.presentation not in NO_LOOKING_BACK and terms.repeats_share == 0


def what_is_signed(read: Read, step: ReadStep) -> str:
    """The timepoints that one signature locks, in words; never whether more steps follow."""
    if presentation_of(read) in BESIDE:
        return "visit"
    return "read" if step.counts and step.token is None else "timepoint"
