"""C-STORE: archives identified by title and address send films; success is reported once the film is stored durably.

Runs as a separate process, never inside a web worker. Data from a peer are written to an unnamed file as they arrive,
and received from there like any other film.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path
from typing import Any

import pynetdicom
from django.db import close_old_connections, connection
from pynetdicom import AE, dimse_messages, evt
from pynetdicom.transport import AssociationSocket, ThreadedAssociationServer

from audit.trail import Actor
from config.errors import Refusal
from config.unnamed_files import in_memory, on_disk, path_of
from imaging.allow_list import SOP_CLASSES
from imaging.decoder import client
from imaging.decoder.client import DecoderFailed, DecoderGone
from imaging.decoding.transfer_syntaxes import SYNTAXES
from imaging.decoding.unreadable import Unreadable
from studies.arrival import objects
from studies.arrival.intake import open_transmittal
from studies.arrival.objects import NOT_AUTHORISED, OUT_OF_RESOURCES, WRONG_CLASS, look_at
from studies.arrival.quarantine import StoreFull
from studies.arrival.senders import peer_of
from studies.models import DicomPeer, Transmittal

log = logging.getLogger(__name__)

VERIFICATION = "1.2.840.10008.1.1"
LARGEST_PDU = 128 * 1024
MOST_ASSOCIATIONS = 20
NETWORK_SECONDS = 60
# A-ASSOCIATE-RJ: permanent, by the service user, the title is not known.
REJECTED, BY_USER, CALLING_UNKNOWN = 1, 1, 3


class TooLong(OSError):
    """A peer announced or sent more than is allowed; the connection is closed."""


def limit_sockets(most_bytes: int) -> None:
    """Limits both the bytes that a peer announces and the length of objects, which pynetdicom does not limit."""
    sockets: Any = AssociationSocket
    unlimited = sockets.recv

    def recv(self: Any, nr_bytes: int) -> bytearray:
        taken = getattr(self, "taken", 0) + nr_bytes
        if nr_bytes > LARGEST_PDU + 1024 or taken > most_bytes:
            raise TooLong(f"{nr_bytes} bytes announced, {taken} taken")
        self.taken = taken
        return bytearray(unlimited(self, nr_bytes))

    sockets.recv = recv


class Arriving:
    """The file for pynetdicom's objects; its own file has a name and would remain if the receiver is killed."""

    def __init__(self, **_: Any) -> None:
        self.file = on_disk()
        self.name = str(path_of(self.file))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)


class Receiver:
    """The server side."""

    def __init__(self, host: str, port: int) -> None:
        messages: Any = dimse_messages
        messages.NamedTemporaryFile = Arriving
        pynetdicom._config.STORE_RECV_CHUNKED_DATASET = True
        pynetdicom._config.ENFORCE_UID_CONFORMANCE = True
        pynetdicom._config.UNRESTRICTED_STORAGE_SERVICE = False
        pynetdicom._config.LOG_HANDLER_LEVEL = "none"
        logging.getLogger("pynetdicom").disabled = True  # its messages quote what peers send
        self._start_decoder()
        self.server = self._start(host, port)

    def _start_decoder(self) -> None:
        """Starts the decoder early, so that the first peer does not wait for it."""
        with in_memory() as no_film, suppress(Unreadable, DecoderGone, DecoderFailed):
            no_film.write(b"no film")
            client.run("identify", film=no_film)

    def _start(self, host: str, port: int) -> ThreadedAssociationServer:
        entity = AE()
        entity.maximum_associations = MOST_ASSOCIATIONS
        entity.maximum_pdu_size = LARGEST_PDU
        entity.acse_timeout = entity.dimse_timeout = 30
        entity.network_timeout = NETWORK_SECONDS
        entity.add_supported_context(VERIFICATION)
        for sop_class in SOP_CLASSES:
            entity.add_supported_context(sop_class, list(SYNTAXES))
        handlers: list[Any] = [
            (evt.EVT_REQUESTED, self.on_requested),
            (evt.EVT_C_STORE, self.on_store),
            (evt.EVT_CONN_CLOSE, self.on_closed),
        ]
        server = entity.start_server((host, port), block=False, evt_handlers=handlers)
        assert server is not None  # noqa: S101  block=False gives one
        return server

    @property
    def port(self) -> int:
        """The port it listens on, if the system chose it."""
        return int(self.server.server_address[1])

    def stop(self) -> None:
        """Ends every association; objects that were not received completely are discarded."""
        self.server.shutdown()

    def on_requested(self, event: evt.Event) -> None:
        """Rejects peers that were not admitted, before anything is sent."""
        peer = peer_at(event.assoc)
        log.info("association %s from %s", "admitted" if peer else "rejected", event.assoc.requestor.address)
        if peer is None:
            event.assoc.acse.send_reject(REJECTED, BY_USER, CALLING_UNKNOWN)
            event.assoc.is_rejected = True
            event.assoc.kill()

    def on_store(self, event: Any) -> int:
        """The status of one object; any failure is a response and never ends the receiver."""
        try:
            close_old_connections()
            return self._store(event)
        except StoreFull:
            return OUT_OF_RESOURCES
        except Refusal:
            return NOT_AUTHORISED
        except Exception as error:
            log.error("a film was not received: %s", type(error).__name__)
            return OUT_OF_RESOURCES
        finally:
            event.assoc.dul.socket.taken = 0

    def _store(self, event: Any) -> int:
        peer = peer_at(event.assoc)
        if peer is None:
            return NOT_AUTHORISED
        if event.request.AffectedSOPClassUID not in SOP_CLASSES:
            return WRONG_CLASS
        actor = Actor.system(f"C-STORE {peer.calling_ae}")
        transmittal, path = transmittal_for(event.assoc, peer, actor), Path(event.dataset_path)
        return objects.store(
            transmittal=transmittal, path=path, number=event.message_id, seen=look_at(path), actor=actor
        )

    def on_closed(self, event: evt.Event) -> None:
        """The thread of an association ends, and its connection to the database with it."""
        connection.close()


def peer_at(association: Any) -> DicomPeer | None:
    requested = association.requestor.primitive
    return peer_of(
        calling_ae=requested.calling_ae_title,
        called_ae=requested.called_ae_title,
        address=association.requestor.address.removeprefix("::ffff:"),
    )


def transmittal_for(association: Any, peer: DicomPeer, actor: Actor) -> Transmittal:
    """One delivery for each association."""
    if not hasattr(association, "transmittal"):
        association.transmittal = open_transmittal(trial=peer.trial, site=peer.site, channel="cstore", actor=actor)
    opened: Transmittal = association.transmittal
    return opened
