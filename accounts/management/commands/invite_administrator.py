"""Creates the first account of an installation and prints the link with which its owner sets a name and a password."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from accounts.links import link_token
from accounts.people import invite
from audit.trail import Actor
from config.errors import Refusal


class Command(BaseCommand):
    """Invites an administrator from the console, because mail may not be set up yet."""

    help = __doc__ or ""

    def add_arguments(self, parser: CommandParser) -> None:
        """The person to invite."""
        parser.add_argument("email", help="the e-mail address of the administrator")

    def handle(self, *args: Any, **options: Any) -> None:
        """Creates the account and prints the link, which works once within 14 days."""
        try:
            user = invite(
                email=options["email"], is_administrator=True, by_mail=False, actor=Actor.system("invite_administrator")
            )
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(
            settings.PUBLIC_URL.rstrip("/") + reverse("invitation", args=[link_token(user, "invitation")])
        )
