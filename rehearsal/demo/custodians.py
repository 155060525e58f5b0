"""The demo's two custodians: their key files, the sealed arms of a trial, and the opening of the arms of a campaign.

Real custodians keep their keys outside the server. Here a visitor acts as them, so the demo's folder has the files.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path

from reading.models import Campaign
from rehearsal.demo.filling import Filling, settle
from rehearsal.demo.people import COORDINATOR, CUSTODIANS, DOMAIN, PASSWORD, key_folder
from scoring.arms.opening_shares import give_share
from scoring.arms.reports import ask_for_report
from scoring.arms.requests import UNDER_WAY, ask_for_arms, sealed_package
from scoring.arms.unsealing import receive_arms
from scoring.models import ArmsRequest, ArmsRequestStatus
from studies.arms.custodian import custodian
from studies.arms.custodian_keys import confirm_key, hold_arms, holds_arms, newest_import, register_key
from studies.arms.importing import import_arms

NAMES = tuple(one.email.removesuffix(DOMAIN) for one in CUSTODIANS)
ARMS = ("Active", "Placebo")
UNDER_WAY_OR_OPENED = (*UNDER_WAY, ArmsRequestStatus.OPENED)


def key_file(name: str) -> Path:
    """The key file of a custodian, made once."""
    key_folder().mkdir(parents=True, exist_ok=True)
    path = key_folder() / f"{name}.pem"
    if not path.exists():
        custodian.make_key(path, PASSWORD.encode())
    return path


def hold(run: Filling) -> None:
    """Stores the arms of the trial, sealed to both custodians."""
    trial = run.planned.trial
    if not holds_arms(trial):
        hold_arms(trial=trial, actor=run.coordinator, user=run.people[COORDINATOR], reason="demo")
    for name in NAMES:
        bring_key(run, name)
    if newest_import(trial) is None:
        lines = [f"{one.code},{arm_of(place)}\n" for place, one in enumerate(run.planned.subjects)]
        content = "".join(["subject,arm\n", *lines]).encode()
        first = NAMES[0]
        import_arms(trial=trial, actor=run.actor(first), user=run.user(first), content=content, understood=True)


def arm_of(place: int) -> str:
    """The arm of the subject at this position of enrolment: each arm gets half of the subjects of each of two sites.

    >>> "".join(arm_of(place)[0] for place in range(8))
    'APPAAPPA'
    """
    return ARMS[(place + place // 2) % len(ARMS)]


def bring_key(run: Filling, name: str) -> None:
    """The custodian's public key, registered and confirmed once."""
    keys, user, actor = run.planned.trial.custodian_keys, run.user(name), run.actor(name)
    if keys.usable().filter(custodian=user).exists():
        return
    own = custodian.load_key(key_file(name), PASSWORD.encode())
    public = base64.b64encode(custodian.raw(own.public_key())).decode()
    waiting = keys.filter(custodian=user, public_key=public, replaced_at=None).first()
    key = waiting or register_key(trial=run.planned.trial, actor=actor, user=user, public_key=public)
    confirm_key(key=key, actor=actor, user=user, typed=key.fingerprint)


def open_arms(run: Filling, found: Campaign) -> None:
    """Both custodians submit their shares, the statistician receives the arms and requests the report by arm."""
    user, actor = run.user("statistician"), run.actor("statistician")
    asked = found.arms_requests.filter(status__in=UNDER_WAY_OR_OPENED).first()
    asked = asked or ask_for_arms(campaign=found, actor=actor, user=user, reason="the final analysis")
    if asked.status == ArmsRequestStatus.WAITING:
        for name in NAMES:
            give(run, asked, name)
    settle(run)
    asked.refresh_from_db()
    receive_arms(asked=asked, **run.signs("statistician"))
    ask_for_report(asked=asked, actor=actor, user=user, reference=ARMS[1], by_site=False)
    settle(run)


def give(run: Filling, asked: ArmsRequest, name: str) -> None:
    """Submits a custodian's share, made from their package as it would be on their own computer."""
    user, actor = run.user(name), run.actor(name)
    if asked.shares.filter(signature__signer=user).exists():
        return
    package = sealed_package(asked=asked, actor=actor, user=user)
    share = custodian.opening_share(package, custodian.load_key(key_file(name), PASSWORD.encode()))
    give_share(asked=asked, content=json.dumps(share).encode(), **run.signs(name))
