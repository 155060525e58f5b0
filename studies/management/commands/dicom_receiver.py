"""The C-STORE receiver, which runs as a separate process."""

from __future__ import annotations

import resource
import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from studies.arrival.dicom_receiver import Receiver, limit_sockets


class Command(BaseCommand):
    """Listens until SIGTERM; peers are admitted by `senders peer` and need no restart."""

    help = "Receive films by C-STORE from admitted peers."

    def add_arguments(self, parser: CommandParser) -> None:
        """The address and port; TLS or a VPN protects the connection."""
        parser.add_argument("--host", default="127.0.0.1", help="the address on which to listen")
        parser.add_argument("--port", type=int, default=11112, help="0 for any free port, which is then printed")
        parser.add_argument("--memory", type=int, default=2 * 1024**3, help="largest address space, in bytes")

    def handle(self, *args: Any, **options: Any) -> None:
        """Serves in threads and waits."""
        resource.setrlimit(resource.RLIMIT_AS, (options["memory"], options["memory"]))
        limit_sockets(settings.MAX_FILE_BYTES + 1024 * 1024)
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        receiver = Receiver(options["host"], options["port"])
        self.stdout.write(f"listening on {options['host']} port {receiver.port}")
        self.stdout.flush()
        stop.wait()
        receiver.stop()
