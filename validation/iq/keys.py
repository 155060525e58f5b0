"""Checks each configured key on stored data: a wrong key is reported before anything is written with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

from allauth.mfa.models import Authenticator
from cryptography.exceptions import InvalidTag
from django.conf import settings

from accounts.second_factor import SealedSecrets
from audit import anchors
from audit.mac import is_authentic
from audit.models import Event
from audit.tracking import DELETED, stored
from config.errors import WrongState
from config.wording import counted
from studies.arrival.stored_files import fault_of_original
from studies.models import Film, Rendition
from studies.sealed_links import image_key
from validation.checks import NotTried, check, demand

TRIED = 3
NOTHING = "nothing is stored under it yet, so it could not be tried"
Row = TypeVar("Row")
# Whether a key opens a record; None if the record is missing, which shows nothing about the key.
Opens = Callable[[Row], bool | None]


@dataclass(frozen=True)
class KeyTrial:
    """The result of testing a key: the number of records to open, and the number that it opened."""

    name: str
    tried: int
    opened: int

    @property
    def seen(self) -> str:
        return f"{self.name}: {f'opens {self.opened} of {self.tried}' if self.tried else NOTHING}"


def tried_on(name: str, rows: Iterable[Row], opens: Opens[Row]) -> KeyTrial:
    """Tests a key on the first rows."""
    answers = [opens(row) for row in islice(rows, TRIED)]
    given = [answer for answer in answers if answer is not None]
    return KeyTrial(name, len(given), sum(given))


def seen_of(trials: list[KeyTrial], faults: Iterable[str] = ()) -> str:
    """The results for the keys; Deviation if any did not open a record, NotTried if any had none to open."""
    found = list(faults)
    for one in trials:
        if one.opened < one.tried:
            opened = f"it opens {one.opened} of {counted(one.tried, 'record')} stored under it"
            found.append(f"{one.name} is wrong, or records were altered: {opened}")
    seen = demand(found, "; ".join(one.seen for one in trials))
    if not all(one.tried for one in trials):
        raise NotTried(seen)
    return seen


@check(
    "R-10",
    "R-35",
    name="AUDIT_MAC_KEYS",
    does="Verifies the newest events made with each key, by its number.",
    expects="Every number used has a key, and each key authenticates every event tried",
)
def mac_keys(_: object) -> str:
    used = sorted(set(Event.objects.order_by().values_list("mac_key", flat=True).distinct()))
    faults, trials = [], []
    for number in sorted({*used, *settings.AUDIT_MAC_KEYS}):
        name = f"key {number} of AUDIT_MAC_KEYS"
        if number not in settings.AUDIT_MAC_KEYS:
            faults.append(f"{name} is not configured, but events were made with it")
            continue
        newest = Event.objects.filter(mac_key=number).order_by("-pk")
        trials.append(tried_on(name, newest[:TRIED], lambda one: is_authentic(one.hash, one.mac_key, one.mac)))
    return seen_of(trials, faults)


@check(
    "R-44",
    name="SEALING_KEY",
    does="Opens the newest links from films to reader images, and computes digests of tracked rows again.",
    expects="They open, and the digests are those recorded",
)
def sealing_key(_: object) -> str:
    links = tried_on("SEALING_KEY", Rendition.objects.order_by("-pk")[:TRIED], opens_link)
    return seen_of([links, tried_on("SEALING_KEY, digests", recorded(), lambda pair: pair[0] == pair[1])])


def opens_link(rendition: Rendition) -> bool:
    """Whether the key opens the link of this rendition."""
    try:
        return bool(image_key(rendition.film_id, rendition.side, rendition.sealed_image))
    except (InvalidTag, ValueError):
        return False


def recorded() -> Iterator[tuple[str, str]]:
    """Digests of tracked rows from the newest events that have any, and the recomputed digests."""
    done: set[tuple[str, str]] = set()
    for event in Event.objects.filter(body__contains='"tracked":[[').order_by("-pk")[:50]:
        for table, key, version, digest in event.content["tracked"]:
            if digest == DELETED or (table, key) in done:
                continue
            done.add((table, key))
            for _, now in stored(table, version, [key]):
                yield digest, now


@check(
    "R-54",
    name="QUARANTINE_KEY",
    does="Decrypts the newest originals.",
    expects="They are the files that were received",
)
def quarantine_key(_: object) -> str:
    films = Film.objects.only("original_file", "sha256").exclude(original_file="").order_by("-pk")
    return seen_of([tried_on("QUARANTINE_KEY", films[:TRIED], opens_original)])


def opens_original(film: Film) -> bool | None:
    """Whether the key opens this original and it is the file that was received; None if it is missing."""
    fault = fault_of_original(film)
    return None if "missing" in fault else not fault


@check(
    "R-10",
    name="ANCHOR_KEY",
    does="Verifies the signatures of the newest anchors.",
    expects="They were signed with this key",
)
def anchor_key(_: object) -> str:
    return seen_of([tried_on("ANCHOR_KEY", reversed(anchors.files()), opens_anchor)])


def opens_anchor(path: Path) -> bool:
    """Whether the anchor is intact and was signed with the configured key."""
    try:
        anchors.read(path)
    except anchors.BadAnchor:
        return False
    return True


@check(
    "R-25",
    name="SECRET_KEY",
    does="Opens the newest second factors.",
    expects="They open",
)
def secret_key(_: object) -> str:
    factors = Authenticator.objects.filter(type=Authenticator.Type.TOTP).order_by("-pk")
    return seen_of([tried_on("SECRET_KEY", factors[:TRIED], opens_factor)])


def opens_factor(factor: Authenticator) -> bool:
    """Whether the key opens this second factor."""
    try:
        return bool(SealedSecrets().decrypt(factor.data["secret"]))
    except WrongState:
        return False
