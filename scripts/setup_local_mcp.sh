#!/usr/bin/env bash
# Builds oe-mcp, makes .env, tries a handshake and prints what to paste into an MCP client.
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

if [ -e .env ]; then
    say ".env exists and stays as it is."
else
    (umask 077 && cp .env.example .env) && chmod 600 .env
    say "Made .env, readable by you alone. Fill in OVALEDGE_BASE_URL, OVALEDGE_USER_TOKEN and OVALEDGE_USER_SECRET."
fi

say "Trying a handshake"
hello='{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"setup","version":"1"}}}'
answers="$(printf '%s\n%s\n' "$hello" '{"jsonrpc":"2.0","id":2,"method":"tools/list"}' | "$program" --sandbox)"
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
      "args": ["--env-file", "$PWD/.env"]
    }
  }
}

Check the settings first:  $(printf "%q --env-file %q doctor" "$program" "$PWD/.env")
END
