"""The imaging lead approves a charter before a campaign opens, and the charter signed on paper is kept with it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Signature
from accounts.navigation import places_of
from accounts.sign_in import BACKEND
from accounts.waiting import waiting_at
from audit.models import Event
from audit.verify import verify
from config.errors import BadInput, NotAllowed, WrongState
from reading.campaigns.amending import amend_campaign
from reading.campaigns.opening import create_campaign, open_campaign, why_not
from reading.charter.approval import approve_charter
from reading.charter.papers import LONGEST_PAPER, attach_paper, papers
from reading.charter.versions import draft_charter, sign_charter
from reading.forms.charter_pdf import signed_by
from reading.models import Charter
from tests.protection import lifted
from tests.reading.builders import PASSWORD, BuiltTrial, build_reading_trial, open_campaign_of

pytestmark = pytest.mark.django_db
PAGE = "/trials/TWO/charter/1/"
SECOND = "/trials/TWO/charter/2/"
PAPER = f"{PAGE}paper/"
SCAN = b"%PDF-1.7 a scan " + bytes(300_000)
EXPORTS = Path(settings.STORAGES["exports"]["OPTIONS"]["location"])
WAITS = "Charter version 1 is waiting for the imaging lead's approval."


@pytest.fixture
def built_trial() -> BuiltTrial:
    return build_reading_trial(subjects=1, visits=("W00", "W24"))


def signed(built_trial: BuiltTrial, **terms: object) -> Charter:
    """The next version, signed by the coordinator."""
    signs = built_trial.signs("coordinator")
    draft = draft_charter(trial=built_trial.trial, actor=signs["actor"], terms={"instrument": "larsen-1995", **terms})
    return sign_charter(charter=draft, **signs)


def browser(built_trial: BuiltTrial, who: str) -> Client:
    client = Client()
    client.force_login(built_trial.people[who], backend=BACKEND)
    return client


def waiting(built_trial: BuiltTrial) -> int:
    """The charters to approve on the lead's start page."""
    user = built_trial.people["lead"].pk
    found = {one.label: one.count for place in places_of(user) for one in waiting_at(user, place)}
    return found.get("Charters to approve", 0)


def test_no_campaign_opens_before_the_lead_has_approved_the_charter(built_trial: BuiltTrial) -> None:
    charter = signed(built_trial, lead_approval=True)
    coordinator = built_trial.actor("coordinator")
    made: dict[str, Any] = {"trial": built_trial.trial, "actor": coordinator, "charter": charter}
    campaign = create_campaign(**made, code="C1", title="First")
    assert why_not(campaign)[0].text == WAITS
    with pytest.raises(WrongState, match=WAITS):
        open_campaign(campaign=campaign, actor=coordinator, subjects=built_trial.subjects, visits=["W00", "W24"])
    client = browser(built_trial, "lead")
    assert waiting(built_trial) == 1
    assert "Approve the charter" in client.get(PAGE).content.decode()
    assert client.post(PAGE, {"approve": "1", "password": PASSWORD}).status_code == 302
    assert waiting(built_trial) == 0
    campaign = type(campaign).objects.select_related("charter", "trial").get(pk=campaign.pk)
    assert WAITS not in [one.text for one in why_not(campaign)]
    approval = Charter.objects.select_related("approval").get().approval
    assert approval is not None
    assert (approval.meaning, approval.digest) == ("I approve this charter as the imaging lead", charter.digest)
    assert verify().findings == []


def test_the_page_the_list_and_the_pdf_say_whether_it_is_approved(built_trial: BuiltTrial) -> None:
    charter = signed(built_trial, lead_approval=True)
    client = browser(built_trial, "auditor")
    before = [client.get(one).content.decode() for one in (PAGE, "/trials/TWO/charter/")]
    assert "No campaign can be opened under it until then" in before[0]
    assert "waiting for the imaging lead's approval" in before[1]
    assert "Not yet approved by the imaging lead" in printed(charter)
    charter = approve_charter(charter=charter, **built_trial.signs("lead"))
    after = [client.get(one).content.decode() for one in (PAGE, "/trials/TWO/charter/")]
    assert "I approve this charter as the imaging lead" in after[0]
    assert "approved by" in after[1]
    assert "I approve this charter as the imaging lead" in printed(charter)
    assert client.get(f"{PAGE[:-1]}.pdf").status_code == 200


def printed(charter: Charter) -> str:
    """The head of the PDF."""
    return "\n".join(signed_by(charter))


def test_an_approval_is_given_once_by_the_lead_and_only_where_it_is_required(built_trial: BuiltTrial) -> None:
    plain, signs = signed(built_trial), built_trial.signs("lead")
    with pytest.raises(WrongState, match="Charter version 1 is not waiting for approval"):
        approve_charter(charter=plain, **signs)
    charter = signed(built_trial, lead_approval=True)
    with pytest.raises(NotAllowed, match="approve a charter"):
        approve_charter(charter=charter, **built_trial.signs("coordinator"))
    assert browser(built_trial, "coordinator").post(SECOND, {"approve": "1", "password": PASSWORD}).status_code == 403
    assert browser(built_trial, "lead").post(SECOND, {"password": PASSWORD}).status_code == 403, "nor signs the lead"
    with lifted():
        Signature.objects.filter(digest=charter.digest).update(signer=signs["user"])
    with pytest.raises(NotAllowed, match="You signed this charter yourself"):
        approve_charter(charter=charter, **signs)
    with lifted():
        Signature.objects.filter(digest=charter.digest).update(signer=built_trial.people["coordinator"])
    approve_charter(charter=charter, **signs)
    approve_charter(charter=charter, **signs)
    assert Event.objects.filter(action="reading.charter.approved").count() == 1


def test_the_next_version_cannot_drop_the_requirement_without_the_lead(built_trial: BuiltTrial) -> None:
    first, signs = signed(built_trial, lead_approval=True), built_trial.signs("lead")
    create_campaign(
        trial=built_trial.trial, actor=built_trial.actor("coordinator"), charter=first, code="C1", title="1"
    )
    later = signed(built_trial, lead_approval=False)
    page = browser(built_trial, "auditor").get("/trials/TWO/charter/").content.decode()
    assert page.count("waiting for the imaging lead's approval") == 2
    assert waiting(built_trial) == 2, "the newest, and that of the campaign in preparation"
    approve_charter(charter=later, **signs)
    assert waiting(built_trial) == 1


def test_only_terms_that_were_read_are_signed_and_approved(built_trial: BuiltTrial) -> None:
    signs = built_trial.signs("coordinator")
    given: dict[str, Any] = {"trial": built_trial.trial, "actor": signs["actor"]}
    shown = draft_charter(**given, terms={"instrument": "larsen-1995", "lead_approval": True})
    changed = draft_charter(**given, terms={"instrument": "larsen-1995", "lead_approval": True, "cases_per_day": 9})
    with pytest.raises(WrongState, match="Charter version 1 was changed in the meantime"):
        sign_charter(charter=shown, **signs)
    charter = sign_charter(charter=changed, **signs)
    with lifted():
        Charter.objects.update(terms=charter.terms | {"cases_per_day": 99})
    with pytest.raises(WrongState, match="The terms of charter version 1 are not those that were signed"):
        approve_charter(charter=charter, **built_trial.signs("lead"))


def test_an_open_campaign_gets_no_version_that_waits_for_its_approval(built_trial: BuiltTrial) -> None:
    campaign = open_campaign_of(built_trial)
    later = signed(built_trial, **(campaign.charter.terms | {"lead_approval": True}))
    given: dict[str, Any] = {"campaign": campaign, "charter": later, "reason": "approval is required now"}
    with pytest.raises(WrongState, match="Charter version 2 is waiting for the imaging lead's approval.*C1 is open"):
        amend_campaign(**given, **built_trial.signs("coordinator"))
    later = approve_charter(charter=later, **built_trial.signs("lead"))
    amend_campaign(**given | {"charter": later}, **built_trial.signs("coordinator"))
    assert campaign.charter.version == 2


def test_the_signed_paper_charter_is_attached_encrypted_with_its_digest(built_trial: BuiltTrial) -> None:
    signed(built_trial)
    client, digest = browser(built_trial, "coordinator"), hashlib.sha256(SCAN).hexdigest()
    assert browser(built_trial, "auditor").get(PAPER).status_code == 404
    for _ in range(2):
        assert client.post(PAPER, {"file": SimpleUploadedFile("scan.pdf", SCAN)}).status_code == 302
    assert [
        event.content["details"]["sha256"] for event in Event.objects.filter(action="reading.charter.attached")
    ] == [digest]
    kept = EXPORTS / Charter.objects.get().paper
    assert b"a scan" not in kept.read_bytes()
    for who in ("auditor", "lead", "coordinator"):
        reader = browser(built_trial, who)
        assert b"".join(reader.get(PAPER)) == SCAN
        assert digest in reader.get(PAGE).content.decode()
    assert digest[:50] in printed(Charter.objects.select_related("signature", "approval").get())
    assert [one.faults for one in papers("")] == [[]]
    assert verify().findings == []
    kept.write_bytes(kept.read_bytes()[:-1])
    assert [one.faults for one in papers("")] == [["its paper charter cannot be decrypted"]]
    kept.unlink()
    assert [one.faults for one in papers("")] == [["its paper charter is missing"]]


def test_only_a_pdf_of_limited_size_is_attached_once_to_a_signed_version(built_trial: BuiltTrial) -> None:
    signs = built_trial.signs("coordinator")
    draft = draft_charter(trial=built_trial.trial, actor=signs["actor"], terms={"instrument": "larsen-1995"})
    before = kept_papers()
    attach: dict[str, Any] = {"charter": draft, "actor": signs["actor"]}
    with pytest.raises(WrongState, match="Charter version 1 is a draft"):
        attach_paper(**attach, content=SCAN)
    attach["charter"] = sign_charter(charter=draft, **signs)
    with pytest.raises(BadInput, match="The file is not a PDF"):
        attach_paper(**attach, content=b"PK a zip")
    with pytest.raises(BadInput, match="The paper charter has more than 20 MB"):
        attach_paper(**attach, content=SCAN + bytes(LONGEST_PAPER))
    client = browser(built_trial, "coordinator")
    refused = client.post(PAPER, {"file": SimpleUploadedFile("scan.pdf", b"PK a zip")})
    assert refused.status_code == 400
    assert "The file is not a PDF" in refused.content.decode()
    assert client.post(PAPER).status_code == 400, "no file"
    assert client.get(f"{PAPER}?against=3")["Location"] == f"{PAGE}?against=3", "the address of the refusal"
    assert browser(built_trial, "auditor").post(PAPER, {"file": SimpleUploadedFile("a.pdf", SCAN)}).status_code == 403
    attach_paper(**attach, content=SCAN)
    with pytest.raises(WrongState, match="Charter version 1 already has a paper charter"):
        attach_paper(**attach, content=SCAN + b"another")
    assert len(kept_papers() - before) == 1, "what was refused is not kept"


def kept_papers() -> set[Path]:
    """The stored paper charters of all trials."""
    return set((EXPORTS / "charters").glob("*"))
