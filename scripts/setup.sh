# Sets the project up in .venv/ from requirements.lock. Sourced by ./run and ./test.

amends_say() { printf '%s\n' "$*" >&2; }

amends_fail() {
    amends_say "$*"
    exit 1
}

# Packages of the system: only where apt is there and allowed, otherwise one clear line.
amends_apt() {
    command -v apt-get >/dev/null 2>&1 || return 1
    local as=""
    if [ "$(id -u)" -ne 0 ]; then
        sudo -n true 2>/dev/null || return 1
        as="sudo -n"
    fi
    amends_say "Installing with apt: $*"
    $as apt-get update -qq >/dev/null 2>&1 || true
    DEBIAN_FRONTEND=noninteractive $as apt-get install -y -qq --no-install-recommends "$@" \
        >/dev/null 2>&1
}

amends_python() {
    local candidate
    for candidate in "${PYTHON:-}" python3 python3.14 python3.13 python3.12 python3.11; do
        [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 || continue
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s\n' "$candidate"
            return 0
        fi
    done
    return 1
}

amends_venv() {
    local python="$1"
    [ -x .venv/bin/python ] && .venv/bin/python -m pip --version >/dev/null 2>&1 && return 0
    rm -rf .venv
    "$python" -m venv .venv >/dev/null 2>&1 && return 0
    rm -rf .venv
    amends_apt python3-venv && "$python" -m venv .venv >/dev/null 2>&1 && return 0
    rm -rf .venv
    amends_fail "Python cannot make a virtual environment: install its venv module" \
        "(Debian, Ubuntu: apt-get install python3-venv) and run this again."
}

amends_packages() {
    local wanted stamp=.venv/amends-lock.sha256
    wanted="$(cat requirements.lock pyproject.toml | .venv/bin/python -c \
        'import hashlib, sys; print(hashlib.sha256(sys.stdin.buffer.read()).hexdigest())')"
    [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && return 0
    amends_say "Installing the locked packages into .venv (once, about a minute) …"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
        -r requirements.lock 2> >(grep -v '^WARNING' >&2) \
        || amends_fail "The packages of requirements.lock could not be installed:" \
            "see the lines above; a network that reaches a Python package index is needed once."
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps \
        --no-build-isolation -e . 2> >(grep -v '^WARNING' >&2) \
        || amends_fail "The project could not be installed into .venv."
    printf '%s\n' "$wanted" >"$stamp"
}

# What Qt's platform plugin in $1 still misses of the system's libraries.
amends_missing() {
    local plugin
    plugin="$(find .venv/lib*/python*/site-packages/PySide6/Qt/plugins/platforms \
        -name "$1" 2>/dev/null | head -n 1)"
    [ -n "$plugin" ] && ldd "$plugin" 2>/dev/null | sed -n 's/^[[:space:]]*\(.*\) => not found.*/\1/p'
}

amends_qt_libraries() {
    local offscreen="libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libglib2.0-0"
    local window="libxcb-cursor0 libxcb-icccm4 libxcb-image0 libxcb-keysyms1 libxcb-randr0 \
        libxcb-render-util0 libxcb-shape0 libxcb-xinerama0 libxcb-xkb1 libxkbcommon-x11-0"
    if [ -n "$(amends_missing libqoffscreen.so)$(amends_missing libqxcb.so)" ]; then
        # shellcheck disable=SC2086
        amends_apt $offscreen $window || true
    fi
    [ -z "$(amends_missing libqoffscreen.so)" ] || amends_fail \
        "Qt cannot start: install" $offscreen "and run this again."
    if [ -n "${DISPLAY:-}" ] && [ -n "$(amends_missing libqxcb.so)" ]; then
        amends_fail "No window can be opened: install" $window "and run this again."
    fi
}

amends_system_libraries() {
    # What Qt loads, and the second reader of forms; everything else comes in wheels.
    [ "$(uname -s)" = Linux ] || return 0
    amends_qt_libraries
    if ! command -v tesseract >/dev/null 2>&1 \
        || ! tesseract --list-langs 2>/dev/null | grep -qx chi_sim; then
        [ -e .venv/amends-no-tesseract ] && return 0
        amends_apt tesseract-ocr tesseract-ocr-chi-sim && return 0
        touch .venv/amends-no-tesseract
        amends_say "Tesseract is not installed: forms are read by one reader only" \
            "(Debian, Ubuntu: apt-get install tesseract-ocr tesseract-ocr-chi-sim)."
    fi
}

amends_setup() {
    local python
    python="$(amends_python)" || amends_apt python3 python3-venv || true
    python="$(amends_python)" || amends_fail \
        "Amends needs Python 3.11 or newer: install it (python.org) and run this again."
    amends_venv "$python"
    amends_packages
    amends_system_libraries
}
