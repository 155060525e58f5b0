"""The desk gets a finding when a film comes again under another subject, visit or side, however it was changed."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rehearsal.damage import Damage
from rehearsal.film import draw_hand
from studies.arrival import likenesses
from studies.arrival.likenesses import CODE
from studies.desk import quality
from studies.models import Film, SealedLikeness
from studies.plan.subjects import enrol
from tests.studies.films import dx, file_of, plain
from tests.studies.planned import SETTING_UP, Planned
from tests.studies.sending import arrived

pytestmark = pytest.mark.usefixtures("stores")


@cache
def hand(visit: int = 1) -> np.ndarray:
    """A film of one hand; at another visit it has another pose."""
    return draw_hand("L", Damage(), 1, visit, 0.2).pixels


def finding_text(film: Film) -> str:
    """The finding for the desk; empty when there is none."""
    return next((finding["text"] for finding in film.findings if finding["code"] == CODE), "")


def sent(
    ra1: Planned,
    number: int,
    pixels: np.ndarray,
    subject: int = 0,
    code: str = "BL",
    site: int = 0,
    replaces: Film | None = None,
    **values: Any,
) -> Film:
    content = file_of(dx(np.ascontiguousarray(pixels), SOPInstanceUID=f"1.2.3.{number}", **values))
    film = arrived(ra1, content, site=site, visit=ra1.visit(subject, code), replaces=replaces)
    assert film.status == "deidentified", film.status_reason
    return film


def test_a_changed_copy_on_another_subject_visit_or_side_is_a_finding_and_never_a_refusal(ra1: Planned) -> None:
    first = sent(ra1, 1, hand())
    assert finding_text(first) == ""
    ra1.subjects.append(enrol(trial=ra1.trial, site=ra1.sites[0], code="01-002", actor=SETTING_UP))
    again = sent(ra1, 2, hand()[60:-80, 40:-100], subject=2)
    assert finding_text(again) == (
        f"The image appears to be the same as that of {first} (subject 01-001, visit BL, left). Compare them."
    )
    mirrored = sent(ra1, 3, hand()[:, ::-1], ImageLaterality="R")
    assert f"{first} (subject 01-001, visit BL, left, mirrored)" in finding_text(mirrored)
    grey = (hand() // 16).astype(np.uint8)
    jpeg = arrived(ra1, plain("JPEG", grey, quality=60), visit=ra1.visit(0, "W24"), film_date=first.film_date)
    assert str(first) in finding_text(jpeg)


def test_a_changed_copy_for_the_same_place_is_a_finding_too_unless_it_replaces_the_first(ra1: Planned) -> None:
    first = sent(ra1, 1, hand())
    again = sent(ra1, 2, hand()[10:, 10:])
    assert f"{first} (subject 01-001, visit BL, left)" in finding_text(again)
    quality.reject(film=again, reason="wrong-subject", actor=ra1.actor("coordinator"))
    assert finding_text(sent(ra1, 3, hand()[8:, 10:], replaces=first)) == ""


def test_another_film_of_the_same_hand_is_no_finding(ra1: Planned) -> None:
    sent(ra1, 1, hand())
    assert finding_text(sent(ra1, 2, hand(2), code="W24")) == ""


def test_a_changed_copy_at_another_site_is_found_whole_or_cropped_and_another_pose_is_not(ra1: Planned) -> None:
    first = sent(ra1, 1, hand())
    named = f"same as that of {first} (site 01, subject 01-001, visit BL, left). Compare them."
    for number, copy in enumerate((hand()[::2, ::2], hand()[60:-80, 40:-100]), start=2):
        again = sent(ra1, number, copy, subject=1, site=1)
        assert named in finding_text(again)
        Film.objects.filter(pk=again.pk).update(status="rejected")
    assert finding_text(sent(ra1, 4, hand(2), subject=1, site=1, code="W24")) == ""


@pytest.mark.parametrize("state", ["still read by another process", "damaged"])
def test_a_crop_of_a_film_whose_pixels_cannot_be_compared_is_found_by_its_likeness(
    ra1: Planned, state: str, stores: Path
) -> None:
    first = sent(ra1, 1, hand())
    if state == "damaged":
        shutil.rmtree(stores / "reading" / first.desk_folder)
    else:
        Film.objects.filter(pk=first.pk).update(desk_folder="", status="received")
    assert str(first) in finding_text(sent(ra1, 2, hand()[60:-80, 40:-100], code="W24"))


def test_every_film_of_a_trial_is_compared_however_few_are_in_memory_at_a_time(
    ra1: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(likenesses, "AT_ONCE", 1)
    films = [sent(ra1, 1, hand(2)), sent(ra1, 2, hand()), sent(ra1, 3, hand(3))]
    found = finding_text(sent(ra1, 4, hand()[50:, :-60], subject=1, site=1))
    assert [str(film) in found for film in films] == [False, True, False]


def test_what_a_film_is_recognised_by_is_stored_sealed_and_in_one_length(ra1: Planned) -> None:
    films = [sent(ra1, 1, hand()), sent(ra1, 2, hand()[30:, 20:], subject=1, site=1)]
    kept = [bytes(SealedLikeness.objects.get(film=film).sealed) for film in films]
    stored: Any = [np.frombuffer(one[:4096], np.uint8) for one in kept]
    assert len(set(map(len, kept))) == 1
    assert len(set(kept)) == 2
    assert np.corrcoef(*stored)[0, 1] < 0.1
