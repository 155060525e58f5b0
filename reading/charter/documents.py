"""Documents that readers must have signed: entries made by the coordinator, and who lacks which document today.

A missing document bars nobody: cases can still be issued, and the pages that issue them say who lacks what.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from accounts.models import User
from accounts.roles import READING_ROLES, Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, WrongState
from reading.charter.versions import people_in_role
from reading.models import Charter, DocumentKind, ReaderDocument
from reading.states import demand_reason
from studies.desk.confirmed import latest_day
from studies.models import Membership, Trial
from studies.naming import checked_choice, checked_text


def record_document(
    *,
    trial: Trial,
    person: User,
    kind: str,
    signed_on: date,
    expires_on: date | None = None,
    note: str = "",
    actor: Actor,
) -> ReaderDocument:
    """Records that a reader of the trial signed a document on a day, and until when it is valid."""
    authorise(actor, Action.WRITE_CHARTER)
    kind = checked_choice("document", kind, DocumentKind.choices, field="kind")
    note = checked_text("note", note, longest=300, required=False)
    demand_days(signed_on, expires_on)
    if not Membership.objects.current().filter(trial=trial, user=person, role__in=READING_ROLES).exists():
        raise BadInput(f"Choose a reader or adjudicator of trial {trial.code}. {person} is neither.", field="person")
    with audited_atomic():
        Trial.objects.select_for_update().get(pk=trial.pk)
        given = {"trial": trial, "person": person, "kind": kind, "signed_on": signed_on}
        if ReaderDocument.objects.current().filter(**given).exists():
            text = f"The document “{DocumentKind(kind).label}” that {person} signed on {signed_on:%Y-%m-%d}"
            raise WrongState(f"{text} is already recorded. Withdraw that entry first if it is wrong.")
        made = ReaderDocument.objects.create(**given, expires_on=expires_on, note=note)
        record_event(made, "reading.document.recorded", actor)
    return made


def demand_days(signed_on: date, expires_on: date | None) -> None:
    """BadInput for a document that is signed on a day that has begun nowhere, or that expires before it is signed."""
    latest = latest_day()
    if signed_on > latest:
        text = f"A document cannot be signed on {signed_on:%Y-%m-%d}, which is in the future."
        raise BadInput(f"{text} Enter a day up to {latest:%Y-%m-%d}.", field="signed_on")
    if expires_on is not None and expires_on < signed_on:
        text = f"A document signed on {signed_on:%Y-%m-%d} cannot expire on {expires_on:%Y-%m-%d}."
        raise BadInput(f"{text} Enter a later day, or none.", field="expires_on")


def withdraw_document(*, document: ReaderDocument, reason: str, actor: Actor) -> None:
    """Withdraws an entry that was recorded by mistake; it stays in the list."""
    authorise(actor, Action.WRITE_CHARTER)
    demand_reason(reason)
    with audited_atomic():
        held = ReaderDocument.objects.current().filter(pk=document.pk)
        if held.update(withdrawn_at=timezone.now()) != 1:
            kind = document.get_kind_display()
            raise WrongState(f"The entry “{kind}” of {document.person} has already been withdrawn.")
        record_event(document, "reading.document.withdrawn", actor, reason.strip())


def record_event(document: ReaderDocument, action: str, actor: Actor, reason: str = "") -> None:
    """The event of an entry that was recorded or withdrawn."""
    record(
        action=action,
        actor=actor,
        stream=document.trial.code,
        subject=("accounts.user", str(document.person_id)),
        reason=reason,
        details={
            "reader": str(document.person),
            "document": document.get_kind_display(),
            "signed on": document.signed_on.isoformat(),
        },
        tracked=[document],
    )


@dataclass(frozen=True)
class DocumentStanding:
    """Whether a person has signed one kind of document, by the newest entry: signed, missing, expired or outdated.

    Outdated is a charter that was read before the version of the charter was signed.
    """

    kind: DocumentKind
    state: str
    signed_on: date | None = None
    expires_on: date | None = None

    @property
    def problem(self) -> str:
        """What is wrong, to follow the name of the document; empty if nothing is."""
        until = f"expired on {self.expires_on:%Y-%m-%d}" if self.expires_on else ""
        before = f"signed on {self.signed_on:%Y-%m-%d}, before the charter in force" if self.signed_on else ""
        return {"signed": "", "missing": "missing", "expired": until, "outdated": before}[self.state]


@dataclass(frozen=True)
class PersonDocuments:
    """A reader or adjudicator, and where each document stands."""

    person: User
    standings: dict[DocumentKind, DocumentStanding]

    @property
    def lacks(self) -> list[DocumentStanding]:
        """The documents that are missing, expired or outdated."""
        return [one for one in self.standings.values() if one.problem]

    @property
    def sentence(self) -> str:
        """What this person lacks."""
        return f"{self.person}: {'; '.join(f'{one.kind.label} ({one.problem})' for one in self.lacks)}."


def documents_of(trial: Trial, charter: Charter | None) -> list[PersonDocuments]:
    """Everyone who reads or adjudicates in the trial, by name; the charter is the version that they must have read."""
    people = {person.pk: person for role in sorted(READING_ROLES) for person in people_in_role(trial, role)}
    newest: dict[tuple[int, str], ReaderDocument] = {}
    for one in ReaderDocument.objects.current().filter(trial=trial, person__in=people).order_by("signed_on", "pk"):
        newest[one.person_id, one.kind] = one
    since = timezone.localtime(charter.signature.signed_at).date() if charter and charter.signature else None
    return [
        PersonDocuments(person, {kind: standing(kind, newest.get((person.pk, kind)), since) for kind in DocumentKind})
        for person in sorted(people.values(), key=lambda person: (str(person).casefold(), person.pk))
    ]


def standing(kind: DocumentKind, document: ReaderDocument | None, since: date | None) -> DocumentStanding:
    """Where one kind of document stands today, by its newest entry; `since` is the day of the charter's signature."""
    if document is None:
        return DocumentStanding(kind, "missing")
    expired = document.expires_on is not None and document.expires_on < timezone.localdate()
    outdated = kind == DocumentKind.CHARTER and since is not None and document.signed_on < since
    state = "expired" if expired else "outdated" if outdated else "signed"
    return DocumentStanding(kind, state, document.signed_on, document.expires_on)


def lacking_documents(charter: Charter, people: Collection[User] | None = None) -> list[PersonDocuments]:
    """The people in the trial of the charter who lack a document; by default all of them."""
    wanted = None if people is None else {person.pk for person in people}
    every: Iterable[PersonDocuments] = documents_of(charter.trial, charter)
    return [one for one in every if one.lacks and (wanted is None or one.person.pk in wanted)]
