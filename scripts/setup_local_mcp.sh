#!/usr/bin/env bash
# Builds oe-mcp, makes your settings file, tries a handshake and prints what to paste into an MCP client.
usage() {
    cat <<'END'
Usage: scripts/setup_local_mcp.sh [--program PATH] [--install-swift] [--install] [--dev]

  --program PATH    set up this program, and build none
  --install-swift   install the Swift toolchain with swiftly where it is missing, without asking
  --install         copy the program to ~/.local/bin, where it stays when this folder goes
  --dev             format the sources and run the tests, too

The toolchain is needed for building alone. Where it is missing, you are asked before anything is installed.
END
}
wrong() { echo "$1" >&2; usage >&2; exit 64; }
here="$PWD" program="" dev=false install=false install_swift=false
while [ $# -gt 0 ]; do
    case $1 in
    --dev) dev=true ;;
    --install) install=true ;;
    --install-swift) install_swift=true ;;
    --program) [ -n "${2:-}" ] || wrong "--program needs the path of a program."; program=$2; shift ;;
    --program=?*) program=${1#*=} ;;
    -h | --help) usage; exit 0 ;;
    *) wrong "There is no option $1." ;;
    esac
    shift
done
source "$(dirname "$0")/lib.sh"

# Nothing, where Swift is new enough to build this.
what_is_wrong_with_swift() {
    local version
    version="$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' | head -1 || true)"
    [ -n "$version" ] || { echo "no Swift was found"; return; }
    [ "$(printf '%s\n6.2\n' "$version" | sort -t. -k1,1n -k2,2n | head -1)" = 6.2 ] || echo "this is Swift $version"
}

# swift.org's own installer puts the toolchain into the home folder; no administrator is needed for that.
install_swift() {
    local folder home address=https://download.swift.org/swiftly
    command -v curl >/dev/null || stop "curl is needed to download Swift. Install curl, or use --program PATH."
    folder="$(mktemp -d)"; trap 'rm -rf "$folder"' EXIT
    say "Installing Swift with swiftly"
    if [ "$(uname -s)" = Darwin ]; then
        home="${SWIFTLY_HOME_DIR:-$HOME/.swiftly}"
        curl -fL --proto '=https' -o "$folder/swiftly.pkg" "$address/darwin/swiftly.pkg"
        pkgutil --check-signature "$folder/swiftly.pkg" || stop "swiftly's package is not signed as it should be. Nothing was installed."
        installer -pkg "$folder/swiftly.pkg" -target CurrentUserHomeDirectory
        "$HOME/.swiftly/bin/swiftly" init --assume-yes --quiet-shell-followup
    else
        home="${SWIFTLY_HOME_DIR:-$HOME/.local/share/swiftly}"
        curl -fL --proto '=https' -o "$folder/swiftly.tar.gz" "$address/linux/swiftly-$(uname -m).tar.gz"
        is_signed "$folder/swiftly.tar.gz" "$address/linux/swiftly-$(uname -m).tar.gz.sig"
        tar -xzf "$folder/swiftly.tar.gz" -C "$folder"
        "$folder/swiftly" init --assume-yes --quiet-shell-followup
    fi
    # shellcheck source=/dev/null # swiftly has just made it.
    source "$home/env.sh"
    hash -r
    rm -rf "$folder"; trap - EXIT
}

is_signed() { # a file, and the address of its signature
    if ! command -v gpg >/dev/null; then
        echo "gpg is not here, so that the signature of swiftly is not checked: only the https connection vouches for it."
        return
    fi
    local keys="${1%/*}/keys"
    mkdir -m 700 "$keys"
    curl -fL --proto '=https' -o "$1.asc" https://www.swift.org/keys/all-keys.asc
    curl -fL --proto '=https' -o "$1.sig" "$2"
    gpg --homedir "$keys" --batch --quiet --import "$1.asc"
    gpg --homedir "$keys" --batch --verify "$1.sig" "$1" || stop "swiftly is not signed as it should be. Nothing was installed."
}

needs_swift() {
    local fault answer
    fault="$(what_is_wrong_with_swift)"
    [ -n "$fault" ] || return 0
    if ! $install_swift; then
        if [ ! -t 0 ] || [ ! -t 2 ]; then
            echo "Swift 6.2 or newer is needed to build oe-mcp, and $fault." >&2
            echo "Add --install-swift to install it, or --program PATH to set up a program that is built already." >&2
            exit 64
        fi
        cat >&2 <<END
Swift 6.2 or newer is needed to build oe-mcp, and $fault.
swiftly, the installer of swift.org, can install it: for you alone, in your home folder, about 1 GB to download and
3 GB on disk. It adds a line to your shell's profile. Other ways: https://www.swift.org/install, or --program PATH.
END
        read -r -p "Install Swift now? [y/N] " answer || answer=""
        [[ $answer =~ ^[Yy]([Ee][Ss])?$ ]] || stop "Nothing was installed. Run this again once Swift is there, or with --program PATH."
    fi
    install_swift
    fault="$(what_is_wrong_with_swift)"
    [ -z "$fault" ] || stop "swiftly has ended, but $fault. Open a new terminal and run this again."
}

# Whether it starts here: one for another kind of machine does not.
is_oe_mcp() { [ -f "$1" ] && [ -x "$1" ] && [[ "$("$1" --version 2>/dev/null)" == oe-mcp\ * ]]; }

if [ -n "$program" ]; then
    [[ $program == /* ]] || program="$here/$program"
    is_oe_mcp "$program" || stop "$program is no oe-mcp that runs on this machine. Name another with --program, or leave it out to build one."
fi
if [ -z "$program" ] || $dev; then needs_swift; fi
if [ -z "$program" ]; then
    scripts/build oe-mcp
    program="$(bin release)/oe-mcp"
fi
if $install; then
    say "Copying it to ~/.local/bin/oe-mcp"
    # In one step: a client that runs the old one keeps it.
    mkdir -p "$HOME/.local/bin" && cp "$program" "$HOME/.local/bin/.oe-mcp.new"
    chmod 755 "$HOME/.local/bin/.oe-mcp.new" && mv -f "$HOME/.local/bin/.oe-mcp.new" "$HOME/.local/bin/oe-mcp"
    program="$HOME/.local/bin/oe-mcp"
fi

# Outside of this folder, so that no commit can hold it, and where oe-mcp looks for it by itself.
settings="${XDG_CONFIG_HOME:-$HOME/.config}/oe-mcp/.env"
own=(--profile default)
# Clients hand that variable to no server, so that the file is named.
[ -z "${XDG_CONFIG_HOME:-}" ] || own=(--env-file "$settings")
if [ -e "$settings" ]; then
    say "$settings exists and stays as it is."
else
    (umask 077 && mkdir -p "$(dirname "$settings")" && cp .env.example "$settings") && chmod 600 "$settings"
    say "Made $settings, readable by you alone."
    echo "Fill in OVALEDGE_BASE_URL, OVALEDGE_USER_TOKEN and OVALEDGE_USER_SECRET."
fi
say "Trying a handshake"
hello='{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"setup","version":"1"}}}'
answers="$(printf '%s\n%s\n' "$hello" '{"jsonrpc":"2.0","id":2,"method":"tools/list"}' | "$program" --sandbox --env-file "$settings")"
grep -q '"id":1.*"serverInfo"' <<<"$answers" || stop "initialize was not answered: $answers"
grep -q '"id":2.*"asset_explorer"' <<<"$answers" || stop "tools/list was not answered: $answers"
echo "initialize and tools/list are answered."

if $dev; then scripts/format && scripts/test; fi

json() { local text=${1//\\/\\\\}; printf '"%s"' "${text//\"/\\\"}"; }
entry() { # the command, and its arguments
    local command=$1 list="" argument; shift
    for argument in "$@"; do list+="${list:+, }$(json "$argument")"; done
    cat <<END
{
  "mcpServers": {
    "ovaledge": {
      "command": $(json "$command"),
      "args": [$list]
    }
  }
}
END
}
say "Let it ask for your account, check it, and install itself into your clients:"
printf '%q setup\n' "$program"
say "Or fill in the three settings, and paste this into your client (README.md says where):"
if [ -n "${WSL_DISTRO_NAME:-}" ]; then
    echo "Into one on Windows:"
    entry 'C:\Windows\System32\wsl.exe' --distribution "$WSL_DISTRO_NAME" --cd / --exec "$program" "${own[@]}"
    echo "Into one inside $WSL_DISTRO_NAME:"
fi
entry "$program" "${own[@]}"
cat <<END

Check the settings first: $(printf ' %q' "$program" doctor "${own[@]}")
END
