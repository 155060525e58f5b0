"""The page of access tokens: a coordinator makes and revokes, each person collects their own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from api.models import AccessToken
from tests.api.programs import Program, membership_of, program_of, token_of
from tests.studies.planned import Planned

PATH = "access-tokens/"


def form_of(ra1: Planned, role: str, **changed: object) -> dict[str, object]:
    """What a coordinator types."""
    last = timezone.localdate() + timedelta(days=30)
    typed = {"holder": membership_of(ra1.trial, role).pk, "label": "EDC", "scopes": ["plan:read"], "expires_on": last}
    return typed | changed


def test_a_coordinator_makes_a_token_and_the_person_it_is_for_sees_its_text_once(ra1: Planned) -> None:
    coordinator, statistician = ra1.client("coordinator"), ra1.client("statistician")
    assert coordinator.post(ra1.url(PATH), form_of(ra1, "statistician")).status_code == 302
    token = AccessToken.objects.get()
    assert b"To be collected" in coordinator.get(ra1.url(PATH)).content
    show = ra1.url(f"{PATH}{token.pk}/show/")
    assert coordinator.post(show).status_code == 403
    page = statistician.post(show)
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    text = page.context["text"]
    assert text in page.text
    assert Program(token, text).get("trials").status_code == 200
    assert statistician.post(show).status_code == 409
    later = statistician.get(ra1.url(PATH))
    assert text not in later.text
    assert "In use" in later.text
    assert timezone.localdate().isoformat() in later.text


def test_the_list_says_that_it_is_empty_and_a_person_sees_their_own_tokens_alone(ra1: Planned) -> None:
    assert b"There are no access tokens" in ra1.client("coordinator").get(ra1.url(PATH)).content
    token = token_of(ra1.trial, "sponsor")
    assert b"There are no access tokens" in ra1.client("statistician").get(ra1.url(PATH)).content
    assert token.label.encode() in ra1.client("sponsor").get(ra1.url(PATH)).content
    assert ra1.client("statistician").get(ra1.url(f"{PATH}{token.pk}/revoke/")).status_code == 404
    assert ra1.client("statistician").post(ra1.url(f"{PATH}{token.pk}/show/")).status_code == 404


def test_what_cannot_be_made_is_refused_on_the_form(ra1: Planned) -> None:
    coordinator = ra1.client("coordinator")
    wrong: list[tuple[dict[str, object], bytes]] = [
        ({"holder": membership_of(ra1.trial, "reader").pk}, b"Select a valid choice"),
        ({"scopes": ["audit:read"]}, b"cannot have the scope"),
        ({"expires_on": timezone.localdate() - timedelta(days=1)}, b"Choose a day from"),
        ({"label": " "}, b"This field is required"),
    ]
    for changed, says in wrong:
        answer = coordinator.post(ra1.url(PATH), form_of(ra1, "sponsor", **changed))
        assert answer.status_code == 400
        assert says in answer.content
    assert not AccessToken.objects.exists()


def test_a_token_is_revoked_with_a_reason_on_a_page_of_its_own(ra1: Planned) -> None:
    program, coordinator = program_of(ra1.trial, "sponsor"), ra1.client("coordinator")
    address = ra1.url(f"{PATH}{program.token.pk}/revoke/")
    assert b"was never used" in " ".join(coordinator.get(address).text.split()).encode()
    assert coordinator.post(address, {"reason": " "}).status_code == 400
    assert program.get("trials").status_code == 200
    assert coordinator.post(address, {"reason": "the laptop was lost"}).status_code == 302
    assert program.get("trials").status_code == 401
    assert b"has already been revoked" in coordinator.get(address).content
    assert b"Revoked" in coordinator.get(ra1.url(PATH)).content


def test_the_list_is_a_csv_file_too_without_anything_secret(ra1: Planned) -> None:
    program = program_of(ra1.trial, "sponsor")
    answer: Any = ra1.client("coordinator").get(ra1.url(f"{PATH}?format=csv"))
    sheet = b"".join(answer.streaming_content).decode()
    assert "sponsor program" in sheet
    assert program.text not in sheet
    assert program.token.digest not in sheet


def test_everybody_signed_in_can_read_how_the_api_is_used(ra1: Planned) -> None:
    page = ra1.client("coordinator").get("/help/api/")
    assert page.status_code == 200
    for address in ("/api/v1/trials", "/api/v1/trials/{code}/subjects", "/api/v1/schema"):
        assert address in page.text
    assert "<script" not in page.text.partition("<main")[2].partition("</main")[0]
