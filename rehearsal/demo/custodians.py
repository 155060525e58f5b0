"""Two simulated custodians: their key files, the sealed arms of a trial, and the opening of the arms of a campaign.

Real custodians keep their keys outside the server. Here a visitor acts as them, so the demo's folder has the files.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from accounts.models import User
from audit.trail import Actor
from reading.models import Campaign
from rehearsal.demo.filling import Filling, settle
from rehearsal.demo.people import CUSTODIANS, DOMAIN, PASSWORD, key_folder
from scoring.arms.opening_shares import give_share
from scoring.arms.reports import ask_for_report
from scoring.arms.requests import UNDER_WAY, ask_for_arms, sealed_package
from scoring.arms.unsealing import receive_arms
from scoring.models import ArmsRequest, ArmsRequestStatus
from studies.arms.custodian import custodian
from studies.arms.custodian_keys import confirm_key, hold_arms, holds_arms, newest_import, register_key
from studies.arms.importing import import_arms
from studies.models import Trial

NAMES = tuple(one.email.removesuffix(DOMAIN) for one in CUSTODIANS)
ARMS = ("Active", "Placebo")
UNDER_WAY_OR_OPENED = (*UNDER_WAY, ArmsRequestStatus.OPENED)


class People(Protocol):
    """The people of a simulated trial, by the first part of their address."""

    def actor(self, name: str) -> Actor: ...

    def user(self, name: str) -> User: ...

    def signs(self, name: str) -> dict[str, Any]: ...


def key_file(name: str) -> Path:
    """The key file of a custodian, made once."""
    key_folder().mkdir(parents=True, exist_ok=True)
    path = key_folder() / f"{name}.pem"
    if not path.exists():
        custodian.make_key(path, PASSWORD.encode())
    return path


def hold(run: Filling) -> None:
    """Stores the arms of a trial of the demo."""
    seal_arms(run, run.planned.trial, [(one.code, arm_of(place)) for place, one in enumerate(run.planned.subjects)])


def seal_arms(people: People, trial: Trial, arms: Sequence[tuple[str, str]]) -> None:
    """Stores these arms, by subject code, sealed to both custodians."""
    if not holds_arms(trial):
        hold_arms(trial=trial, actor=people.actor("coordinator"), user=people.user("coordinator"), reason="demo")
    for name in NAMES:
        bring_key(people, trial, name)
    if newest_import(trial) is None:
        content = "".join(["subject,arm\n", *(f"{subject},{arm}\n" for subject, arm in arms)]).encode()
        first = NAMES[0]
        import_arms(trial=trial, actor=people.actor(first), user=people.user(first), content=content, understood=True)


def arm_of(place: int) -> str:
    """The arm of the subject at this position of enrolment: each arm gets half of the subjects of each of two sites.

    >>> "".join(arm_of(place)[0] for place in range(8))
    'APPAAPPA'
    """
    return ARMS[(place + place // 2) % len(ARMS)]


def bring_key(people: People, trial: Trial, name: str) -> None:
    """The custodian's public key, registered and confirmed once."""
    keys, user, actor = trial.custodian_keys, people.user(name), people.actor(name)
    if keys.usable().filter(custodian=user).exists():
        return
    own = custodian.load_key(key_file(name), PASSWORD.encode())
    public = base64.b64encode(custodian.raw(own.public_key())).decode()
    waiting = keys.filter(custodian=user, public_key=public, replaced_at=None).first()
    key = waiting or register_key(trial=trial, actor=actor, user=user, public_key=public)
    confirm_key(key=key, actor=actor, user=user, typed=key.fingerprint)


def open_arms(run: Filling, found: Campaign) -> None:
    """Opens the arms of a campaign of the demo and requests the report by arm."""
    report_by_arm(run, found, ARMS[1], lambda: settle(run))


def report_by_arm(people: People, found: Campaign, reference: str, carry_out: Callable[[], None]) -> ArmsRequest:
    """Both custodians submit their shares, the statistician receives the arms and requests the report by arm."""
    user, actor = people.user("statistician"), people.actor("statistician")
    asked = found.arms_requests.filter(status__in=UNDER_WAY_OR_OPENED).first()
    asked = asked or ask_for_arms(campaign=found, actor=actor, user=user, reason="the final analysis")
    if asked.status == ArmsRequestStatus.WAITING:
        for name in NAMES:
            give(people, asked, name)
    carry_out()
    asked.refresh_from_db()
    receive_arms(asked=asked, **people.signs("statistician"))
    ask_for_report(asked=asked, actor=actor, user=user, reference=reference, by_site=False)
    carry_out()
    return asked


def give(people: People, asked: ArmsRequest, name: str) -> None:
    """Submits a custodian's share, made from their package as it would be on their own computer."""
    user, actor = people.user(name), people.actor(name)
    if asked.shares.filter(signature__signer=user).exists():
        return
    package = sealed_package(asked=asked, actor=actor, user=user)
    share = custodian.opening_share(package, custodian.load_key(key_file(name), PASSWORD.encode()))
    give_share(asked=asked, content=json.dumps(share).encode(), **people.signs(name))
