"""What the automatic checks report to the desk, in words that name both sides of a contradiction."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from scipy import ndimage

from studies.models import Film, FilmStatus
from tests.studies.films import Grey, dx, file_of, picture
from tests.studies.planned import Planned
from tests.studies.sending import arrived


def film(number: int, seed: int = 1, **values: Any) -> bytes:
    pixels = values.pop("pixels", None)
    return file_of(dx(picture(seed=seed) if pixels is None else pixels, SOPInstanceUID=f"1.2.3.{number}", **values))


def finding_texts(found: Film) -> dict[str, str]:
    return {finding["code"]: finding["text"] for finding in found.findings}


def test_a_plain_film_raises_nothing(ra1: Planned) -> None:
    assert finding_texts(arrived(ra1, film(1), visit=ra1.visit())) == {}


def test_the_same_pixels_anywhere_in_the_trial_are_noticed(ra1: Planned) -> None:
    first = arrived(ra1, film(1), visit=ra1.visit())
    again = arrived(ra1, film(2, PatientID="ZZ-0001", ImageLaterality="R"), visit=ra1.visit(code="W24"))
    assert finding_texts(again)["same-pixels"] == f"The same image was also received as {first}."


def test_one_patient_on_two_subjects_is_noticed(ra1: Planned) -> None:
    arrived(ra1, film(1), visit=ra1.visit(0))
    other = arrived(ra1, film(2, 2), site=1, visit=ra1.visit(1))
    assert (
        finding_texts(other)["patient-conflict"]
        == "The patient ID in the header also appears on a film of another subject."
    )


def test_two_patients_on_one_subject_are_noticed(ra1: Planned) -> None:
    arrived(ra1, film(1), visit=ra1.visit())
    other = arrived(ra1, film(2, 2, PatientID="ZZ-0002", ImageLaterality="R"), visit=ra1.visit())
    assert (
        finding_texts(other)["patient-conflict"]
        == "The patient ID in the header differs from the subject's other films."
    )


def test_a_film_made_differently_is_noticed(ra1: Planned) -> None:
    arrived(ra1, film(1, DetectorID="A"), visit=ra1.visit())
    changed = film(2, pixels=picture(128, 80, seed=2), DetectorID="B", ImagerPixelSpacing=[0.15, 0.15])
    text = finding_texts(arrived(ra1, changed, visit=ra1.visit(code="W24"), film_date=date(2024, 7, 17)))["acquisition"]
    assert "rows, columns, pixel spacing, device" in text


def test_a_foot_is_not_compared_with_a_hand_made_by_another_device(ra1: Planned) -> None:
    arrived(ra1, film(1, DetectorID="A"), visit=ra1.visit())
    foot = film(2, pixels=picture(128, 80, seed=2), DetectorID="B", BodyPartExamined="FOOT", ViewPosition="AP")
    found = arrived(ra1, foot, visit=ra1.visit())
    assert (found.view, "acquisition" in finding_texts(found)) == ("foot", False)


@pytest.mark.parametrize(("day", "outside"), [(date(2024, 7, 17), False), (date(2024, 10, 1), True)])
def test_a_day_outside_the_window_is_reported_and_not_corrected(day: date, outside: bool, ra1: Planned) -> None:
    arrived(ra1, film(1), visit=ra1.visit())
    later = arrived(ra1, film(2, 2, StudyDate=f"{day:%Y%m%d}"), visit=ra1.visit(code="W24"))
    assert ("outside-window" in finding_texts(later)) == outside
    assert later.film_date == day


def test_side_view_and_date_that_contradict_the_header_are_reported(ra1: Planned) -> None:
    declared = {"side": "R", "view": "foot", "film_date": date(2024, 2, 1)}
    found = arrived(ra1, film(1), visit=ra1.visit(), **declared)
    assert finding_texts(found) == {
        "date-differs": "The film date is 2024-01-31 in the header, but the site entered 2024-02-01.",
        "side-differs": "The side is left in the header, but right was declared.",
        "view-differs": "The view is hand in the header, but foot was declared.",
    }
    assert (found.side, found.view, found.film_date) == ("R", "foot", date(2024, 2, 1))


def test_a_lateral_view_and_an_unknown_scale_are_reported(ra1: Planned) -> None:
    found = arrived(ra1, film(1, ViewPosition="LL", ImagerPixelSpacing=None), visit=ra1.visit())
    assert finding_texts(found) == {
        "view-position": "The header states the view position lateral.",
        "spacing-missing": "The pixel spacing is unknown.",
    }


def test_a_second_film_of_a_view_is_a_retake_unless_it_replaces_the_first(ra1: Planned) -> None:
    first = arrived(ra1, film(1), visit=ra1.visit())
    assert "retake" in finding_texts(arrived(ra1, film(2, 2), visit=ra1.visit()))
    Film.objects.filter(sop_instance_uid="1.2.3.2").update(status=FilmStatus.REJECTED)
    assert "retake" not in finding_texts(arrived(ra1, film(3, 3), visit=ra1.visit(), replaces=first))


def test_a_header_that_admits_text_asks_for_masks(ra1: Planned) -> None:
    assert "text" in finding_texts(arrived(ra1, film(1, BurnedInAnnotation="YES"), visit=ra1.visit()))


def test_a_date_in_the_future_is_no_date(ra1: Planned) -> None:
    held = arrived(ra1, film(1, StudyDate="29990101"), visit=ra1.visit())
    assert (held.status, held.film_date) == (FilmStatus.HELD, None)


def marked(letter: str) -> Grey:
    """A film with a marker on air, as large as lead letters are."""
    rng = np.random.default_rng(3)
    y, x = np.mgrid[0:700, 0:500]
    shaft = (np.tanh((x - 40) / 12) - np.tanh((x - 300) / 12)) / 2
    bone = shaft * (1800 + 400 * ndimage.gaussian_filter(rng.normal(size=x.shape), 2))
    drawn: Grey = np.clip(350 + bone + y * 0.2 + rng.normal(0, 6, x.shape), 0, 3600).astype(np.uint16)
    tile = Image.new("L", (150, 150))
    ImageDraw.Draw(tile).text((45, 45), letter, 255, font=ImageFont.load_default(46))
    drawn[300:450, 340:490] = np.maximum(drawn[300:450, 340:490], np.asarray(tile).astype(np.uint16) * 16)
    return drawn


@pytest.mark.parametrize(("letter", "side", "differs"), [("R", "L", True), ("L", "L", False), ("R", "R", False)])
def test_a_marker_of_the_other_side_is_noticed(letter: str, side: str, differs: bool, ra1: Planned) -> None:
    content = film(1, pixels=marked(letter), ImageLaterality=side)
    text = finding_texts(arrived(ra1, content, visit=ra1.visit())).get("side-letter-differs", "")
    assert bool(text) == differs
    assert not differs or "looks like R, but the left side was declared" in text


def test_a_film_of_one_grey_is_noticed(ra1: Planned) -> None:
    flat = np.full((96, 72), 900, dtype=np.uint16)
    assert "almost-one-grey" in finding_texts(arrived(ra1, film(1, pixels=flat), visit=ra1.visit()))
