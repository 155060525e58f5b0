"""cornerstone3D on the same films: exact versions by npm into a temporary folder, bundled there, served as files."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

from bench.room.films import Packed

SOURCE = Path(__file__).resolve().parents[1] / "peers" / "cornerstone"
WORKER = "node_modules/@cornerstonejs/dicom-image-loader/dist/esm/decodeImageFrameWorker.js"


def build(folder: Path) -> Path:
    """Installs and bundles; returns the folder with the files for a browser. No lock file is written."""
    for name in ("package.json", "main.js"):
        shutil.copy(SOURCE / name, folder / name)
    install = ["npm", "install", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(install, cwd=folder, check=True)
    bundler = next(folder.glob("node_modules/@esbuild/*/bin/esbuild"))
    out = folder / "page"
    arguments = ["--bundle", "--format=esm", "--minify", "--entry-names=[name]", "--loader:.wasm=file"]
    arguments += ["--external:fs", "--external:path", "--log-level=error", f"--outdir={out}"]
    subprocess.run([bundler, "main.js", WORKER, *arguments], cwd=folder, check=True)
    for name in ("index.html", "page.css"):
        shutil.copy(SOURCE / name, out / name)
    return out


def publish(page: Path, films: list[Packed], static: Path) -> None:
    """The page and the films in the folder from which the product's own server serves files."""
    place = static / "peer"
    shutil.copytree(page, place)
    hands = [film for film in films if film.view == "hand"]
    for number, film in enumerate(hands):
        (place / f"film-{number}.dcm").write_bytes(film.dicom)


def versions() -> dict[str, str]:
    """The versions that are measured."""
    found: dict[str, str] = json.loads((SOURCE / "package.json").read_text())["dependencies"]
    return found
