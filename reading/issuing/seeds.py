"""The seed of a batch: drawn, committed and sealed with the batch, and opened by the job that draws its orders."""

from __future__ import annotations

from reading.issuing.randomisation import commitment, new_seed
from reading.models import Batch, Campaign, SealedSeed
from reading.seals import seal, unseal


def batch_with_seed(campaign: Campaign, **fields: object) -> tuple[Batch, SealedSeed]:
    """A batch, the commitment to its seed, and the seed in its sealed table. Called inside a transaction."""
    seed = new_seed()
    batch = Batch.objects.create(campaign=campaign, commitment=commitment(seed), **fields)
    return batch, SealedSeed.objects.create(batch=batch, sealed=sealed_seed(seed))


def sealed_seed(seed: bytes) -> bytes:
    """The seed, readable only with its commitment."""
    return seal({"seed": seed.hex()}, bound_to=f"seed {commitment(seed)}")


def open_seed(batch: Batch) -> bytes:
    """The seed of a batch's orders."""
    return unsealed_seed(SealedSeed.objects.get(batch=batch).sealed, batch.commitment)


def unsealed_seed(sealed: bytes | memoryview, committed: str) -> bytes:
    """The seed that was sealed with this commitment."""
    return bytes.fromhex(unseal(sealed, bound_to=f"seed {committed}")["seed"])
