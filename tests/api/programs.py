"""Programs of the tests: an access token of a person, made and collected as on the pages, and what is asked with it."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from api.models import AccessToken
from api.scopes import SCOPES, scopes_of
from api.tokens import make_token, show_token
from audit.trail import Actor
from studies.models import Membership, Subject, Trial, Visit
from tests.studies.planned import Planned

# Every role that can have a token: those that have a scope.
ROLES = ("auditor", "coordinator", "lead", "sponsor", "statistician")
API = "/api/v1/"


def membership_of(trial: Trial, role: str) -> Membership:
    """The first membership of the role."""
    return trial.memberships.select_related("user", "trial").filter(role=role).order_by("pk")[0]


def actor_in(trial: Trial, role: str) -> Actor:
    """The person of that membership, as the audit trail names them."""
    held = membership_of(trial, role)
    return Actor(held.user_id, str(held.user), role)


def token_of(trial: Trial, role: str, *scopes: str) -> AccessToken:
    """A token of the role that waits to be collected; with every scope of the role unless some are named."""
    return make_token(
        membership=membership_of(trial, role),
        label=f"{role} program",
        scopes=scopes or scopes_of(role) or list(SCOPES),
        expires_on=timezone.localdate() + timedelta(days=30),
        actor=actor_in(trial, "coordinator"),
    )


@dataclass
class Program:
    """A program with the text of a token, and no cookie."""

    token: AccessToken
    text: str

    def __post_init__(self) -> None:
        self.client = Client(headers={"authorization": f"Bearer {self.text}"}, raise_request_exception=False)

    def get(self, address: str, **query: Any) -> Any:
        """The answer to one question."""
        return self.client.get(f"{API}{address}", query)

    def post(self, address: str, key: str = "", **given: object) -> Any:
        """The answer to a request that writes, under a key of its own unless one is named."""
        return self.send(address, json.dumps(given), key=key)

    def send(self, address: str, body: str, *, key: str = "", kind: str = "application/json") -> Any:
        """The answer to any content."""
        headers = {"Idempotency-Key": key or secrets.token_hex(8)}
        return self.client.post(f"{API}{address}", body, kind, headers=headers)

    def every(self, address: str, **query: Any) -> list[Any]:
        """Every row of a list, page by page."""
        rows: list[Any] = []
        while True:
            page = self.get(address, **query).json()
            rows += page["results"]
            if page["next"] is None:
                return rows
            query["cursor"] = page["next"]


def program_of(trial: Trial, role: str, *scopes: str) -> Program:
    """A program of the person in that role."""
    token = token_of(trial, role, *scopes)
    text = show_token(token=token, actor=actor_in(trial, role))
    token.refresh_from_db()
    return Program(token, text)


def enrol_many(ra1: Planned, first: int, last: int) -> list[Visit]:
    """Subjects 01-first to 01-last with their visits, straight into the tables; the first visit of each."""
    made = [Subject(trial=ra1.trial, site=ra1.sites[0], code=f"01-{number}") for number in range(first, last)]
    subjects = Subject.objects.bulk_create(made)
    plans = list(ra1.trial.visit_plans.all())
    visits = [Visit(subject=subject, plan=plan, code=plan.code) for subject in subjects for plan in plans]
    return Visit.objects.bulk_create(visits)[:: len(plans)]
