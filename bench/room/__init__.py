"""The parts of `bin/bench reading`: films, a trial with cases, its servers, the peer, and actions in the browser."""

from __future__ import annotations
