# Sourced by the other commands in bin/: creates .venv from the hashed pins and keeps it up to date.
# Usage: . bin/bootstrap.sh; bootstrap base [test]
set -eu
ROOT=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
VENV="$ROOT/.venv"
export UV_PYTHON_DOWNLOADS=never
# Compiled modules are kept in .venv: a process that has to compile everything takes 5 s longer to start.
unset PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX="$VENV/bytecode"

say() { printf '%s\n' "$*" >&2; }

find_python() {
    for candidate in python3.13 python3.12 python3.11 python3; do
        if command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s' "$candidate"
            return
        fi
    done
    say "Blindread needs Python 3.11 or newer; none was found on PATH."
    exit 1
}

make_venv() {
    python=$(find_python)
    if ! "$python" -m venv "$1" >/dev/null 2>&1; then
        rm -rf "$1"
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
            say "This Python cannot create virtual environments: installing python3-venv."
            apt-get update -qq >/dev/null && apt-get install -y -qq python3-venv >/dev/null
        fi
        "$python" -m venv "$1"
    fi
}

# Installs requirements/NAME.txt for each NAME given, if a pin has changed since the last time.
bootstrap() {
    files=""
    for name in "$@"; do files="$files $ROOT/requirements/$name.txt"; done
    # shellcheck disable=SC2086
    stamp=$(cat $files "$ROOT/requirements/tools.txt" | cksum)
    marker="$VENV/installed-$(echo "$*" | tr ' ' '-')"
    if [ -f "$marker" ] && [ "$(cat "$marker")" = "$stamp" ]; then return; fi
    say "Installing the pinned requirements ($*) into .venv ..."
    [ -x "$VENV/bin/python" ] || make_venv "$VENV"
    arguments=""
    for file in $files; do arguments="$arguments -r $file"; done
    [ -x "$VENV/tools/bin/uv" ] || {
        make_venv "$VENV/tools"
        "$VENV/tools/bin/python" -m pip install --quiet --disable-pip-version-check \
            --require-hashes -r "$ROOT/requirements/tools.txt" || true
    }
    # shellcheck disable=SC2086
    if [ -x "$VENV/tools/bin/uv" ]; then
        "$VENV/tools/bin/uv" pip install --quiet --python "$VENV/bin/python" --require-hashes $arguments
    else
        "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes $arguments
    fi
    printf '%s' "$stamp" >"$marker"
}
