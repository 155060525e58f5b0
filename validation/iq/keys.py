"""Each configured key against what is stored under it: a wrong key is named before anything is written with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
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
from studies.arrival.stored_files import fault_of_original
from studies.models import Film, Rendition
from studies.sealed_links import image_key
from validation.checks import check, demand

TRIED = 3
NOTHING = "nothing is stored under it yet, so it could not be tried"
Row = TypeVar("Row")


def opens_none(rows: Iterable[Row], opens: Callable[[Row], bool]) -> tuple[int, bool]:
    """How many rows were tried, and whether the key opened none of them: one that opens any is the right key."""
    answers = [opens(row) for row in rows]
    return len(answers), bool(answers) and not any(answers)


def seen_of(name: str, tried: int) -> str:
    """What is reported of a key that passes."""
    return f"{name}: {f'opens what is stored ({tried} tried)' if tried else NOTHING}"


@check(
    "R-10",
    "R-35",
    name="AUDIT_MAC_KEYS",
    does="Verifies the newest events made with each key, by its number.",
    expects="Every number used has a key, and each key authenticates its events",
)
def mac_keys(_: object) -> str:
    used = sorted(set(Event.objects.order_by().values_list("mac_key", flat=True).distinct()))
    faults, seen = [], []
    for number in sorted({*used, *settings.AUDIT_MAC_KEYS}):
        name = f"key {number} of AUDIT_MAC_KEYS"
        if number not in settings.AUDIT_MAC_KEYS:
            faults.append(f"{name} is not configured, but events were made with it")
            continue
        newest = Event.objects.filter(mac_key=number).order_by("-pk")[:TRIED]
        tried, wrong = opens_none(newest, lambda one: is_authentic(one.hash, one.mac_key, one.mac))
        faults += [f"{name} is wrong: it authenticates none of {tried} events"] if wrong else []
        seen.append(seen_of(name, tried))
    return demand(faults, "; ".join(seen))


def one_key(name: str, rows: Iterable[Row], opens: Callable[[Row], bool]) -> str:
    """What was seen of one key."""
    tried, wrong = opens_none(islice(rows, TRIED), opens)
    return demand([f"{name} is wrong: it opens none of {tried} records stored under it"] * wrong, seen_of(name, tried))


@check(
    "R-44",
    name="SEALING_KEY",
    does="Opens the newest links from films to reader images, and computes digests of tracked rows again.",
    expects="They open, and the digests are those recorded",
)
def sealing_key(_: object) -> str:
    links = [one_key("SEALING_KEY", Rendition.objects.order_by("-pk"), opens_link)]
    return "; ".join([*links, one_key("SEALING_KEY, digests", recorded(), lambda pair: pair[0] == pair[1])])


def opens_link(rendition: Rendition) -> bool:
    """Whether the key opens the link of this rendition."""
    try:
        return bool(image_key(rendition.film_id, rendition.side, rendition.sealed_image))
    except (InvalidTag, ValueError):
        return False


def recorded() -> Iterator[tuple[str, str]]:
    """Digests of tracked rows from the newest events that have any, and the same computed again."""
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
    return one_key("QUARANTINE_KEY", films, lambda film: "decrypted" not in fault_of_original(film))


@check(
    "R-10",
    name="ANCHOR_KEY",
    does="Verifies the signatures of the newest anchors.",
    expects="They were signed with this key",
)
def anchor_key(_: object) -> str:
    return one_key("ANCHOR_KEY", reversed(anchors.files()), lambda path: opens_anchor(path.name))


def opens_anchor(name: str) -> bool:
    """Whether the anchor was signed with the configured key."""
    try:
        anchors.read(settings.ANCHOR_FOLDER / name)
    except anchors.BadAnchor as error:
        return "not signed" not in str(error)
    return True


@check(
    "R-25",
    name="SECRET_KEY",
    does="Opens the newest second factors.",
    expects="They open",
)
def secret_key(_: object) -> str:
    return one_key(
        "SECRET_KEY", Authenticator.objects.filter(type=Authenticator.Type.TOTP).order_by("-pk"), opens_factor
    )


def opens_factor(factor: Authenticator) -> bool:
    """Whether the key opens this second factor."""
    try:
        return bool(SealedSecrets().decrypt(factor.data["secret"]))
    except WrongState:
        return False
