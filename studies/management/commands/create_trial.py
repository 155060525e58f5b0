"""bin/manage create_trial CODE --title TITLE --coordinator EMAIL: creates the first trial of an installation."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from accounts.roles import Role
from audit.trail import Actor, audited_atomic
from config.errors import Refusal
from studies.plan.membership import grant
from studies.plan.trials import create_trial

ACTOR = Actor.system("create_trial")


class Command(BaseCommand):
    """Creates a trial and names the person who coordinates it."""

    help = "Creates a trial and names the person who coordinates it."

    def add_arguments(self, parser: CommandParser) -> None:
        """The trial and its first coordinator."""
        parser.add_argument("code", help="the code of the trial, part of every page address, for example RA-1")
        parser.add_argument("--title", required=True, help="the title of the trial")
        parser.add_argument("--sponsor", default="", help="the name of the sponsor")
        parser.add_argument("--coordinator", required=True, help="e-mail address of an active account")

    def handle(self, **options: Any) -> None:
        """Both or neither."""
        user = User.objects.active().filter(email=options["coordinator"].lower()).first()
        if user is None:
            raise CommandError(f"No active account has the address {options['coordinator']}.")
        try:
            with audited_atomic():
                trial = create_trial(
                    code=options["code"], title=options["title"], sponsor=options["sponsor"], actor=ACTOR
                )
                grant(trial=trial, user=user, role=Role.COORDINATOR, reason="first coordinator", actor=ACTOR)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"Trial {trial.code} was created; {user} coordinates it.")
