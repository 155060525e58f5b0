"""Readers who enter scores simultaneously, each over a separate connection: a separate process without Django.

Reads a plan as JSON from standard input and writes the times of all answers as JSON to standard output. With a pause,
an entry is due whenever the pause has passed, however late the last response was, and its time counts from then.
"""

from __future__ import annotations

import http.client
import json
import sys
import threading
import time
from typing import Any


class Saver(threading.Thread):
    """One reader: the cells still to be filled, and the milliseconds that each entry took."""

    def __init__(self, plan: dict[str, Any], reader: dict[str, Any], start: float) -> None:
        super().__init__()
        self.plan, self.reader, self.start_at = plan, reader, start
        self.took: list[float] = []
        self.statuses: dict[int, int] = {}
        self.refused = ""
        self.connection = http.client.HTTPConnection("127.0.0.1", plan["port"], timeout=60)

    def run(self) -> None:
        """Enters cell after cell until the time is over."""
        pause = self.plan["pause_s"]
        due = self.start_at + pause * self.reader["share"]
        for cell in self.reader["cells"]:
            time.sleep(max(0.0, due - time.monotonic()))
            began = due if pause else time.monotonic()
            if began > self.start_at + self.plan["seconds"]:
                break
            status = self.enter(cell)
            self.took.append(1000 * (time.monotonic() - began))
            self.statuses[status] = self.statuses.get(status, 0) + 1
            due += pause
        self.connection.close()

    def enter(self, cell: dict[str, Any]) -> int:
        """Saves one value; returns the status of the response, or 0 if the value was not stored."""
        now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
        operation = {name: cell[name] for name in ("op_id", "timepoint", "item", "value")}
        operation |= {"reason": "", "base_revision": 0, "captured_at": now, "entry": "key", "dwell_ms": 700}
        operation["seen_at"] = now
        try:
            self.connection.request("POST", cell["path"], json.dumps({"ops": [operation]}), self.reader["headers"])
            answer = self.connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self.connection.close()  # the next request opens it again
            return 0
        if answer.status == 200 and json.loads(content)["results"][0]["status"] == "saved":
            return 200
        self.refused = f"{answer.status} {content[:300].decode(errors='replace')}"
        return 0 if answer.status == 200 else answer.status


def main() -> None:
    """All readers of the plan at once."""
    plan = json.load(sys.stdin)
    start = time.monotonic() + 1.0
    savers = [Saver(plan, reader, start) for reader in plan["readers"]]
    for saver in savers:
        saver.start()
    for saver in savers:
        saver.join()
    elapsed = time.monotonic() - start
    statuses: dict[int, int] = {}
    for saver in savers:
        for status, count in saver.statuses.items():
            statuses[status] = statuses.get(status, 0) + count
    used = time.process_time()
    took = [value for saver in savers for value in saver.took]
    refused = next((saver.refused for saver in savers if saver.refused), "")
    found = {"took_ms": took, "statuses": statuses, "refused": refused, "elapsed_s": elapsed, "processor_s": used}
    json.dump(found | {"most_by_one": max(len(saver.took) for saver in savers)}, sys.stdout)


if __name__ == "__main__":
    main()
