"""A trial with cases to read: the demo's people and plan, films written to the tables, reads by the real functions.

Imported after django.setup().
"""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import storages

from accounts.models import User
from audit.trail import Actor
from bench.room.films import COLUMNS, ROWS, Packed
from config.tokens import new_token
from jobs.carrying import run_due_jobs
from reading.campaigns.opening import create_campaign, open_campaign
from reading.charter.versions import draft_charter, sign_charter
from reading.issuing.assignments import request_batch, void_and_reissue
from reading.models import Campaign, LeakScan, LeakScanStatus, Read
from reading.room.sessions import open_read
from rehearsal.demo import people as cast
from rehearsal.demo.films import truths_of
from rehearsal.demo.planning import VISITS, PlannedTrial, plan_trial
from rehearsal.demo.reads import read_and_sign
from rehearsal.readers import ReaderProfile
from studies.models import Film, ReaderImage, Subject, Visit
from studies.sealed_links import link

COORDINATOR = "coordinator@demo.example"
READERS = ("reader.one@demo.example", "reader.two@demo.example")
FIRST_DAY = date(2025, 1, 6)
Bands = dict[str, list[dict[str, Any]]]


class ReadingSetting:
    """One open campaign over every subject of the demo's plan, each read issued to both readers."""

    def __init__(self, films: list[Packed]) -> None:
        self.people = cast.make_accounts()
        self.planned = plan_trial()
        cast.admit(self.planned.trial, self.planned.sites["01"], self.people)
        hang(self.planned, films)
        self.campaign = self.opened()
        self.subject: Subject = self.planned.subjects[0]

    password = cast.PASSWORD

    @property
    def coordinator(self) -> Actor:
        """The coordinator."""
        return cast.actor(self.people, COORDINATOR)

    def opened(self) -> Campaign:
        """The campaign, with charter, batch and reads."""
        trial, coordinator = self.planned.trial, self.coordinator
        charter = draft_charter(trial=trial, actor=coordinator, terms={"instrument": "svdh", "bulk_zero": True})
        user = self.people[COORDINATOR]
        charter = sign_charter(charter=charter, actor=coordinator, user=user, password=cast.PASSWORD)
        campaign = create_campaign(trial=trial, actor=coordinator, charter=charter, code="BENCH", title="Bench")
        visits = [code for code, _, _ in VISITS]
        LeakScan.objects.create(campaign=campaign, number=1, status=LeakScanStatus.CLEAN)
        open_campaign(campaign=campaign, actor=coordinator, subjects=self.planned.subjects, visits=visits)
        campaign.refresh_from_db()
        readers: list[User] = [self.people[email] for email in READERS]
        request_batch(
            campaign=campaign, actor=coordinator, name="Bench", due_on=None, readers=readers, size=len(VISITS) * 12
        )
        run_due_jobs()
        return campaign

    def waiting(self, email: str) -> list[Read]:
        """The reads of a reader in their drawn order."""
        waiting = Read.objects.filter(reader=self.people[email], status__in=["issued", "opened", "returned"])
        return list(waiting.select_related("reader").order_by("queue_position"))

    def path(self, email: str) -> str:
        """The screen of the reader's next case, which they have begun."""
        read = self.waiting(email)[0]
        open_read(read=read, actor=cast.actor(self.people, email))
        return f"/read/{read.token}/"

    def sign(self, read: Read) -> None:
        """Fills and signs the read as a simulated reader does."""
        visits = Visit.objects.filter(subject__trial=self.planned.trial).order_by("code")
        series = truths_of(self.subject)
        truths = {visit.pk: series[[code for code, _, _ in VISITS].index(visit.code)] for visit in visits}
        read_and_sign(read, truths, ReaderProfile("one"), 1, cast.actor(self.people, read.reader.email))

    def keep_busy(self) -> None:
        """Work for a worker: a case is issued again, with new tokens, orders and the digests of all its films."""
        last = self.campaign.cases.live().order_by("-number").first()
        if last is not None:
            user = self.people[COORDINATOR]
            void_and_reissue(case=last, actor=self.coordinator, user=user, password=cast.PASSWORD, reason="bench")


def hang(planned: PlannedTrial, films: list[Packed]) -> None:
    """The same twelve films for every subject, under separate keys; right sides show the left side's bands."""
    stored = [(film, store(film)) for film in films]
    for subject in planned.subjects:
        visits = Visit.objects.filter(subject=subject, code__in=[code for code, _, _ in VISITS]).order_by("code")
        for place, visit in enumerate(visits):
            for view in ("hand", "foot"):
                film, bands = [one for one in stored if one[0].view == view][place]
                for side in "LR":
                    add_film(visit, side, FIRST_DAY + timedelta(days=168 * place), film, bands)


def store(film: Packed) -> Bands:
    """The film's bands and preview in the readers' store."""
    folder = f"images/{new_token()}"
    bands: Bands = {"preview": [keep(f"{folder}/preview.jpg", film.preview)]}
    for level, parts in film.bands.items():
        bands[level] = [keep(f"{folder}/{level}/{k}", part) for k, part in enumerate(parts)]
    return bands


def keep(name: str, content: bytes) -> dict[str, Any]:
    """Writes a file and returns its name and digest."""
    stored = str(storages["reading"].save(name, ContentFile(content)))
    return {"name": stored, "sha256": hashlib.sha256(content).hexdigest()}


def add_film(visit: Visit, side: str, day: date, film: Packed, bands: Bands) -> None:
    """A film that was accepted at the desk, with its reader image."""
    subject, unique = visit.subject, new_token()
    row = Film.objects.create(
        trial=subject.trial,
        site=subject.site,
        subject=subject,
        visit=visit,
        status="ready",
        channel="command",
        original_name="film.dcm",
        original_file=unique,
        size=1,
        sha256=hashlib.sha256(unique.encode()).hexdigest(),
        side=side,
        view=film.view,
        film_date=day,
        film_date_source="confirmed",
    )
    image = ReaderImage.objects.create(
        key=new_token(),
        rows=ROWS,
        columns=COLUMNS,
        spacing_mm=0.0584,
        window_center=film.form.window_center,
        window_width=film.form.window_width,
        bands=bands,
        joints=film.joints,
    )
    link(film=row, side=side, view=film.view, image=image)
