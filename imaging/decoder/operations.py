"""The operations of a decoder child: it reads and writes files in the folders it is given, and answers in JSON."""

from __future__ import annotations

import base64
import io
import re
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pydicom
from PIL import Image

from config.errors import BadInput, Refusal
from imaging.allow_list import REPLACED_UIDS
from imaging.confidentiality.build import deidentify as build_blind
from imaging.confidentiality.report import DeidentificationReport
from imaging.decoding import facts
from imaging.decoding.burned_in import Suspicion, suspected
from imaging.decoding.content import content_digest, header_digest
from imaging.decoding.contradictions import contradictions
from imaging.decoding.display import ignored
from imaging.decoding.findings import Finding, once
from imaging.decoding.greys import grey_findings
from imaging.decoding.header import read_dicom, text
from imaging.decoding.kept_attributes import spacing_mm
from imaging.decoding.limits import Limits
from imaging.decoding.load import Loaded, kind_of, load, pixel_digest
from imaging.decoding.picture import cut, inverted, masked, write_picture
from imaging.decoding.plain import read_plain
from imaging.decoding.sniff import MEDIA_TYPES
from imaging.decoding.tables import lookup_tables
from imaging.decoding.unreadable import Unreadable
from imaging.levels import normalise
from imaging.likeness import Likeness, has_structure, likeness_of
from imaging.masks import Rectangle, rectangles_of

TEXT_FINDING = "text"
TEXT_WORDS = "Text or a marker may be burned into the image."
SIDE_LETTER_FINDING = "side-letter"
SIDE_LETTER_WORDS = "A single letter was found, probably the side marker. Check that it says L or R and nothing else."
NO_CONTENT = {"content_sha256": "", "header_sha256": ""}  # a plain picture has no identifier for comparison
Answer = dict[str, Any]


def inspect(*, input: str, limits: Limits) -> Answer:
    """The header's facts without decoding; for a plain picture its kind and size."""
    path = Path(input)
    kind = kind_of(path)
    if kind in ("dicom", "bare-dicom"):
        film = read_dicom(path, limits)
        return {
            "media_type": MEDIA_TYPES[kind],
            "facts": facts.facts(film),
            "identity": facts.identity(film),
            "uids": facts.uids(film),
            "content_sha256": content_digest(film),
            "header_sha256": header_digest(film),
        }
    rows, columns = read_plain(path, kind, limits).values.shape
    plain = {"Rows": rows, "Columns": columns}
    return {"media_type": MEDIA_TYPES[kind], "facts": plain, "identity": {}, "uids": {}, **NO_CONTENT}


def identify(*, input: str, limits: Limits) -> Answer:
    """The UIDs of an object that was not accepted, for the answer to its sender."""
    if kind_of(Path(input)) not in ("dicom", "bare-dicom"):
        return {"sop_class": "", "uids": {}, "day": ""}
    dataset = pydicom.dcmread(input, force=True, stop_before_pixels=True)
    words = {keyword: text(dataset, keyword) for keyword in ("SOPClassUID", *REPLACED_UIDS)}
    known = {keyword: uid for keyword, uid in words.items() if re.fullmatch(r"[0-9.]{1,64}", uid)}
    return {"sop_class": known.pop("SOPClassUID", ""), "uids": known, "day": facts.film_date(dataset)[0]}


def compare(*, input: str, limits: Limits) -> Answer:
    """The digest of the decoded pixels, for comparing two encodings of one image."""
    return {"pixel_sha256": pixel_digest(load(Path(input), limits).pixels)}


def deidentify(
    *,
    input: str,
    output_dir: str,
    blind_subject: str,
    uids: dict[str, str],
    limits: Limits,
    masks: list[list[int]] | None = None,
) -> Answer:
    """Writes the blind object and the picture for the desk; answers findings, digest and report."""
    loaded, folder = load(Path(input), limits), Path(output_dir)
    rows, columns = loaded.pixels.values.shape
    hidden = None if masks is None else rectangles_of(masks, rows=rows, columns=columns)
    name, content, report = blind(loaded, blind_subject, uids, hidden)
    (folder / name).write_bytes(content)
    stored = masked(loaded.stored, hidden or ())
    form = normalise(stored)
    meta = write_picture(folder / "desk", form, spacing(loaded))
    seen = suspected(loaded.pixels.values)
    return {
        "blind": name,
        "pixel_sha256": pixel_digest(loaded.pixels),
        "report": report.as_dict(),
        "findings": once([*findings(loaded, seen), *grey_findings(stored, form)]),
        "likeness": likeness_answer(likeness_of(form.levels)),
        "side_letters": seen.letters,
        "bits": loaded.pixels.bits_stored,
        "picture": meta,
    }


def blind(
    loaded: Loaded, blind_subject: str, uids: dict[str, str], masks: tuple[Rectangle, ...] | None
) -> tuple[str, bytes, DeidentificationReport]:
    if loaded.film is not None:
        built = build_blind(loaded.film, loaded.pixels, blind_subject=blind_subject, uids=uids.__getitem__, masks=masks)
        return ("blind.dcm", *built)
    return (
        "blind.png",
        fresh_png(masked(loaded.stored, masks or ()).pixels),
        DeidentificationReport.of_plain(loaded.kind, masks),
    )


def likeness_answer(likeness: Likeness) -> Answer | None:
    """None if the picture has nothing by which to recognise it."""
    if not has_structure(likeness):
        return None
    content = base64.b64encode(likeness.content).decode()
    return {"rows": likeness.rows, "columns": likeness.columns, "content": content}


def fresh_png(pixels: Any) -> bytes:
    """A PNG of the pixels only: no text, time, profile or orientation."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG", compress_level=1)
    return out.getvalue()


def findings(loaded: Loaded, seen: Suspicion) -> list[Finding]:
    found = list(loaded.pixels.findings)
    if seen.text:
        found.append({"code": TEXT_FINDING, "text": TEXT_WORDS, "boxes": [list(box) for box in seen.text]})
    if seen.side_letters:
        boxes = [list(box) for box in seen.side_letters]
        found.append({"code": SIDE_LETTER_FINDING, "text": SIDE_LETTER_WORDS, "boxes": boxes})
    if loaded.film is not None:
        found.extend([*loaded.film.findings, *lookup_tables(loaded.film.dataset, loaded.pixels).findings])
        found.extend([*ignored(loaded.film.dataset), *contradictions(loaded.film.dataset)])
        if facts.facts(loaded.film)["BurnedInAnnotation"] == "YES" and not seen.text:
            found.append(
                {"code": TEXT_FINDING, "text": "The header says that text is burned into the image.", "boxes": []}
            )
    return found


def spacing(loaded: Loaded) -> list[float]:
    """Row and column spacing in mm, empty when unknown; the dots per inch of a JPEG are never a scale."""
    return spacing_mm(loaded.film.dataset) if loaded.film else []


def render(
    *,
    input: str,
    output_dir: str,
    limits: Limits,
    pixel_sha256: str,
    masks: list[list[int]],
    crops: dict[str, list[int]],
    invert: bool = False,
) -> Answer:
    """Writes a picture per crop, or one named "whole"; masks are laid over the stored pixels first.

    `invert` means that a person chose the opposite of the header's polarity.

    `pixel_sha256` is the digest that a person approved: no other pixels are ever shown.
    """
    loaded = load(Path(input), limits)
    if pixel_digest(loaded.pixels) != pixel_sha256:
        raise BadInput("The pixels are not those that were approved at the desk. Have the film checked there again.")
    rows, columns = loaded.pixels.values.shape
    covered = masked(loaded.stored, rectangles_of(masks, rows=rows, columns=columns))
    covered = inverted(covered) if invert else covered
    if not crops:
        return {"whole": write_picture(Path(output_dir) / "whole", normalise(covered), spacing(loaded))}
    boxes = dict(zip(crops, rectangles_of(list(crops.values()), rows=rows, columns=columns), strict=True))
    return {
        side: write_picture(Path(output_dir) / side, normalise(cut(covered, box)), spacing(loaded))
        for side, box in boxes.items()
    }


OPERATIONS: dict[str, Callable[..., Answer]] = {
    "compare": compare,
    "identify": identify,
    "inspect": inspect,
    "deidentify": deidentify,
    "render": render,
}


def perform(job: dict[str, Any]) -> Answer:
    """Carries out one operation; a film that cannot be accepted is an answer, and so is any exception of a parser."""
    try:
        arguments = {name: value for name, value in job.items() if name != "operation"}
        arguments["limits"] = Limits(**arguments.get("limits", {}))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a warning quotes the value it could not read
            return {"result": OPERATIONS[job["operation"]](**arguments)}
    except Unreadable as refusal:
        return {"unreadable": [refusal.reason_code, refusal.text]}
    except MemoryError:
        return {"unreadable": ["decoder-killed", "Reading the file takes more memory than is allowed for a film."]}
    except RecursionError:
        return {"unreadable": ["bad-structure", "The file is nested too deeply."]}
    except (OSError, Refusal) as error:  # the folder or the request is at fault, not the film
        return {"failed": f"{type(error).__name__}: {error}"}
    except Exception as error:  # noqa: BLE001  the parsers raise anything over hostile bytes
        return {"unreadable": ["unreadable", f"The file cannot be read ({type(error).__name__})."]}
