"""DICOM objects from machines, by STOW-RS or C-STORE: checked while the sender waits, identified, received, answered.

The response does not change: an object that failed, or is held because another image has its UID, fails again.
One whose subject has withdrawn consent since is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from audit.trail import Actor
from imaging.decoder import client
from imaging.decoding.unreadable import Unreadable
from studies.arrival.content import content_of
from studies.arrival.intake import IntakeReceipt, receive, turn_away
from studies.arrival.placing import subjects_in_header
from studies.arrival.sop_instances import contested
from studies.models import Transmittal
from studies.plan.consent import why_none_accepted

# PS3.18 table I.2-2 and PS3.4 C-STORE.
OUT_OF_RESOURCES, WRONG_CLASS, CANNOT_UNDERSTAND, NOT_AUTHORISED = 0xA700, 0xA900, 0xC000, 0x0124
CLASS_NOT_SUPPORTED, SYNTAX_NOT_SUPPORTED, DUPLICATE_UID = 0x0122, 0xC122, 0x0111
FAILURE_OF_REASON = {
    "transfer-syntax": SYNTAX_NOT_SUPPORTED,
    "sop-class": CLASS_NOT_SUPPORTED,
    "file-too-large": OUT_OF_RESOURCES,
}
TAIL = 16


@dataclass(frozen=True)
class DecodedObject:
    """The decoder's findings in an object; `failure` is 0 for problems that a person or the site can still solve."""

    sop_class: str = ""
    uids: dict[str, str] = field(default_factory=dict)
    failure: int = 0
    content: str = ""
    day: str = ""
    identity: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def instance(self) -> str:
        """Its SOP Instance UID."""
        return self.uids.get("SOPInstanceUID", "")

    def name(self, number: int) -> str:
        """The name by which a site finds it in its archive: the date of the film and the end of its UID."""
        if not self.instance:
            return f"object {number}, UID unreadable"
        cut = "…" if len(self.instance) > TAIL else ""
        return f"{self.day or 'no date'}, UID {cut}{self.instance[-TAIL:]}"


def look_at(path: Path) -> DecodedObject:
    """Reads the header; an object that cannot be accepted is named as far as possible."""
    try:
        seen = client.run("inspect", input=str(path))
    except Unreadable as refusal:
        failure = FAILURE_OF_REASON.get(refusal.reason_code, CANNOT_UNDERSTAND) if refusal.outcome == "refused" else 0
        return named(path, failure)
    return DecodedObject(
        sop_class=seen["facts"].get("SOPClassUID", ""),
        uids=seen["uids"],
        failure=0 if seen["uids"] else CANNOT_UNDERSTAND,
        content=content_of(seen),
        day=seen["facts"].get("FilmDate") or "",
        identity=seen["identity"],
    )


def named(path: Path, failure: int) -> DecodedObject:
    try:
        seen = client.run("identify", input=str(path))
    except Unreadable:
        return DecodedObject(failure=failure)
    return DecodedObject(seen["sop_class"], seen["uids"], failure, day=seen["day"])


def store(*, transmittal: Transmittal, path: Path, number: int, seen: DecodedObject, actor: Actor) -> int:
    """Receives any object, so that the manifest lists it; returns the failure, 0 if it was stored safely.

    An object whose header names a subject who withdrew consent is listed and not stored.
    """
    says, name = why_none_accepted(subjects_in_header(transmittal.site, seen.identity)), seen.name(number)
    with path.open("rb") as file:
        if says:
            turn_away(transmittal=transmittal, name=name, file=file, says=says, actor=actor)
            return NOT_AUTHORISED
        received = receive(
            transmittal=transmittal,
            name=name,
            file=file,
            actor=actor,
            sop_instance_uid=seen.instance,
            content_sha256="" if seen.failure else seen.content,
        )
    return failure_of(received, seen)


def failure_of(received: IntakeReceipt, seen: DecodedObject) -> int:
    if seen.failure or received.failed:
        return seen.failure or CANNOT_UNDERSTAND
    if received.film is not None and contested(received.film, seen.content):
        return DUPLICATE_UID
    return 0
