"""The job between the door and the desk: RECEIVED becomes DEIDENTIFIED, HELD or REFUSED, with its report."""

from __future__ import annotations

import base64
import uuid
from pathlib import Path
from typing import Any

from django.db.models import Q

from audit.trail import Actor, audited_atomic, record
from config.tokens import new_token
from imaging.decoder import client
from imaging.decoding.unreadable import Unreadable
from jobs.lease import Lease
from studies.arrival import checks
from studies.arrival.placing import Place, place
from studies.arrival.quarantine import keyed_digest
from studies.arrival.work_folder import drop_file, drop_tree, keep_file, keep_tree, original_in, work_folder
from studies.films import locked, move
from studies.models import BlindUid, Film, FilmStatus, Subject, Trial
from studies.models.film import KEPT_APART, SAME_UID, SITE_SAID

ACTOR = Actor.system("de-identification")


def carry(*, payload: dict[str, Any], lease: Lease) -> None:
    """Reads in a limited child, stores what is blind, then moves the film in one short transaction."""
    film = Film.objects.select_related("trial", "site", "subject", "visit__subject", "visit__plan").get(
        pk=payload["film"]
    )
    if film.status != FilmStatus.RECEIVED:
        return
    with work_folder() as folder:
        try:
            _read(film, folder, lease)
        except Unreadable as refusal:
            _stop(film, lease, refusal.outcome, refusal.text, {"reason_code": refusal.reason_code})


def _read(film: Film, folder: Path, lease: Lease) -> None:
    original = original_in(folder, film)
    seen = client.run("inspect", input=str(original))
    header = _header(seen) | {name: film.header[name] for name in SITE_SAID if name in film.header}
    placed = place(film, seen["facts"], seen["identity"])
    twin = _same_uid(film, seen["uids"])
    if twin and KEPT_APART not in header:
        known = _known(placed, seen, header | {SAME_UID: twin.pk})
        _stop(film, lease, *_told_twice(twin, header), known)
        return
    if placed.missing:
        _stop(film, lease, "held", placed.missing, _known(placed, seen, header))
        return
    result = client.run(
        "deidentify",
        input=str(original),
        output_dir=str(folder),
        blind_subject=blind_code(placed.subject),
        uids=_blind_uids_of(film, seen["uids"], apart=twin is not None),
    )
    header["BitsStored"] = header.get("BitsStored") or result["bits"]
    _keep(film, folder, lease, placed, _known(placed, seen, header), result)


def _header(seen: dict[str, Any]) -> dict[str, Any]:
    """Facts, and identities only as digests under a key."""
    header = {name: value for name, value in seen["facts"].items() if value not in ("", [])}
    header["ContentSHA256"] = seen["content_sha256"]
    for name in ("Patient", "Device"):
        if seen["identity"].get(name):
            header[f"{name}Key"] = keyed_digest(name, seen["identity"][name])
    return header


def _known(placed: Place, seen: dict[str, Any], header: dict[str, Any]) -> dict[str, Any]:
    """The film's fields as far as the header and the sender tell them."""
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


def _same_uid(film: Film, uids: dict[str, str]) -> Film | None:
    """The first film of the trial with the same SOP Instance UID; of two that wait the earlier one goes on."""
    uid = uids.get("SOPInstanceUID", "")
    if not uid:
        return None
    others = Film.objects.filter(trial=film.trial, sop_instance_uid=uid).exclude(status=FilmStatus.REFUSED)
    waiting = Q(status__in=[FilmStatus.RECEIVED, FilmStatus.HELD])
    return others.filter(Q(pk__lt=film.pk) | Q(pk__gt=film.pk) & ~waiting).order_by("pk").first()


def _told_twice(twin: Film, header: dict[str, Any]) -> tuple[str, str]:
    """The same image in another wrapping is not kept twice; the same name on another image is for the site to solve."""
    if twin.header.get("ContentSHA256") == header["ContentSHA256"]:
        return "refused", f"The same image came before ({twin})."
    return "held", f"The file has the identifier (SOP Instance UID) of {twin} and other content."


def blind_code(subject: Subject | None) -> str:
    """What stands for the subject in blind objects: stable, and of no meaning without the key."""
    assert subject is not None  # noqa: S101  a film without a subject is held before
    digest = bytes.fromhex(keyed_digest("subject", str(subject.trial_id), str(subject.pk)))
    return f"BR-{base64.b32encode(digest)[:12].decode()}"


def blind_uids(trial: Trial, originals: Any) -> dict[str, str]:
    """Random UIDs from the table of the trial, drawn once for each original."""
    for original in originals:
        BlindUid.objects.get_or_create(trial=trial, original=original, defaults={"blind": f"2.25.{uuid.uuid4().int}"})
    return dict(BlindUid.objects.filter(trial=trial, original__in=originals).values_list("original", "blind"))


def _blind_uids_of(film: Film, originals: dict[str, str], apart: bool) -> dict[str, str]:
    """Of two pictures under one SOP Instance UID the second gets a UID of its own."""
    uids = blind_uids(film.trial, originals.values())
    if apart:
        own = f"film-{film.pk}"
        uids[originals["SOPInstanceUID"]] = blind_uids(film.trial, [own])[own]
    return uids


def _keep(film: Film, folder: Path, lease: Lease, placed: Place, known: dict[str, Any], result: dict[str, Any]) -> None:
    token = new_token()
    blind, desk = f"blind/{token}{Path(result['blind']).suffix}", f"desk/{token}"
    found = [*result["findings"], *checks.findings(film, placed, known["header"], result["pixel_sha256"])]
    values = {
        **known,
        "status_reason": "",
        "findings": found,
        "blind_file": blind,
        "desk_folder": desk,
        "pixel_sha256": result["pixel_sha256"],
        "deidentification": result["report"],
    }
    try:
        keep_file(folder / result["blind"], blind)
        keep_tree(folder / "desk", desk)
        _write(film, lease, FilmStatus.DEIDENTIFIED, "deidentify", values, _told(result, found))
    except BaseException:
        drop_file(blind)
        drop_tree(desk)
        raise


def _told(result: dict[str, Any], found: list[dict[str, Any]]) -> dict[str, Any]:
    report = result["report"]
    return {
        "rules": report["rules_version"],
        "kept": len(report["kept"]),
        "removed": sum(report["removed"].values()),
        "findings": sorted({finding["code"] for finding in found}),
        "pixels": result["pixel_sha256"],
    }


def _stop(film: Film, lease: Lease, outcome: str, text: str, known: dict[str, Any]) -> None:
    """Held for the site or refused, with a sentence that says why."""
    status = FilmStatus.HELD if outcome == "held" else FilmStatus.REFUSED
    code = known.pop("reason_code", "")
    values = {**known, "status_reason": text[:500]}
    _write(film, lease, status, "hold" if outcome == "held" else "refuse", values, {"code": code}, reason=text)


def _write(
    film: Film,
    lease: Lease,
    status: FilmStatus,
    verb: str,
    values: dict[str, Any],
    details: dict[str, Any],
    reason: str = "",
) -> None:
    with audited_atomic():
        lease.finish()
        film = locked(film)
        move(film, status, **values)
        record(
            action=f"studies.film.{verb}",
            actor=ACTOR,
            stream=film.trial.code,
            subject=("studies.film", str(film.pk)),
            changes={"status": [FilmStatus.RECEIVED, status]},
            reason=reason,
            details=details,
        )
