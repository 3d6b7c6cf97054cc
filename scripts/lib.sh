# What the scripts share. Source it from any folder: it moves to the project's root.
# shellcheck shell=bash
set -euo pipefail
script="$(cd "$(dirname "$0")" && pwd)/${0##*/}"
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# What a script says of itself at its head is its help, where it has no other.
case " $* " in
*" --help "* | *" -h "*)
    grep -q '^usage()' "$script" || { sed -n '2,${/^#/!q;s/^# \{0,1\}//p;}' "$script"; exit 0; } ;;
esac

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
stop() { printf '%s\n' "$*" >&2; exit 1; }
[ -t 1 ] || say() { printf '\n%s\n' "$*"; }

# Builds for tests. Where all of it is built, whole modules are a quarter less work, and to leave out what only debuggers
# read a seventh; they have a folder of their own, as the compiler would otherwise begin anew whenever it is asked in the
# other way.
debug_build() {
    local whole=()
    if [ -n "${WHOLE_MODULES:-}" ]; then
        whole=(--scratch-path .build/whole -Xswiftc -whole-module-optimization -Xswiftc -num-threads -Xswiftc 1)
        whole+=(-Xswiftc -gnone)
    fi
    swift build ${whole[@]+"${whole[@]}"} "$@"
}

# Where a build keeps its programs: `bin release`, `bin debug`.
bin() {
    if [ "$1" = debug ] && [ -n "${WHOLE_MODULES:-}" ]; then
        printf '%s/.build/whole/debug' "$PWD"
    else
        printf '%s/.build/%s' "$PWD" "$1"
    fi
}

# Builds one product as it is shipped: on Linux with the runtimes of Swift and C++ inside and without symbols. The same
# sources make the same bytes in any folder. scripts/package --sizes reads the linker's map, .build/archives/*.map.
release() {
    local shipped=(-Xswiftc -file-prefix-map -Xswiftc "$PWD=." -Xcc "-ffile-prefix-map=$PWD=.") archive
    # What the compiler keeps for its next run is a digest of paths, too, and part of the program.
    shipped+=(-Xswiftc -Xfrontend -Xswiftc -disable-incremental-llvm-codegen)
    if [ "$(uname -s)" = Linux ]; then
        shipped+=(--static-swift-stdlib -Xlinker -s -Xlinker "-Map=$PWD/.build/archives/$1.map")
        # A library beside the program is not taken for one of the system's, and nothing writes over where they are.
        shipped+=(--disable-local-rpath -Xlinker -z -Xlinker now)
        # Each function is a section, so that the linker finds out for each whether anything reaches it.
        shipped+=(-Xswiftc -Xfrontend -Xswiftc -function-sections)
        # Nothing looks for a symbol in a program: what only others could call is left out.
        mkdir -p .build/archives && echo '{ local: *; };' >.build/archives/exports
        shipped+=(-Xlinker "--version-script=$PWD/.build/archives/exports" -Xlinker --icf=safe)
        shipped+=(-Xlinker --wrap=_swift_stdlib_getScalarName)
        # Generic types are reached by address: looking up their names is a quarter of the instructions at start.
        shipped+=(-Xswiftc -Xfrontend -Xswiftc -disable-concrete-type-metadata-mangled-name-accessors)
        # Loading libstdc++ is a quarter of the time to the first answer. A folder that holds only its archive makes the
        # linker take that one.
        archive="$(cc -print-file-name=libstdc++.a 2>/dev/null || true)"
        if [ -f "$archive" ]; then
            ln -sf "$archive" .build/archives/
            shipped+=(-Xlinker "-L$PWD/.build/archives" -Xswiftc -Xclang-linker -Xswiftc -static-libgcc)
        fi
    fi
    swift build -c release ${shipped[@]+"${shipped[@]}"} --product "$1"
}

# Makes a Python environment in a folder, once for each state of its list of packages.
environment() {
    [ "$1/made" -nt "$2" ] && return
    say "Installing the packages of $2 in $1"
    python3 -m venv "$1" && packages --python "$1/bin/python" --compile-bytecode -r "$2" && touch "$1/made"
}

# Puts the files of packages into a folder, once for each state of their list, without what they depend on.
files() {
    [ "$1/made" -nt "$2" ] && return
    say "Unpacking the packages of $2 in $1"
    packages --python .venv/bin/python --no-deps --target "$1" -r "$2" && touch "$1/made"
}

# Installs Python packages with uv, which takes a tenth of pip's work; what pip is told of indexes and certificates holds.
packages() {
    local uv=.build/uv
    [ -x "$uv/bin/uv" ] ||
        { python3 -m venv "$uv" && "$uv/bin/python" -m pip install -q --disable-pip-version-check uv==0.13.9; } || return
    UV_CACHE_DIR="$PWD/.build/uv-cache" UV_DEFAULT_INDEX="${PIP_INDEX_URL:-${UV_DEFAULT_INDEX:-}}" \
        UV_FIND_LINKS="${PIP_FIND_LINKS:-}" SSL_CERT_FILE="${PIP_CERT:-${SSL_CERT_FILE:-}}" \
        "$uv/bin/uv" pip install -q --link-mode copy "$@"
}

# The last number in what matches a pattern in a file.
number() { local n; n="$(grep -oE "$1" "$2" | grep -oE '[0-9]+' | tail -1)" || true; echo "${n:-0}"; }

# Adds what a log of `swift test` says to `passed` and `failed`; 1 as the second argument says that the run failed.
count() {
    local broken tests
    broken="$(grep -E '^[^ ]+ Test .* failed after' "$1" | grep -cv ' Test run with ' || true)"
    [ "$broken" -gt 0 ] || broken=$2
    tests="$(number 'Test run with [0-9]+ test' "$1")"
    passed=$((passed + (tests > broken ? tests - broken : 0))) failed=$((failed + broken))
}

# The text of a tool's answer, out of the one JSON line that carries it.
readable() {
    awk '{
        at = index($0, "\"text\":\""); if (!at) { print; next }
        rest = substr($0, at + 8); text = ""
        while ((c = substr(rest, 1, 1)) != "\"" && rest != "") {
            if (c == "\\") {
                e = substr(rest, 2, 1); rest = substr(rest, 3)
                text = text (e == "n" ? "\n" : e == "t" ? "\t" : e)
            } else { text = text c; rest = substr(rest, 2) }
        }
        print text
    }'
}
