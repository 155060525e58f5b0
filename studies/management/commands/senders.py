"""Admits machines that send films: tokens for STOW-RS, peers for C-STORE."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.trail import Actor
from config.errors import Refusal
from studies.arrival.senders import admit_peer, issue_token, revoke
from studies.models import DicomPeer, SenderToken, Site

ACTOR = Actor.system("senders command")


class Command(BaseCommand):
    """`senders token`, `senders peer`, `senders list`, `senders revoke`."""

    help = "Admit machines that send films, list them, and end their admission."

    def add_arguments(self, parser: CommandParser) -> None:
        """One sub-command each."""
        verbs = parser.add_subparsers(dest="verb", required=True)
        token, peer = verbs.add_parser("token"), verbs.add_parser("peer")
        for sub in (token, peer):
            sub.add_argument("--trial", required=True)
            sub.add_argument("--site", required=True)
        token.add_argument("--label", required=True)
        for name in ("--calling-ae", "--called-ae", "--address"):
            peer.add_argument(name, required=True)
        verbs.add_parser("list")
        gone = verbs.add_parser("revoke")
        gone.add_argument("kind", choices=["token", "peer"])
        gone.add_argument("number", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        """Carries out one sub-command."""
        try:
            getattr(self, f"_{options['verb']}")(options)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal

    def _site(self, options: dict[str, Any]) -> Site:
        found = Site.objects.filter(trial__code=options["trial"], code=options["site"]).select_related("trial").first()
        if found is None:
            raise CommandError(f"There is no site {options['site']} in a trial {options['trial']}.")
        return found

    def _token(self, options: dict[str, Any]) -> None:
        site = self._site(options)
        _, text = issue_token(trial=site.trial, site=site, label=options["label"], actor=ACTOR)
        self.stdout.write(text)

    def _peer(self, options: dict[str, Any]) -> None:
        site = self._site(options)
        titles = {name: options[name] for name in ("calling_ae", "called_ae", "address")}
        self.stdout.write(str(admit_peer(trial=site.trial, site=site, actor=ACTOR, **titles)))

    def _list(self, options: dict[str, Any]) -> None:
        for kind, model in (("token", SenderToken), ("peer", DicomPeer)):
            for sender in model._default_manager.filter(revoked_at__isnull=True).select_related("trial", "site"):
                self.stdout.write(f"{kind} {sender.pk}  {sender.trial} {sender.site}  {sender}")

    def _revoke(self, options: dict[str, Any]) -> None:
        model = SenderToken if options["kind"] == "token" else DicomPeer
        sender = model._default_manager.filter(pk=options["number"]).first()
        if sender is None:
            raise CommandError(f"There is no {options['kind']} {options['number']}.")
        revoke(sender=sender, actor=ACTOR)
