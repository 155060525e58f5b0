"""POST /dicomweb/studies: every part is received like any other film; the response states the outcome of each."""

from __future__ import annotations

import re
from typing import IO

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from audit.trail import Actor
from config.unnamed_files import on_disk, path_of
from imaging.decoder.client import DecoderFailed, DecoderGone
from studies.arrival import objects
from studies.arrival.dicomweb.answers import StoreAnswer, StoredInstance
from studies.arrival.dicomweb.multipart import BrokenMultipart, MimePart, Multipart, Readable, parse_content_type
from studies.arrival.intake import open_transmittal
from studies.arrival.objects import OUT_OF_RESOURCES, WRONG_CLASS, look_at
from studies.arrival.quarantine import StoreFull, check_room
from studies.arrival.senders import token_holder
from studies.models import SenderToken, Transmittal

RETRY_SECONDS = "60"
UID = re.compile(r"[0-9.]{1,64}")
FORMS = {"application/dicom+json": StoreAnswer.as_json, "application/dicom+xml": StoreAnswer.as_xml}


class TooMuch(Exception):
    """The body is longer than a request may be."""


@login_not_required
@csrf_exempt
@require_POST
def store(request: HttpRequest, study: str = "") -> HttpResponse:
    """The token binds the request to one trial and site; without cookies, requests cannot be forged."""
    sender = find_sender(request)
    if sender is None:
        refusal = said(401, "A bearer token of a site is required.")
        refusal["WWW-Authenticate"] = 'Bearer realm="films"'
        return refusal
    if study and not UID.fullmatch(study):
        return said(400, "The address does not name a study. Use a Study Instance UID of at most 64 digits and dots.")
    kind, parameters = parse_content_type(request.headers.get("Content-Type", ""))
    if kind != "multipart/related" or parameters.get("type", "application/dicom").lower() != "application/dicom":
        return said(415, 'The content type must be multipart/related; type="application/dicom"; boundary=...')
    try:
        return answered(request, store_parts(request, sender, study, parameters.get("boundary", "")))
    except BrokenMultipart as error:
        return said(400, str(error))
    except TooMuch:
        return said(413, f"The request is too long. At most {settings.MAX_REQUEST_BYTES} bytes are allowed.")
    except (StoreFull, DecoderGone, DecoderFailed):
        busy = said(503, "There is no room to store films now. Try again later.")
        busy["Retry-After"] = RETRY_SECONDS
        return busy


def find_sender(request: HttpRequest) -> SenderToken | None:
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    return token_holder(text.strip()) if scheme.lower() == "bearer" and text.strip() else None


def store_parts(request: HttpRequest, sender: SenderToken, study: str, boundary: str) -> StoreAnswer:
    actor, answer = Actor.system(f"STOW-RS {sender.label}"), StoreAnswer()
    transmittal = open_transmittal(trial=sender.trial, site=sender.site, channel="stow", actor=actor)
    for number, part in enumerate(Multipart(Body(request), boundary), start=1):
        answer.instances.append(store_part(transmittal, part, number, study, actor))
    return answer


def store_part(transmittal: Transmittal, part: MimePart, number: int, study: str, actor: Actor) -> StoredInstance:
    """Receives any object, so that the manifest lists it; only an object of another study is skipped."""
    check_room()
    with on_disk() as file:
        if not spooled(part, file):
            return StoredInstance("", "", OUT_OF_RESOURCES)
        file.flush()
        path = path_of(file)
        seen = look_at(path)
        if study and seen.uids.get("StudyInstanceUID") != study:
            return StoredInstance(seen.sop_class, seen.instance, seen.failure or WRONG_CLASS)
        failure = objects.store(transmittal=transmittal, path=path, number=number, seen=seen, actor=actor)
    return StoredInstance(seen.sop_class, seen.instance, failure)


def spooled(part: MimePart, file: IO[bytes]) -> bool:
    """Writes the part to disk; False if it is longer than a file may be."""
    size = 0
    for chunk in part:
        size += len(chunk)
        if size <= settings.MAX_FILE_BYTES:
            file.write(chunk)
    return size <= settings.MAX_FILE_BYTES


class Body:
    """The request's bytes, counted; a chunked body states no length and is read to its end."""

    def __init__(self, request: HttpRequest) -> None:
        chunked = request.META.get("wsgi.input_terminated") and "chunked" in request.headers.get(
            "Transfer-Encoding", ""
        )
        self._source: Readable = request.META["wsgi.input"] if chunked else request
        self._taken = 0

    def read(self, size: int = -1, /) -> bytes:
        """Raises TooMuch beyond the limit."""
        chunk = self._source.read(size)
        self._taken += len(chunk)
        if self._taken > settings.MAX_REQUEST_BYTES:
            raise TooMuch
        return chunk


def answered(request: HttpRequest, answer: StoreAnswer) -> HttpResponse:
    accepted = request.headers.get("Accept", "")
    form = next((form for form in FORMS if form in accepted), "application/dicom+json")
    return HttpResponse(FORMS[form](answer), content_type=form, status=answer.status)


def said(status: int, text: str) -> HttpResponse:
    return HttpResponse(text + "\n", content_type="text/plain; charset=utf-8", status=status)
