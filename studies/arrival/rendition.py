"""The job after the desk: an ACCEPTED film becomes READY with its reader images, each under a random key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from audit.trail import Actor, audited_atomic, record
from config.tokens import new_token
from imaging.decoder import client
from imaging.decoding.unreadable import Unreadable
from jobs.lease import Lease
from jobs.queue import JobRefused
from studies.arrival.work_folder import drop_tree, keep_tree, opened_blind, work_folder
from studies.desk import masks
from studies.desk.placements import for_image
from studies.film_states import locked_row, move
from studies.models import Film, FilmStatus, MaskSet, ReaderImage, Rendition
from studies.sealed_links import link

ACTOR = Actor.system("rendition")
Meta = dict[str, Any]


def carry(*, payload: dict[str, Any], lease: Lease) -> None:
    """Masks, crops and stores in a restricted child process; a film that has returned to the desk is left unchanged."""
    film = Film.objects.select_related("trial").get(pk=payload["film"])
    if film.status != FilmStatus.ACCEPTED:
        return
    chosen = masks.settled(film)
    keys: dict[str, str] = {}
    try:
        with work_folder() as folder:
            pictures = draw(film, chosen, folder)
            for side in pictures:
                keys[side] = new_token()
                keep_tree(folder / side, folder_of(keys[side]))
        write(film, chosen, lease, pictures, keys)
    except BaseException:
        for key in keys.values():
            drop_tree(folder_of(key))
        raise


def folder_of(key: str) -> str:
    return f"images/{key}"


def draw(film: Film, chosen: MaskSet | None, folder: Path) -> dict[str, Meta]:
    """The pictures by side, under `folder`/side."""
    try:
        with opened_blind(film) as blind:
            pictures = client.run(
                "render",
                film=blind,
                output_dir=str(folder),
                pixel_sha256=film.approved_pixels,
                masks=chosen.rectangles if chosen else [],
                crops=chosen.crops if chosen else {},
                invert=film.inverted,
            )
    except Unreadable as refusal:
        raise JobRefused(refusal.text) from refusal
    if "whole" in pictures:
        (folder / "whole").rename(folder / film.side)
        pictures = {film.side: pictures["whole"]}
    for side in pictures:  # files that only the desk needs are not stored for readers
        (folder / side / "meta.json").unlink()
    return pictures


def write(film: Film, chosen: MaskSet | None, lease: Lease, pictures: dict[str, Meta], keys: dict[str, str]) -> None:
    with audited_atomic():
        lease.finish()
        film = locked_row(film)
        if masks.settled(film) != chosen:
            raise JobRefused("The masks were changed while the reader image was being made.")
        changes = move(film, FilmStatus.READY)
        renditions = [make_image(film, side, chosen, meta, keys[side]) for side, meta in pictures.items()]
        record(
            action="studies.film.rendered",
            actor=ACTOR,
            stream=film.trial.code,
            subject=("studies.film", str(film.pk)),
            changes=changes,
            details={"sides": sorted(pictures)},
            tracked=[film, *renditions],
        )


def given_up(*, payload: dict[str, Any], says: str) -> None:
    """Returns the film to the desk because its job gave up: accepting it again makes its reader images again."""
    film = locked_row(Film(pk=payload["film"]))
    if film.status != FilmStatus.ACCEPTED:
        return
    text = f"The reader image was not made. {says} Once this is resolved, accept the film again."
    changes = move(film, FilmStatus.DEIDENTIFIED, status_reason=text)
    record(
        action="studies.rendition.failed",
        actor=ACTOR,
        stream=film.trial.code,
        subject=("studies.film", str(film.pk)),
        changes={"status": changes["status"]},
        reason=text,
        tracked=[film],
    )


def make_image(film: Film, side: str, chosen: MaskSet | None, meta: Meta, key: str) -> Rendition:
    crop = chosen.crops.get(side) if chosen else None
    image = ReaderImage.objects.create(
        key=key,
        rows=meta["rows"],
        columns=meta["columns"],
        spacing_mm=film.spacing_mm,
        window_center=meta["window_center"],
        window_width=meta["window_width"],
        bands=name_bands(key, meta),
        joints=for_image(film=film, side=side, crop=crop),
    )
    return link(film=film, side=side, view=film.view, image=image, masks=chosen)


def name_bands(key: str, meta: Meta) -> dict[str, list[dict[str, Any]]]:
    """Names in the store, heights and digests, by level."""
    bands: dict[str, list[dict[str, Any]]] = {
        level: [
            {"name": f"{folder_of(key)}/{level}/{number}", "rows": rows, "sha256": digest}
            for number, (rows, digest) in enumerate(zip(meta["band_rows"][level], digests, strict=True))
        ]
        for level, digests in meta["bands"].items()
    }
    bands["preview"] = [{"name": f"{folder_of(key)}/preview.jpg", "sha256": meta["preview"]}]
    return bands
