"""What `bin/bench reading` is made of: films, a house with cases, its servers, the peer, hands in the browser."""

from __future__ import annotations
