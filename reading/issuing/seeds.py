"""The seed of a batch: drawn, committed and sealed with the batch, and opened by the job that draws its orders."""

from __future__ import annotations

from reading.issuing.randomisation import commitment, new_seed
from reading.models import Batch, Campaign, SealedSeed
from reading.seals import seal, unseal


def batch_with_seed(campaign: Campaign, **fields: object) -> tuple[Batch, SealedSeed]:
    """A batch, the commitment to its seed, and the seed in its sealed table. Called inside a transaction."""
    seed = new_seed()
    batch = Batch.objects.create(campaign=campaign, commitment=commitment(seed), **fields)
    sealed = seal({"seed": seed.hex()}, bound_to=f"seed {batch.commitment}")
    return batch, SealedSeed.objects.create(batch=batch, sealed=sealed)


def open_seed(batch: Batch) -> bytes:
    """The seed of a batch's orders."""
    sealed = SealedSeed.objects.get(batch=batch).sealed
    return bytes.fromhex(unseal(sealed, bound_to=f"seed {batch.commitment}")["seed"])
