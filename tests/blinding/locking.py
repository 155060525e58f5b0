"""What follows the reading of a world, by the product's own functions: closing, dataset, lock, the arms opened."""

from __future__ import annotations

import json

from accounts.hidden import HidingState
from reading.campaigns.opening import close_campaign
from reading.models import Campaign, Read
from scoring.arms.opening_shares import give_share
from scoring.arms.requests import ask_for_arms, sealed_package
from scoring.datasets.building import request_dataset
from scoring.datasets.locking import confirm_lock, request_lock
from scoring.models import ArmsRequest, ArmsRequestStatus, Dataset
from studies.arms.custodian.custodian import opening_share
from tests.blinding.frozen import Frozen
from tests.blinding.reading import carry_jobs, read_and_sign
from tests.blinding.worlds import HOLDERS, PASSWORD, World, custodian_key


def build_state(world: World, held: Frozen, state: HidingState) -> None:
    """Every state on the way, from a campaign whose primary reads are signed."""
    for follow in (close, ask_for_lock, lock, open_arms)[: list(HidingState).index(state)]:
        held.begin(follow.__name__)
        follow(world, held)
        campaign_of(world).refresh_from_db()


def campaign_of(world: World) -> Campaign:
    """The campaign of the world."""
    assert world.campaign is not None
    return world.campaign


def close(world: World, held: Frozen) -> None:
    """The adjudicator signs what he has; nothing is left to read."""
    for read in Read.objects.filter(reader=world.people["adjudicator"]).order_by("case__number"):
        read_and_sign(world, held, "adjudicator", read)
    held.begin("after adjudication")
    carry_jobs(held)
    close_campaign(campaign=campaign_of(world), actor=world.actors["coordinator"])


def ask_for_lock(world: World, held: Frozen) -> None:
    """The statistician builds the dataset and signs its root."""
    who = world.people["statistician"]
    dataset = request_dataset(campaign=campaign_of(world), actor=world.actors["statistician"])
    carry_jobs(held)
    dataset.refresh_from_db()
    request_lock(dataset=dataset, actor=world.actors["statistician"], user=who, password=PASSWORD)


def lock(world: World, held: Frozen) -> None:
    """The second signer confirms."""
    signer = world.people["signer"]
    dataset = Dataset.objects.select_related("campaign__trial").get(campaign=campaign_of(world))
    confirm_lock(dataset=dataset, actor=world.actors["signer"], user=signer, password=PASSWORD)


def open_arms(world: World, held: Frozen) -> None:
    """Two custodians open the arms, each with the tool he really uses."""
    who = world.people["statistician"]
    asked = ask_for_arms(
        campaign=campaign_of(world), actor=world.actors["statistician"], user=who, reason="the final analysis"
    )
    carry_jobs(held)
    for place, name in enumerate(HOLDERS):
        user, actor = world.people[name], world.actors[name]
        share = opening_share(sealed_package(asked=asked, actor=actor, user=user), custodian_key(place))
        give_share(asked=asked, actor=actor, user=user, content=json.dumps(share).encode(), password=PASSWORD)
    carry_jobs(held)
    assert ArmsRequest.objects.get().status == ArmsRequestStatus.OPENED
