"""A locked campaign whose charter lets the arms be opened, three custodians with key files, fifty canary arms."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from django.test import Client

from accounts.models import Signature
from accounts.sign_in import BACKEND
from audit.anchors import public_key_text
from reading.models import Campaign, CampaignStatus
from scoring.arms.opening_shares import give_share
from scoring.arms.requests import ask_for_arms, sealed_package
from scoring.models import ArmsRequest, Dataset, DatasetStatus, Lock, OpeningShare
from studies.arms.custodian import custodian
from tests.cast import PASSWORD as CAST_PASSWORD
from tests.reading.builders import BuiltTrial, build_reading_trial, open_campaign_of
from tests.reading.test_line import lock_it, read_all
from tests.studies.arms_cast import PASSPHRASE, Custodian, Holders, make_holders

CANARIES = [f"Canary{number:02d}-{name}" for number in range(10) for name in ("Xeno", "Ypsi", "Zeta", "Omeg", "Kapp")]


@dataclass
class Opening:
    """Everything that leads to a request."""

    built_trial: BuiltTrial
    holders: Holders
    campaign: Campaign
    folder: Path

    def ask(self) -> ArmsRequest:
        """The statistician asks."""
        statistician = self.built_trial.people["statistician"]
        return ask_for_arms(
            campaign=self.campaign,
            actor=self.built_trial.actor("statistician"),
            user=statistician,
            reason="the final analysis",
        )

    def share(self, asked: ArmsRequest, number: int) -> bytes:
        """The share that the custodian's own computer makes from their package, with the tool as shipped."""
        one = self.holders.custodians[number]
        package = self.folder / f"package-{number}.json"
        package.write_text(json.dumps(sealed_package(asked=asked, actor=one.actor, user=one.user)))
        (self.folder / "passphrase").write_text(PASSPHRASE)
        target = package.with_suffix(".share.json")
        target.unlink(missing_ok=True)
        command = [sys.executable, "-I", custodian.__file__, "open", str(package), "--key", str(one.key_file)]
        command += ["--server-key", public_key_text()]
        done = subprocess.run(
            [*command, "--passphrase-file", str(self.folder / "passphrase")], capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return target.read_bytes()

    def give(self, asked: ArmsRequest, number: int, content: bytes | None = None) -> OpeningShare:
        """The custodian gives their share."""
        one = self.holders.custodians[number]
        content = self.share(asked, number) if content is None else content
        return give_share(asked=asked, actor=one.actor, user=one.user, content=content, password=CAST_PASSWORD)


def lock_unread(built_trial: BuiltTrial, campaign: Campaign) -> None:
    """A lock as it is in the tables, for tests that do not need what was read."""
    signatures = [
        Signature.objects.create(
            signer=built_trial.people[name],
            printed_name=name,
            role=name,
            meaning="lock",
            record_kind="scoring.dataset",
            record_id="1",
            digest="0" * 64,
        )
        for name in ("statistician", "signer")
    ]
    dataset = Dataset.objects.create(campaign=campaign, number=1, status=DatasetStatus.LOCKED, root="0" * 64)
    requested, confirmed = signatures
    Lock.objects.create(
        dataset=dataset, campaign=campaign, number=1, root="0" * 64, requested=requested, confirmed=confirmed
    )
    Campaign.objects.filter(pk=campaign.pk).update(status=CampaignStatus.LOCKED, locked_root="0" * 64)


def make_opening(
    folder: Path, *, subjects: int = 2, permitted: bool = True, read: bool = False, code: str = "TWO"
) -> Opening:
    """A locked trial, `read` by the whole line or not, with more subjects than were read, and an arm for each."""
    built_trial = build_reading_trial(subjects=subjects, visits=("W00", "W52"), code=code)
    trial = built_trial.trial
    for number in range(subjects, len(CANARIES)):
        trial.subjects.create(site=trial.sites.all()[0], code=f"S{number:03d}")
    holders = make_holders(trial, built_trial.actor("coordinator"), built_trial.people["coordinator"], folder)
    campaign = open_campaign_of(built_trial, concordant_share=0.0, arms_may_be_opened=permitted)
    if read:
        read_all(built_trial, campaign)
        lock_it(built_trial, campaign)
    else:
        lock_unread(built_trial, campaign)
    campaign.refresh_from_db()
    return Opening(built_trial, holders, campaign, folder)


def arms_of(opening: Opening) -> dict[str, str]:
    """A canary for each subject, by code."""
    codes = opening.built_trial.trial.subjects.order_by("code").values_list("code", flat=True)
    return dict(zip(codes, CANARIES, strict=True))


def browser(one: Custodian) -> Client:
    """A custodian's browser."""
    client = Client()
    client.force_login(one.user, backend=BACKEND)
    return client
