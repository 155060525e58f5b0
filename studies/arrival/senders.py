"""Admits machines that send films, each bound to one site of one trial, and identifies who is sending."""

from __future__ import annotations

import hashlib
import ipaddress
import re
import secrets
from collections.abc import Mapping

from django.utils import timezone

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, WrongState
from config.wording import quoted
from studies.models import DicomPeer, SenderToken, Site, Trial
from studies.naming import checked_text, used_once

# PS3.5: at most 16 characters, no backslash or control character; only plain characters are accepted.
AE_TITLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,15}")


def issue_token(*, trial: Trial, site: Site, label: str, actor: Actor) -> tuple[SenderToken, str]:
    """A new bearer token; the text is shown only once."""
    authorise(actor, Action.SET_UP_TRIAL)
    check_site(trial, site)
    label, text = checked_text("label", label, longest=80), secrets.token_urlsafe(32)
    with audited_atomic():
        token = SenderToken.objects.create(trial=trial, site=site, label=label, digest=digest_of(text))
        record_event(
            "studies.sender.admitted",
            trial,
            ("studies.sendertoken", str(token.pk)),
            actor,
            {"site": site.code, "label": label},
        )
    return token, text


def admit_peer(*, trial: Trial, site: Site, calling_ae: str, called_ae: str, address: str, actor: Actor) -> DicomPeer:
    """Admits an archive that sends by C-STORE from that address under these titles."""
    authorise(actor, Action.SET_UP_TRIAL)
    check_site(trial, site)
    values = {"calling_ae": checked_title(calling_ae), "called_ae": checked_title(called_ae)}
    address = checked_address(address)
    with audited_atomic():
        with used_once(
            f"A peer with these titles and the address {address} is already admitted. Revoke it first.", field="address"
        ):
            peer = DicomPeer.objects.create(trial=trial, site=site, address=address, **values)
        details = {"site": site.code, "address": address, **values}
        record_event("studies.sender.admitted", trial, ("studies.dicompeer", str(peer.pk)), actor, details)
    return peer


def revoke(*, sender: SenderToken | DicomPeer, actor: Actor) -> None:
    """Revokes the sender: nothing is accepted from it any more."""
    authorise(actor, Action.SET_UP_TRIAL)
    with audited_atomic():
        in_use = type(sender)._default_manager.filter(pk=sender.pk, revoked_at__isnull=True)
        if in_use.update(revoked_at=timezone.now()) != 1:
            raise WrongState(f"The sender {quoted(str(sender))} has already been revoked.")
        subject = (f"studies.{type(sender).__name__.lower()}", str(sender.pk))
        record_event("studies.sender.revoked", sender.trial, subject, actor, {"site": sender.site.code})


def token_holder(text: str) -> SenderToken | None:
    """The holder of the token, if it is in use."""
    tokens = SenderToken.objects.filter(digest=digest_of(text), revoked_at__isnull=True)
    return tokens.select_related("trial", "site").first()


def peer_of(*, calling_ae: str, called_ae: str, address: str) -> DicomPeer | None:
    """The admitted peer of an association, if there is one."""
    peers = DicomPeer.objects.filter(
        revoked_at__isnull=True, calling_ae=calling_ae.strip(), called_ae=called_ae.strip()
    )
    return peers.filter(address=address).select_related("trial", "site").first()


def digest_of(text: str) -> str:
    """The stored digest of a token: a token has 256 random bits, so a plain digest reveals nothing about it."""
    return hashlib.sha256(text.encode()).hexdigest()


def checked_title(title: str) -> str:
    """An application entity title."""
    if not AE_TITLE.fullmatch(title.strip()):
        raise BadInput(
            f"The AE title {quoted(title)} is not valid. Use 1 to 16 letters, digits, spaces and the signs . _ -,"
            " beginning with a letter or digit."
        )
    return title.strip()


def checked_address(address: str) -> str:
    """One IP address."""
    try:
        return str(ipaddress.ip_address(address.strip()))
    except ValueError:
        raise BadInput(
            f"The address {quoted(address)} is not an IP address. Enter an IPv4 or IPv6 address.", field="address"
        ) from None


def check_site(trial: Trial, site: Site) -> None:
    if site.trial_id != trial.pk:
        raise BadInput(f"Site {site.code} belongs to another trial. Choose a site of trial {trial.code}.", field="site")


def record_event(
    action: str, trial: Trial, subject: tuple[str, str], actor: Actor, details: Mapping[str, object]
) -> None:
    record(action=action, actor=actor, stream=trial.code, subject=subject, details=details)
