"""The films a journey carries: synthetic ones, or real radiographs where their folder is beside the project."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from rehearsal.anatomy import Side
from rehearsal.damage import Damage
from rehearsal.dicom import as_dx
from rehearsal.exposure import WHITE
from rehearsal.film import SyntheticFilm, draw_foot, draw_hand
from studies.models import Film as ReceivedFilm
from tests.servers import ROOT

REAL = ROOT.parent / "shared" / "radiographs"
VISITS = {"W00": date(2025, 1, 8), "W24": date(2025, 6, 25)}
SUBJECTS = ("S-01", "S-02")
SIDES: tuple[Side, ...] = ("L", "R")
VIEWS = tuple((side, view) for view in ("hand", "foot") for side in SIDES)
# The side of each real film as it lies in its file; the other side is its mirror image.
REAL_FILMS = {"hand": ("normal-hand-pa.jpg", "L"), "foot": ("normal-foot-ap.jpg", "R")}


@dataclass(frozen=True)
class PlannedFilm:
    """One film of the journey's plan."""

    subject: str
    visit: str
    side: Side
    view: str

    @property
    def seed(self) -> int:
        """Another picture for each film."""
        return (SUBJECTS.index(self.subject) * 10 + list(VISITS).index(self.visit)) * 10 + VIEWS.index(
            (self.side, self.view)
        )


class JourneyFilms:
    """Writes the files of a journey and remembers which is which, as somebody who looks at them would see."""

    def __init__(self, folder: Path, draw: Callable[[PlannedFilm], tuple[str, bytes]]) -> None:
        self.folder, self.draw = folder, draw
        self.shots: dict[str, PlannedFilm] = {}

    def of_visit(self, subject: str, visit: str) -> list[Path]:
        """The four files of a visit; their names carry a planted name."""
        return [self.write(PlannedFilm(subject, visit, side, view)) for side, view in VIEWS]

    def write(self, shot: PlannedFilm) -> Path:
        """One file on disk."""
        ending, content = self.draw(shot)
        path = self.folder / f"CANARY-{shot.subject}-{shot.visit}-{shot.view}-{shot.side}.{ending}"
        path.write_bytes(content)
        self.shots[hashlib.sha256(content).hexdigest()] = shot
        return path

    def seen(self, film: ReceivedFilm) -> PlannedFilm:
        """What a film at the desk shows."""
        return self.shots[film.sha256]


def synthetic(shot: PlannedFilm) -> tuple[str, bytes]:
    """A drawn film of 0.2 mm pixels as a DICOM file."""
    paint = draw_hand if shot.view == "hand" else draw_foot
    return "dcm", wrapped(paint(shot.side, Damage(), 7 + shot.seed // 10, 1000 + shot.seed, scale=0.2), shot)


def real(shot: PlannedFilm) -> tuple[str, bytes]:
    """A real film: of the first subject wrapped as a 12-bit DICOM file, of the second as a plain JPEG."""
    name, side = REAL_FILMS[shot.view]
    grey = np.asarray(Image.open(REAL / name).convert("L"), dtype=np.float32)
    pixels = at_another_visit(grey if side == shot.side else grey[:, ::-1], shot.seed)
    if shot.subject == SUBJECTS[0]:
        film = SyntheticFilm(np.rint(pixels * (WHITE / 255)).astype(np.uint16), 0.15, {})
        return "dcm", wrapped(film, shot)
    file = io.BytesIO()
    Image.fromarray(np.rint(pixels).astype(np.uint8)).save(file, "JPEG", quality=95)
    return "jpg", file.getvalue()


def at_another_visit(grey: NDArray[np.float32], seed: int) -> NDArray[np.float32]:
    """The same film taken again: turned by up to 1.5 degrees, moved by up to 4 pixels, with fresh noise (sd 1.5)."""
    random = np.random.default_rng(seed)
    turn, shift = np.deg2rad(random.uniform(-1.5, 1.5)), random.uniform(-4, 4, size=2)
    matrix = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    middle = np.array(grey.shape) / 2
    moved = ndimage.affine_transform(grey, matrix, middle - matrix @ middle + shift, order=1, mode="nearest")
    noisy: NDArray[np.float32] = np.clip(moved + random.normal(0, 1.5, grey.shape), 0, 255).astype(np.float32)
    return noisy


def wrapped(film: SyntheticFilm, shot: PlannedFilm) -> bytes:
    """As the hospital's system sends it, with a name that must not come through."""
    return as_dx(
        film,
        patient_id=shot.subject,
        patient_name="ZZ^CANARY",
        study_date=VISITS[shot.visit],
        side=shot.side,
        view="PA" if shot.view == "hand" else "AP",
        body_part="HAND" if shot.view == "hand" else "FOOT",
    )
