"""A trial with reads issued to many readers, each of whom is signed in and has begun: for bench/load.py."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.test import Client
from django.utils.crypto import get_random_string

from accounts.models import User
from accounts.roles import Role
from accounts.sign_in import BACKEND
from audit.trail import Actor
from bench.room.whole_trial import WholeTrial
from jobs.carrying import run_due_jobs
from reading.issuing.assignments import request_batch
from reading.models import DisplayedFilm, Qualification, Read
from reading.room.cells import instrument_of, timepoints_of
from reading.room.served import keep_served
from reading.room.sessions import open_read
from reading.room.steps import address_of
from rehearsal.demo import people as cast
from studies.plan.membership import grant

GRADES = 4


class ManyReaders(WholeTrial):
    """A case for every two readers, and a few more than are needed."""

    def __init__(self, readers: int) -> None:
        super().__init__(subjects=2 * readers)
        self.readers = [self.reader(number) for number in range(readers)]

    def reader(self, number: int) -> User:
        """An account of a qualified reader."""
        user = User.objects.create(email=f"bench.{number}@demo.example", name=f"Bench {number}")
        grant(trial=self.trial, user=user, role=Role.READER, reason="bench", actor=cast.SYSTEM)
        instrument = self.campaign.charter.terms["instrument"]
        Qualification.objects.create(trial=self.trial, reader=user, instrument=instrument, evidence="bench")
        return user

    def at_work(self) -> list[dict[str, Any]]:
        """The headers of each reader's requests, and the cells of the reads that they have begun."""
        coordinator, size = self.coordinator, len(self.subjects)
        request_batch(
            campaign=self.campaign, actor=coordinator, name="All", due_on=None, readers=self.readers, size=size
        )
        run_due_jobs(kinds=frozenset({"reading.issue"}))
        return [{"headers": headers_of(user), "cells": cells_of(user)} for user in self.readers]


def headers_of(user: User) -> dict[str, str]:
    """The person's session and a CSRF token, as a browser sends them."""
    client = Client()
    client.force_login(user, backend=BACKEND)
    session, token = client.cookies[settings.SESSION_COOKIE_NAME].value, get_random_string(32)
    cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={token}"
    return {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Cookie": cookies,
        "X-CSRFToken": token,
        "Origin": settings.PUBLIC_URL,
    }


def cells_of(user: User) -> list[dict[str, Any]]:
    """Every cell of the person's reads, in the order in which they fill them; all films were sent to them."""
    found: list[dict[str, Any]] = []
    actor = Actor(user.pk, str(user), Role.READER)
    for read in Read.objects.filter(reader=user).order_by("queue_position", "pk"):
        open_read(read=read, actor=actor)
        read.refresh_from_db()
        films = DisplayedFilm.objects.filter(timepoint__step__read=read, reader_image__isnull=False)
        keep_served(read=read, actor=actor, films=list(films))
        for step in read.steps.all():
            path = f"/read/{address_of(read, step)}/values"
            found += [
                {
                    "path": path,
                    "timepoint": timepoint.token,
                    "item": item.key,
                    "value": len(found) % GRADES,
                    "op_id": f"{timepoint.letter}{item.key}-{read.pk}",
                }
                for timepoint in timepoints_of(step)
                for item in instrument_of(read).items
            ]
    return found
