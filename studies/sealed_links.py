"""The only module that goes from a film to its reader image or back; lists and counts never open a link.

A rendition has the key of its image as ciphertext, and a keyed digest of it by which it can be found from the image.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence

from cryptography.exceptions import InvalidTag

from audit.canonical import canonical
from audit.verify_files import Checked
from studies.models import Film, MaskSet, ReaderImage, Rendition
from studies.sealing_key import index_of, opened_bytes, sealed_bytes

PAD_TO = 64
AT_ONCE = 500


def link(*, film: Film, side: str, view: str, image: ReaderImage, masks: MaskSet | None = None) -> Rendition:
    """Records that the image was made from this side of the film; called inside a transaction."""
    sealed = sealed_bytes(image.key.encode(), bound_to=binding(film.pk, side), pad_to=PAD_TO)
    return Rendition.objects.create(
        film=film,
        side=side,
        view=view,
        masks=masks,
        index=image_index(image.key),
        sealed_image=sealed,
        image_seal=seal_of(image),
    )


def seal_of(image: ReaderImage) -> str:
    """The keyed digest of an image's row, which its rendition keeps."""
    row = [image.key, image.rows, image.columns, image.spacing_mm, image.window_center, image.window_width]
    return index_of(canonical([*row, image.bands, image.joints]), purpose="row of an image")


def altered_images() -> Iterator[Checked]:
    """Reader images that are missing, were altered, or were not made from a film."""
    for rendition in Rendition.objects.order_by("pk").iterator(AT_ONCE):
        fault = fault_of(rendition)
        if fault:
            yield Checked(str(rendition.pk), "studies_rendition", [fault])
    known = Rendition.objects.all()
    for key in ReaderImage.objects.order_by("pk").values_list("pk", flat=True).iterator(AT_ONCE):
        if not known.filter(index=image_index(key)).exists():
            yield Checked(key, "studies_readerimage", ["no film has this reader image"])


def fault_of(rendition: Rendition, fetched: Mapping[str, ReaderImage] | None = None) -> str:
    """The fault of a rendition's image; empty if it is unaltered. `fetched` has images by key."""
    try:
        key = image_key(rendition.film_id, rendition.side, rendition.sealed_image)
        image = ReaderImage.objects.get(pk=key) if fetched is None else fetched[key]
    except (ReaderImage.DoesNotExist, KeyError):
        return "its reader image is missing"
    except (InvalidTag, ValueError):
        return "its reader image, or the link to it, was altered"
    return "" if seal_of(image) == rendition.image_seal else "its reader image was altered"


def image_index(key: str) -> str:
    """The keyed digest under which the rendition of an image is found."""
    return index_of(key, purpose="image to film")


def image_key(film: int, side: str, sealed: bytes | memoryview) -> str:
    """The key of the reader image that was made from this side of a film."""
    return opened_bytes(sealed, bound_to=binding(film, side)).decode()


def image_of(rendition: Rendition) -> ReaderImage:
    """The reader image itself."""
    return ReaderImage.objects.get(pk=image_key(rendition.film_id, rendition.side, rendition.sealed_image))


def renditions_of(keys: Iterable[str]) -> dict[str, Rendition]:
    """The rendition of each image with its film and masks, by image key."""
    keyed = {image_index(key): key for key in keys}
    found = Rendition.objects.select_related("film", "masks").filter(index__in=list(keyed))
    return {keyed[rendition.index]: rendition for rendition in found}


def shuffle_images(keys: Sequence[str]) -> None:
    """Writes these images again in random order, so that their rows are no longer in the order of their films.

    For images that nobody has seen; called inside a transaction. Their films are locked, as a placement of
    joints locks its film.
    """
    waiting = list(keys)
    secrets.SystemRandom().shuffle(waiting)
    for start in range(0, len(waiting), AT_ONCE):
        some = waiting[start : start + AT_ONCE]
        films = {rendition.film_id for rendition in renditions_of(some).values()}
        list(Film.objects.select_for_update().filter(pk__in=films).order_by("pk").values_list("pk"))
        images = ReaderImage.objects.in_bulk(some)
        ReaderImage.objects.filter(pk__in=some).delete()
        ReaderImage.objects.bulk_create(images[key] for key in some if key in images)


def binding(film: int, side: str) -> str:
    return f"image of film {film} {side}"
