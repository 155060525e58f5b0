"""The stages of a whole trial, each through the product's functions; a stage skips work that is already done."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from django.utils import timezone

import instruments
from jobs.carrying import run_due_jobs
from jobs.models import Job
from reading.campaigns.case_seals import identities
from reading.campaigns.opening import create_campaign, open_campaign
from reading.charter.versions import current_charter
from reading.issuing.assignments import request_batch
from reading.issuing.repeats import stock_of
from reading.leak_scan.scans import acknowledge_scan, newest_scan, request_scan
from reading.models import Campaign, CampaignStatus, LeakScanStatus, Read, ReadStatus
from rehearsal.demo.desk import pass_film
from rehearsal.demo.films import send
from rehearsal.demo.people import SYSTEM
from rehearsal.demo.reads import enter_and_sign
from rehearsal.readers import Values
from rehearsal.whole.films import VIEWS, limb_for, small_film
from rehearsal.whole.planning import RESCUE, Play
from studies.models import Film, FilmStatus, Visit

CAMPAIGN = "C1"
READERS = {"reader.one": 0, "reader.two": 1, "adjudicator": 2}


def settle(play: Play) -> None:
    """Runs every job; a failed one ends the rehearsal with its reason."""
    began = timezone.now()
    while Job.objects.unfinished().exists():
        run_due_jobs()
        failed = Job.objects.failed().filter(finished_at__gte=began).first()
        if failed is not None:
            raise RuntimeError(f"Job {failed} failed: {failed.reason}")


def codes_of(play: Play) -> list[str]:
    """The code of the visit in each column of the courses."""
    return ["W00", *play.design.codes, RESCUE]


def send_films(play: Play) -> None:
    """Four films of each visit that a subject has, as the site sends them."""
    sent = set(Film.objects.filter(trial=play.trial).values_list("subject__code", "visit__code", "side", "view"))
    for at, subject in enumerate(play.subjects):
        for column, code in enumerate(codes_of(play)):
            if not play.courses.present[at, column]:
                continue
            for side, view in VIEWS:
                if (subject.code, code, side, view) not in sent:
                    send(
                        small_film(subject.code, code, play.day(at, column), side, view),
                        play.trial,
                        subject.site,
                        SYSTEM,
                    )


def pass_the_desk(play: Play) -> None:
    """Accepts every film that is waiting at the desk, with its joints."""
    subjects = dict(play.trial.subjects.values_list("pk", "code"))
    for film in Film.objects.filter(trial=play.trial, status=FilmStatus.DEIDENTIFIED):
        places = limb_for(subjects[film.subject_id or 0], film.side, film.view).sites
        pass_film(film, places, play.actor("coordinator"), play.actor("checker"))


def open_it(play: Play) -> None:
    """The campaign, scanned for leaks and opened over all subjects."""
    campaign, actor = campaign_of(play), play.actor("coordinator")
    if campaign.status != CampaignStatus.DRAFT:
        return
    scan = newest_scan(campaign) or request_scan(campaign=campaign, actor=actor)
    settle(play)
    scan.refresh_from_db()
    if scan.status == LeakScanStatus.WARNED:
        reason = "films of a rehearsal are alike"
        acknowledge_scan(made=scan, actor=actor, user=play.user("coordinator"), reason=reason)
    open_campaign(campaign=campaign, actor=actor, subjects=play.subjects, visits=codes_shown(play))


def codes_shown(play: Play) -> list[str]:
    """The planned visits, and the rescue visit where any subject has one."""
    return codes_of(play) if play.courses.present[:, -1].any() else codes_of(play)[:-1]


def campaign_of(play: Play) -> Campaign:
    """The campaign, created on the first call."""
    found = Campaign.objects.filter(trial=play.trial, code=CAMPAIGN).first()
    charter = current_charter(play.trial)
    if found is None and charter is not None:
        title = "Reading of a rehearsal"
        found = create_campaign(
            trial=play.trial, actor=play.actor("coordinator"), charter=charter, code=CAMPAIGN, title=title
        )
    if found is None:
        raise RuntimeError("The charter of the rehearsal is not signed.")
    return found


def issue_next(play: Play) -> bool:
    """The next batch, as large as hidden repeats allow; the last cases are issued once no repeat can be hidden.

    Returns False when every case has its readers.
    """
    campaign = campaign_of(play)
    stock = stock_of(campaign, timezone.now())
    if not stock.cases:
        return False
    size = stock.cases if stock.cases == stock.releasable else stock.largest
    request_batch(
        campaign=campaign,
        actor=play.actor("coordinator"),
        name=f"Batch {campaign.batches.count() + 1}",
        due_on=timezone.localdate() + timedelta(days=30),
        readers=[play.user("reader.one"), play.user("reader.two")],
        size=size or stock.cases,
        reason="" if size else "the last cases of the rehearsal",
    )
    settle(play)
    return True


def unsigned(play: Play) -> list[Read]:
    """The unread reads of a reader."""
    waiting = Read.objects.filter(case__campaign=campaign_of(play), status__in=(ReadStatus.ISSUED, ReadStatus.OPENED))
    return list(waiting.select_related("case__campaign__charter", "case__campaign__trial", "reader").order_by("pk"))


def read_everything(play: Play) -> None:
    """Issues batch after batch; simulated readers sign their reads, including third reads and repeats."""
    read_waiting(play)
    while issue_next(play):
        read_waiting(play)


def read_waiting(play: Play) -> None:
    """Simulated readers sign their reads until no case needs a third read."""
    subjects = {subject.pk: at for at, subject in enumerate(play.subjects)}
    visits = visit_columns(play)
    frozen = identities(list(campaign_of(play).cases.live()))
    while reads := unsigned(play):
        for number, read in enumerate(reads, start=1):
            at = subjects[frozen[read.case_id].subject]
            name = read.reader.email.removesuffix("@demo.example")
            enter_and_sign(read, values_of(play, read, at, name, visits[at]), play.actor(name))
            if number % 20 == 0:
                play.say(f"reads signed: {number} of {len(reads)}")
        settle(play)


def visit_columns(play: Play) -> list[dict[int, int]]:
    """For each subject, the column of each visit by its id."""
    codes, place = codes_of(play), {subject.pk: at for at, subject in enumerate(play.subjects)}
    found: list[dict[int, int]] = [{} for _ in play.subjects]
    rows = Visit.objects.filter(subject__trial=play.trial, code__in=codes).values_list("subject", "pk", "code")
    for subject, visit, code in rows:
        found[place[subject]][visit] = codes.index(code)
    return found


def values_of(play: Play, read: Read, at: int, name: str, columns: dict[int, int]) -> dict[int, Values]:
    """The entries of this reader by visit id: the same judgement whenever the case is read, new errors in each read."""
    reader, case = READERS[name], np.array([at])
    judged = play.room.judge(case, np.array([reader]), np.random.default_rng((play.plan.seed, 1, at, reader)))
    entered = play.room.read(case, judged, np.random.default_rng((play.plan.seed, 2, read.pk)))[0]
    keys = [item.key for item in instruments.get(play.design.instrument).items]
    return {
        visit: {key: None if np.isnan(one) else int(one) for key, one in zip(keys, entered[column], strict=True)}
        for visit, column in columns.items()
    }
