"""The job between receipt and the QC desk: RECEIVED becomes DEIDENTIFIED, HELD or REFUSED, with a report."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from audit.trail import Actor, audited_atomic, record
from config.tokens import new_token
from imaging.decoder import client
from imaging.decoding.unreadable import Unreadable
from jobs.lease import Lease
from studies.arrival import checks
from studies.arrival.content import content_of, reencoded
from studies.arrival.intake import CONSENT_WITHDRAWN
from studies.arrival.likenesses import given_likeness, keep_likeness, near_duplicates
from studies.arrival.placing import Placement, place, subjects_in_header
from studies.arrival.quarantine import drop_original, keyed_digest
from studies.arrival.resent import SENT_AGAIN, compare, product_version
from studies.arrival.sealed_files import keep_padded, keep_picture_padded
from studies.arrival.sop_instances import Twin, claim
from studies.arrival.work_folder import drop_file, drop_tree, opened_original, work_folder
from studies.desk.pictures import StoredLevels
from studies.film_states import locked_row, move
from studies.models import BlindUid, Film, FilmStatus, Subject, Trial
from studies.models.film import CONTENT, DATE_CONFIRMED, SAME_IMAGE, SAME_UID, SITE_SAID, UNREADABLE_BY
from studies.plan.consent import why_none_accepted, withdrawal_of
from studies.sealing_key import keyed_pixels

ACTOR = Actor.system("de-identification")


def carry(*, payload: dict[str, Any], lease: Lease) -> None:
    """Reads the film in a restricted child process, stores the blind parts, then moves it in one short transaction."""
    film = Film.objects.select_related("trial", "site", "subject", "visit__subject", "visit__plan").get(
        pk=payload["film"]
    )
    if film.status != FilmStatus.RECEIVED:
        return
    with work_folder() as folder, opened_original(film) as original:
        try:
            read(film, original, folder, lease)
        except Unreadable as refusal:
            stop(film, lease, refusal.outcome, refusal.text, unreadable(film, refusal))


def read(film: Film, original: IO[bytes], folder: Path, lease: Lease) -> None:
    seen = client.run("inspect", film=original)
    header = kept_header(seen) | {name: film.header[name] for name in SITE_SAID if name in film.header}
    placed = place(film, seen["facts"], seen["identity"])
    if says := why_not_kept(film, [placed.subject, *subjects_in_header(film.site, seen["identity"])]):
        stop_unconsented(film, lease, says)
        return
    twin = twin_of(film, seen["uids"].get("SOPInstanceUID", ""), header)
    if twin and twin.bars(film):
        stop_twin(film, lease, twin, placed, seen, header)
        return
    if placed.missing:
        stop(film, lease, "held", placed.missing, known_fields(placed, seen, header))
        return
    result = client.run(
        "deidentify",
        film=original,
        output_dir=str(folder),
        blind_subject=blind_code(placed.subject),
        uids=blind_uids_of(film, seen["uids"]),
    )
    header |= {"BitsStored": result["bits"], "SideLetters": result["side_letters"]}
    keep(film, folder, lease, placed, known_fields(placed, seen, header), result)


def why_not_kept(film: Film, named: Iterable[Subject | None]) -> str:
    """The sentence about a film that arrived after a subject named in it withdrew consent; earlier films are kept."""
    return why_none_accepted(subject for subject in named if came_after_withdrawal(film, subject))


def came_after_withdrawal(film: Film, subject: Subject | None) -> bool:
    """Whether the subject withdrew consent before the film was received."""
    withdrawal = withdrawal_of(subject)
    return withdrawal is not None and film.received_at >= withdrawal.recorded_at


def stop_unconsented(film: Film, lease: Lease, says: str) -> None:
    """Refuses the film and deletes its bytes: only its header identifies the subject."""
    stored = film.original_file
    stop(film, lease, "refused", says, {"original_file": "", "reason_code": CONSENT_WITHDRAWN})
    drop_original(stored)


def twin_of(film: Film, uid: str, header: dict[str, Any]) -> Twin | None:
    """The other film that has the UID; the same image in another encoding counts as that film's content from now on."""
    twin = claim(film, uid, header[CONTENT])
    if twin is None or twin.same or not reencoded(film, header[CONTENT], twin.film, twin.content):
        return twin
    header[CONTENT] = twin.content
    return replace(twin, same=True)


def kept_header(seen: dict[str, Any]) -> dict[str, Any]:
    """The facts of the film, with identities only as keyed digests."""
    header = {name: value for name, value in seen["facts"].items() if value not in ("", [])}
    header[CONTENT] = content_of(seen)
    for name in ("Patient", "Device"):
        if seen["identity"].get(name):
            header[f"{name}Key"] = keyed_digest(name, seen["identity"][name])
    return header


def known_fields(placed: Placement, seen: dict[str, Any], header: dict[str, Any]) -> dict[str, Any]:
    """The film's fields as far as they are known from the header and the sender."""
    spacing = header.get("SpacingMM") or []
    return {
        "subject": placed.subject,
        "visit": placed.visit,
        "film_date": placed.film_date,
        "film_date_source": placed.film_date_source,
        "side": placed.side,
        "view": placed.view,
        "media_type": seen["media_type"],
        "sop_instance_uid": seen["uids"].get("SOPInstanceUID", ""),
        "spacing_mm": spacing[0] if spacing else None,
        "header": header,
    }


def stop_twin(
    film: Film, lease: Lease, twin: Twin, placed: Placement, seen: dict[str, Any], header: dict[str, Any]
) -> None:
    """The same image in another encoding is not kept twice; the same UID on another image is resolved by the site."""
    if not twin.same:
        text = f"The file has the same identifier (SOP Instance UID) as {twin.film}, but different content."
        stop(film, lease, "held", text, known_fields(placed, seen, header | {SAME_UID: twin.film.pk}))
        return
    known = known_fields(placed, seen, header | {SAME_IMAGE: twin.film.pk})
    with audited_atomic():
        says = compare(twin.film, film, ACTOR)
        stop(film, lease, "refused", f"The same image was received before ({twin.film}). {says}".strip(), known)


def unreadable(film: Film, refusal: Unreadable) -> dict[str, Any]:
    """A refused film records the version that could not read it; a later version may succeed."""
    known: dict[str, Any] = {"reason_code": refusal.reason_code}
    if refusal.outcome == "refused":
        known["header"] = {**film.header, UNREADABLE_BY: product_version()}
    return known


def blind_code(subject: Subject | None) -> str:
    """The pseudonym of the subject in blind objects: stable, and meaningless without the key."""
    assert subject is not None  # noqa: S101  a film without a subject is held before
    digest = bytes.fromhex(keyed_digest("subject", str(subject.trial_id), str(subject.pk)))
    return f"BR-{base64.b32encode(digest)[:12].decode()}"


def blind_uids(trial: Trial, originals: Any) -> dict[str, str]:
    """Random UIDs from the table of the trial, drawn once for each original."""
    for original in originals:
        BlindUid.objects.get_or_create(trial=trial, original=original, defaults={"blind": f"2.25.{uuid.uuid4().int}"})
    return dict(BlindUid.objects.filter(trial=trial, original__in=originals).values_list("original", "blind"))


def blind_uids_of(film: Film, originals: dict[str, str]) -> dict[str, str]:
    """Of several pictures with the same SOP Instance UID, each one after the first gets its own UID."""
    uids = blind_uids(film.trial, originals.values())
    original = originals.get("SOPInstanceUID", "")
    earlier = Film.objects.filter(trial=film.trial, sop_instance_uid=original).exclude(pk=film.pk)
    if original and earlier.exclude(blind_file="").exists():
        own = f"film-{film.pk}"
        uids[original] = blind_uids(film.trial, [own])[own]
    return uids


def keep(
    film: Film, folder: Path, lease: Lease, placed: Placement, known: dict[str, Any], result: dict[str, Any]
) -> None:
    token, picture = new_token(), result["picture"]
    unpacked = 2 * picture["rows"] * picture["columns"]
    blind, desk = f"blind/{token}{Path(result['blind']).suffix}", f"desk/{token}"
    pixels = keyed_pixels(result["pixel_sha256"])
    found = [*result["findings"], *checks.findings(film, placed, known["header"], pixels)]
    found += recognised(film, placed, result, pixels, folder / "desk")
    values = {
        **known,
        "status_reason": "",
        "findings": found,
        "blind_file": blind,
        "desk_folder": desk,
        "pixel_sha256": pixels,
        "approved_pixels": result["pixel_sha256"],
        "deidentification": result["report"],
    }
    try:
        keep_padded(folder / result["blind"], blind, unpacked)
        keep_picture_padded(folder / "desk", desk, picture)
        write(
            film, lease, FilmStatus.DEIDENTIFIED, "studies.film.deidentified", values, details_of(result, found, pixels)
        )
    except BaseException:
        drop_file(blind)
        drop_tree(desk)
        raise


def recognised(film: Film, placed: Placement, result: dict[str, Any], pixels: str, desk: Path) -> list[dict[str, Any]]:
    """The finding, if any, that the picture was already received in another form."""
    likeness = given_likeness(result["likeness"])
    if likeness is None:
        return []
    keep_likeness(film, likeness)
    picture = StoredLevels.of(lambda name: (desk / name).read_bytes())
    finding = near_duplicates(film, placed, likeness, pixels, picture)
    return [finding] if finding else []


def details_of(result: dict[str, Any], found: list[dict[str, Any]], pixels: str) -> dict[str, Any]:
    report = result["report"]
    return {
        "rules": report["rules_version"],
        "kept": len(report["kept"]),
        "removed": sum(report["removed"].values()),
        "findings": sorted({finding["code"] for finding in found}),
        "pixels": pixels,
    }


def stop(film: Film, lease: Lease, outcome: str, text: str, known: dict[str, Any]) -> None:
    """Holds the film for the site or refuses it, with a sentence that gives the reason."""
    status = FilmStatus.HELD if outcome == "held" else FilmStatus.REFUSED
    code = known.pop("reason_code", "")
    values = {**known, "status_reason": text[:500]}
    action = "studies.film.held" if outcome == "held" else "studies.film.refused"
    write(film, lease, status, action, values, {"code": code}, reason=text)


def given_up(*, payload: dict[str, Any], says: str) -> None:
    """Holds the film because its job gave up: the site can have it processed again by saving its form."""
    film = locked_row(Film(pk=payload["film"]))
    if film.status != FilmStatus.RECEIVED:
        return
    text = f"{says} The film is kept. Once this is resolved, save its visit and date to have it processed again."
    changes = move(film, FilmStatus.HELD, status_reason=text)
    record(
        action="studies.film.held",
        actor=ACTOR,
        stream=film.trial.code,
        subject=("studies.film", str(film.pk)),
        changes={"status": changes["status"]},
        reason=text,
        tracked=[film],
    )


def write(
    film: Film,
    lease: Lease,
    status: FilmStatus,
    action: str,
    values: dict[str, Any],
    details: dict[str, Any],
    reason: str = "",
) -> None:
    with audited_atomic():
        lease.finish()
        film = locked_row(film)
        move(film, status, **with_what_came_meanwhile(film, values))
        record(
            action=action,
            actor=ACTOR,
            stream=film.trial.code,
            subject=("studies.film", str(film.pk)),
            changes={"status": [FilmStatus.RECEIVED, status]},
            reason=reason,
            details=details,
            tracked=[film],
        )


def with_what_came_meanwhile(film: Film, values: dict[str, Any]) -> dict[str, Any]:
    """Keeps declarations about the film by the site or a second copy of the file while it was being read."""
    values = dict(values)
    if "findings" in values:
        again = [finding for finding in film.findings if finding["code"] == SENT_AGAIN]
        values["findings"] = [*values["findings"], *again]
    if film.date_confirmed and "header" in values:
        values["header"] = {**values["header"], DATE_CONFIRMED: True}
        values |= {"film_date": film.film_date, "film_date_source": film.film_date_source}
    return values
