"""Sending files in the tests: as a site does, and carrying the jobs that follow."""

from __future__ import annotations

import io
from typing import Any

import pydicom

from audit.trail import Actor
from jobs.carrying import run_due_jobs
from studies.arrival import intake
from studies.arrival.sealed_files import read_padded
from studies.models import Film, Site, Trial
from tests.studies.planned import Planned


def send(planned: Planned, content: bytes, name: str = "a.dcm", site: int = 0, **declared: Any) -> intake.IntakeReceipt:
    """What became of one file at the door."""
    actor = planned.actor(f"site {planned.sites[site].code}")
    return sent_by(planned.trial, planned.sites[site], actor, content, name, **declared)


def sent_by(
    trial: Trial, site: Site, actor: Actor, content: bytes, name: str = "a.dcm", **declared: Any
) -> intake.IntakeReceipt:
    """The same, for any trial."""
    transmittal = intake.open_transmittal(trial=trial, site=site, channel="browser", actor=actor)
    return intake.receive(transmittal=transmittal, name=name, file=io.BytesIO(content), actor=actor, **declared)


def arrived(planned: Planned, content: bytes, **declared: Any) -> Film:
    """The film after its jobs were carried."""
    film = send(planned, content, **declared).film
    assert film is not None
    run_due_jobs()
    film.refresh_from_db()
    return film


def blind_object(film: Film) -> pydicom.Dataset:
    """What is left of the film without its identities."""
    return pydicom.dcmread(io.BytesIO(read_padded(film.blind_file)))
