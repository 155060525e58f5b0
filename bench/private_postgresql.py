"""A private PostgreSQL of a benchmark, on a socket in a temporary folder, with the settings of a new installation."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

INSTALLED = Path("/usr/lib/postgresql")


def programs() -> Path:
    """The folder with initdb and pg_ctl."""
    on_path = shutil.which("initdb")
    folders = [*([Path(on_path).resolve().parent] if on_path else []), *sorted(INSTALLED.glob("*/bin"), reverse=True)]
    found = next((folder for folder in folders if (folder / "postgres").exists()), None)
    if found is None:
        raise SystemExit("PostgreSQL was not found. Install it, or name a database in DATABASE_URL.")
    return found


@contextmanager
def private_postgresql() -> Iterator[str]:
    """The address of a server that is stopped and removed afterwards. Root starts it as another account."""
    with tempfile.TemporaryDirectory(prefix="blindread-bench-pg-") as name:
        folder, bin_folder = Path(name), programs()
        data, user = folder / "data", "postgres" if os.getuid() == 0 else None
        folder.chmod(0o755)
        data.mkdir(mode=0o700)
        if user:
            shutil.chown(data, user)

        def run(program: str, *arguments: str) -> None:
            command = [str(bin_folder / program), "-D", str(data), *arguments]
            subprocess.run(command, user=user, cwd="/", check=True, stdout=subprocess.DEVNULL)

        run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        options = f"-c listen_addresses='' -c unix_socket_directories={data}"
        run("pg_ctl", "-l", str(data / "log"), "-w", "start", "-o", options)
        try:
            yield f"postgresql://postgres@/postgres?host={data}"
        finally:
            run("pg_ctl", "-m", "fast", "-w", "stop")
