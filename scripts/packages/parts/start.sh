#!/bin/sh
# Starts the program for this machine. Clients unpack a bundle without the permission to run what is in it, so sh reads this.
server=$(dirname "$0")
system=$(uname -s)
processor=$(uname -m)
# A program under Rosetta sees an Intel processor.
if [ "$system" = Darwin ] && [ "$(sysctl -n hw.optional.arm64 2>/dev/null)" = 1 ]; then processor=arm64; fi
program="$server/oe-mcp_${system}_$processor"

if [ ! -f "$program" ]; then
    echo "oe-mcp: This bundle has no program for $system on $processor. Install oe-mcp in another way, and add it to the client with: oe-mcp install." >&2
    exit 69
fi
if [ ! -x "$program" ] && ! chmod u+x "$program"; then
    echo "oe-mcp: $program may not be run. Give yourself the permission: chmod u+x '$program'." >&2
    exit 77
fi

# What was left out in the client's form arrives as an empty value, or as the name of the field.
for name in OVALEDGE_BASE_URL OVALEDGE_USER_TOKEN OVALEDGE_USER_SECRET OVALEDGE_ALLOW_WRITES; do
    eval "value=\${$name-}"
    # shellcheck disable=SC2154,SC2016 # eval sets it; the other is the text itself.
    case "$value" in
    '' | *'${user_config.'*) unset "$name" ;;
    esac
done
exec "$program" "$@"
