#!/usr/bin/env bash
# Builds oe-mcp, makes your settings file, tries a handshake and prints what to paste into an MCP client.
usage() { printf 'Usage: scripts/setup_local_mcp.sh [--dev]\n\n  --dev   format the sources and run the tests, too\n'; }
dev=false
for argument in "$@"; do
    case $argument in
    --dev) dev=true ;;
    -h | --help) usage; exit 0 ;;
    *) echo "There is no option $argument." >&2; usage >&2; exit 64 ;;
    esac
done
source "$(dirname "$0")/lib.sh"

scripts/build
program="$(bin release)/oe-mcp"

# Outside of this folder, so that no commit can hold it, and where oe-mcp looks for it by itself.
settings="${XDG_CONFIG_HOME:-$HOME/.config}/oe-mcp/.env"
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

say "Paste this into your client (README.md says where), after the three settings are filled in:"
cat <<END
{
  "mcpServers": {
    "ovaledge": {
      "command": "$program",
      "args": ["--env-file", "$settings"]
    }
  }
}

Check the settings first:  $(printf "%q doctor --env-file %q" "$program" "$settings")
END
