"""The charter signed on paper: a PDF, stored encrypted beside the version it belongs to, with its SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from django.core.files.storage import storages

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from audit.verify_files import Checked
from config.errors import BadInput, WrongState
from config.tokens import new_token
from reading.models import Charter, CharterStatus
from studies.arrival.quarantine import PIECE, SealedUpload, Tampered, check_room
from studies.arrival.sealed_files import export_pieces

LONGEST_PAPER = 20 * 1024 * 1024
HEADER = b"%PDF-"


def attach_paper(*, charter: Charter, actor: Actor, content: bytes) -> Charter:
    """Stores the PDF with a signed version, once. The same file sent twice is stored once."""
    authorise(actor, Action.WRITE_CHARTER)
    demand_pdf(content)
    if charter.status != CharterStatus.SIGNED:
        raise WrongState(f"Charter version {charter.version} is a draft. Sign it before you attach the paper charter.")
    check_room()
    digest, name = hashlib.sha256(content).hexdigest(), f"charters/{new_token()}"
    name = storages["exports"].save(name, SealedUpload(pieces_of(content), name))
    try:
        attached = keep_name(charter, actor, name, digest)
    except BaseException:
        storages["exports"].delete(name)
        raise
    if attached.paper != name:
        storages["exports"].delete(name)
    return attached


def pieces_of(content: bytes) -> Iterator[bytes]:
    """The content in the pieces in which files are encrypted."""
    return (content[start : start + PIECE] for start in range(0, len(content), PIECE))


def demand_pdf(content: bytes) -> None:
    """BadInput for a file that is too large or does not begin like a PDF."""
    if len(content) > LONGEST_PAPER:
        text = f"The paper charter has more than {LONGEST_PAPER // 1024**2} MB."
        raise BadInput(f"{text} Scan it at a lower resolution.", field="file")
    if not content.startswith(HEADER):
        raise BadInput("The file is not a PDF: it does not begin with “%PDF-”. Attach the scan as a PDF.", field="file")


def keep_name(charter: Charter, actor: Actor, name: str, digest: str) -> Charter:
    """Records the stored file with its version; the version as it is, if it already has this file."""
    with audited_atomic():
        held = Charter.objects.select_for_update(of=("self",)).select_related("trial").get(pk=charter.pk)
        if held.paper_digest == digest:
            return held
        if held.paper:
            raise WrongState(f"Charter version {held.version} already has a paper charter. It cannot be replaced.")
        held.paper, held.paper_digest = name, digest
        Charter.objects.filter(pk=held.pk).update(paper=name, paper_digest=digest)
        record(
            action="reading.charter.attached",
            actor=actor,
            stream=held.trial.code,
            subject=("reading.charter", str(held.pk)),
            details={"version": held.version, "sha256": digest},
            tracked=[held],
        )
    return held


def with_a_row(names: list[str]) -> Iterable[str]:
    """The names under which a paper charter is recorded with its version."""
    return Charter.objects.filter(paper__in=names).values_list("paper", flat=True)


def papers(after: str) -> Iterator[Checked]:
    """Each stored paper charter, decrypted and compared with the digest taken when it was attached."""
    kept = Charter.objects.exclude(paper="").filter(pk__gt=int(after or 0)).order_by("pk")
    for one in kept.iterator():
        fault = fault_of(one)
        yield Checked(str(one.pk), "reading_charter", [fault] if fault else [])


def fault_of(charter: Charter) -> str:
    """The fault of one stored paper charter; empty if it is what was attached."""
    found = hashlib.sha256()
    try:
        for piece in export_pieces(charter.paper):
            found.update(piece)
    except OSError:
        return "its paper charter is missing"
    except Tampered:
        return "its paper charter cannot be decrypted"
    return "" if found.hexdigest() == charter.paper_digest else "its paper charter is not the file that was attached"
