#!/usr/bin/env bash
# Deploys oe-mcp-http as an AWS Lambda function: builds the image or the zip, uploads it, and deploys infra/template.yaml.
source "$(dirname "$0")/lib.sh"
usage() {
    cat <<'END'
Usage: scripts/deploy.sh [options]

Deploys oe-mcp-http as an AWS Lambda function with infra/template.yaml. infra/DEPLOY.md has the steps before and after.

  --zip                              deploy a zip (scripts/package-lambda); without it, a container image
  --waf                              a REST API behind AWS WAF; needs --allowed-cidrs
  --streaming                        a function URL that streams answers, in place of an API
  --allowed-cidrs LIST               networks from which clients may ask, separated by commas
  --auth-mode MODE                   remote_credentials (the default), remote or remote_login
  --environment NAME                 dev (the default), staging or prod
  --mcp-http-stateless true|false    keep no sessions (default: true)
  --oval-edge-auth-scheme SCHEME     authorization scheme sent to OvalEdge (default: jwt)
  --credentials-cache-max-entries N  accounts that an instance keeps signed in (default: 10000)
  --reserved-concurrency N           most instances at a time
  --secret-arn ARN                   secret with the members MCP_SEAL_KEY and, with --store, MCP_STORE_URL
  --store                            instances share the store that the secret names
  --dry-run                          print the commands that would run, and run none
  -h, --help                         show this help

Required in the environment:
  OVALEDGE_BASE_URL                  address of your OvalEdge

Optional in the environment; an option wins over its variable:
  STACK_NAME (oe-mcp), AWS_REGION or AWS_DEFAULT_REGION (us-east-1), ENVIRONMENT, AUTH_MODE, ALLOWED_SOURCE_CIDRS,
  LAMBDA_ARCHITECTURE (x86_64), LAMBDA_MEMORY_SIZE (1024), LAMBDA_TIMEOUT (30), RESERVED_CONCURRENCY, SECRET_ARN,
  ECR_REPO (oe-mcp), IMAGE_REPOSITORY (address of a repository in place of ECR_REPO), CODE_BUCKET (bucket for the zip),
  MCP_HTTP_STATELESS, MCP_PUBLIC_BASE_URL, MCP_ALLOWED_ORIGINS, MCP_SERVER_VERSION, CREDENTIALS_CACHE_MAX_ENTRIES,
  OVALEDGE_HTTP_AUTH_SCHEME, OVALEDGE_MAX_RETRIES, OVALEDGE_REMOTE_FORWARD_IDP_TOKEN, OPENAI_APPS_CHALLENGE,
  OAUTH_DEFAULT_SCOPES, OAUTH_SCOPE_MAP, OAUTH_ISSUER (SAM_OAUTH_ISSUER), OAUTH_ALLOWED_ISSUERS, OAUTH_AUDIENCE
  (SAM_OAUTH_AUDIENCE), OAUTH_AUDIENCE_CLAIM, OAUTH_ALLOWED_CLIENTS, OAUTH_CLIENT_ID, OAUTH_CLIENT_SECRET,
  OAUTH_INTROSPECTION_URL, OAUTH_SCOPES, OAUTH_VALIDATION_CACHE_TTL_SECONDS, OAUTH_CLOCK_LEEWAY, OAUTH_REQUIRE_AT_JWT,
  OAUTH_FACADE, OAUTH_EXCHANGE, OAUTH_EXCHANGE_URL, OAUTH_EXCHANGE_AUDIENCE, OAUTH_EXCHANGE_SCOPE, OAUTH_DCR,
  OAUTH_CIMD, OAUTH_REDIRECT_ALLOW, OAUTH_ACCESS_TTL, OAUTH_REFRESH_TTL, OAUTH_GRANT_TTL, OAUTH_REFRESH_GRACE,
  OAUTH_ISS_PARAMETER, VPC_SUBNET_IDS, VPC_SECURITY_GROUP_IDS, TELEMETRY_BACKEND, TELEMETRY_SERVICE_NAME,
  TELEMETRY_PROJECT_NAME, TELEMETRY_OTLP_ENDPOINT, TELEMETRY_API_KEY, PHOENIX_HOST, PHOENIX_API_KEY, LANGFUSE_HOST,
  LANGFUSE_PUBLIC_KEY, LANGFUSE_SECRET_KEY.
Known from earlier versions and without a use here, since nothing is built by SAM: SAM_USE_CONTAINER,
  SAM_BUILD_NO_CACHED, SAM_SKIP_DOCKER_PULL_BASE, OE_MCP_SAM_BUILD_DIR.
END
}
wrong() { echo "$1 See scripts/deploy.sh --help." >&2; exit 64; }
one_of() { # an option, its value, what it may be
    local option="$1" value="$2"; shift 2
    for choice in "$@"; do [ "$value" != "$choice" ] || return 0; done
    wrong "$option is '$value'; it may be ${*}."
}

form=Image waf=false streaming=false store=false dry=false
while [ $# -gt 0 ]; do
    case "$1" in
    -h | --help) usage; exit ;;
    --zip) form=Zip; shift; continue ;;
    --waf) waf=true; shift; continue ;;
    --streaming) streaming=true; shift; continue ;;
    --store) store=true; shift; continue ;;
    --dry-run) dry=true; shift; continue ;;
    esac
    case "$1" in
    --allowed-cidrs) name=ALLOWED_SOURCE_CIDRS ;;
    --auth-mode) name=AUTH_MODE ;;
    --environment) name=ENVIRONMENT ;;
    --mcp-http-stateless) name=MCP_HTTP_STATELESS ;;
    --oval-edge-auth-scheme) name=OVALEDGE_HTTP_AUTH_SCHEME ;;
    --credentials-cache-max-entries) name=CREDENTIALS_CACHE_MAX_ENTRIES ;;
    --reserved-concurrency) name=RESERVED_CONCURRENCY ;;
    --secret-arn) name=SECRET_ARN ;;
    *) wrong "There is no option $1." ;;
    esac
    [ -n "${2:-}" ] || wrong "$1 needs a value."
    printf -v "$name" %s "$2"
    shift 2
done

region="${AWS_REGION:-${AWS_DEFAULT_REGION:-us-east-1}}"
stack="${STACK_NAME:-oe-mcp}"
architecture="${LAMBDA_ARCHITECTURE:-x86_64}"
[ -n "${OVALEDGE_BASE_URL:-}" ] || wrong "OVALEDGE_BASE_URL is not set. Set it to the address of your OvalEdge."
[[ $OVALEDGE_BASE_URL == http?(s)://?* ]] || wrong "OVALEDGE_BASE_URL is no address. Set it to one such as https://acme.ovaledge.net/ovaledge."
one_of --auth-mode "${AUTH_MODE:=remote_credentials}" remote_credentials remote remote_login
one_of --environment "${ENVIRONMENT:=dev}" dev staging prod
one_of --mcp-http-stateless "${MCP_HTTP_STATELESS:=true}" true false
one_of LAMBDA_ARCHITECTURE "$architecture" x86_64 arm64
[ $waf = false ] || [ -n "${ALLOWED_SOURCE_CIDRS:-}" ] || wrong "--waf needs --allowed-cidrs: AWS WAF blocks everyone else."
[ $waf = false ] || [ $streaming = false ] || wrong "AWS WAF cannot be attached to a function URL. Leave out --waf or --streaming."
[ $store = false ] || [ -n "${SECRET_ARN:-}" ] || wrong "--store needs --secret-arn: the secret names the store."
[ "$AUTH_MODE" != remote_login ] || [ $store = true ] || wrong "remote_login needs --store: sign-ins are kept there."
[ "$AUTH_MODE" = remote_credentials ] || [ -n "${MCP_PUBLIC_BASE_URL:-}" ] || wrong "$AUTH_MODE needs MCP_PUBLIC_BASE_URL, the address that clients are told."
if [ "$AUTH_MODE" = remote ]; then
    for name in ISSUER AUDIENCE; do
        sam="SAM_OAUTH_$name" own="OAUTH_$name"
        [ -n "${!sam:-}${!own:-}" ] || wrong "remote needs $own."
    done
fi
for number in RESERVED_CONCURRENCY CREDENTIALS_CACHE_MAX_ENTRIES LAMBDA_MEMORY_SIZE LAMBDA_TIMEOUT OVALEDGE_MAX_RETRIES; do
    [[ -z ${!number:-} || ${!number} =~ ^[0-9]+$ ]] || wrong "$number is '${!number}', not a whole number."
done

run() {
    printf '+'; printf ' %q' "$@"; echo
    [ $dry = true ] || "$@"
}
account() { if [ $dry = true ]; then echo 000000000000; else aws sts get-caller-identity --query Account --output text; fi; }
if [ $dry = false ]; then
    tools=(aws); [ $form = Zip ] || tools+=(docker)
    for tool in "${tools[@]}"; do command -v "$tool" >/dev/null || stop "$tool is missing. Install it, or look at the commands with --dry-run."; done
fi

if [ $store = false ] && [ -z "${RESERVED_CONCURRENCY:-}" ]; then
    echo "Warning: without a store, each instance signs in anew and ends the session of the others. Use --store, or --reserved-concurrency 1." >&2
fi
[ -n "${SECRET_ARN:-}" ] || echo "Warning: without --secret-arn each instance has keys of its own, so confirmations and pages go on only where they began." >&2

if [ $form = Zip ]; then
    zip=".build/lambda/oe-mcp-lambda-$architecture.zip"
    bucket="${CODE_BUCKET:-oe-mcp-$(account)-$region}"
    run scripts/package-lambda --output "$zip"
    key="$stack/oe-mcp-lambda-$architecture.zip"
    # Its digest is in its name: CloudFormation does not look into a zip.
    [ $dry = true ] || key="$stack/$(sha256sum "$zip" | cut -c1-16)-$architecture.zip"
    if [ -z "${CODE_BUCKET:-}" ] && { [ $dry = true ] || ! aws s3api head-bucket --bucket "$bucket" 2>/dev/null; }; then
        run aws s3 mb "s3://$bucket" --region "$region"
    fi
    run aws s3 cp "$zip" "s3://$bucket/$key" --region "$region"
    source=("CodeBucket=$bucket" "CodeKey=$key")
else
    revision="$(git rev-parse --short HEAD 2>/dev/null || echo latest)"
    repository="${IMAGE_REPOSITORY:-$(account).dkr.ecr.$region.amazonaws.com/${ECR_REPO:-oe-mcp}}"
    image="$repository:$revision-$architecture"
    if [ -z "${IMAGE_REPOSITORY:-}" ] && { [ $dry = true ] || ! aws ecr describe-repositories --repository-names "${ECR_REPO:-oe-mcp}" --region "$region" >/dev/null 2>&1; }; then
        run aws ecr create-repository --repository-name "${ECR_REPO:-oe-mcp}" --region "$region"
    fi
    echo "+ aws ecr get-login-password --region $region | docker login --username AWS --password-stdin ${repository%%/*}"
    [ $dry = true ] || aws ecr get-login-password --region "$region" | docker login --username AWS --password-stdin "${repository%%/*}"
    platform=linux/amd64; [ "$architecture" = x86_64 ] || platform=linux/arm64
    # AWS Lambda takes no list of images, which an attestation would make of it.
    run docker buildx build --platform "$platform" --provenance=false --tag "$image" --push .
    source=("ImageUri=$image")
fi

parameters=("PackageType=$form" "${source[@]}" "EnableWaf=$waf" "ResponseStreaming=$streaming" "StoreInSecret=$store")
parameter() { [ -z "$2" ] || parameters+=("$1=$2"); } # what is empty keeps its default
parameter AuthMode "$AUTH_MODE"
parameter OvalEdgeBaseUrl "$OVALEDGE_BASE_URL"
parameter Environment "$ENVIRONMENT"
parameter LambdaArchitecture "$architecture"
parameter LambdaMemorySize "${LAMBDA_MEMORY_SIZE:-}"
parameter LambdaTimeout "${LAMBDA_TIMEOUT:-}"
parameter ReservedConcurrency "${RESERVED_CONCURRENCY:-}"
parameter AllowedSourceCidrs "${ALLOWED_SOURCE_CIDRS:-}"
parameter AllowedOrigins "${MCP_ALLOWED_ORIGINS:-}"
parameter McpPublicBaseUrl "${MCP_PUBLIC_BASE_URL:-}"
parameter McpHttpStateless "$MCP_HTTP_STATELESS"
parameter McpServerVersion "${MCP_SERVER_VERSION:-}"
parameter CredentialsCacheMaxEntries "${CREDENTIALS_CACHE_MAX_ENTRIES:-}"
parameter OvalEdgeMaxRetries "${OVALEDGE_MAX_RETRIES:-}"
parameter OvalEdgeHttpAuthScheme "${OVALEDGE_HTTP_AUTH_SCHEME:-}"
parameter OvalEdgeForwardIdpToken "${OVALEDGE_REMOTE_FORWARD_IDP_TOKEN:-}"
parameter OpenAIAppsChallenge "${OPENAI_APPS_CHALLENGE:-}"
parameter SecretArn "${SECRET_ARN:-}"
parameter VpcSubnetIds "${VPC_SUBNET_IDS:-}"
parameter VpcSecurityGroupIds "${VPC_SECURITY_GROUP_IDS:-}"
parameter OAuthDefaultScopes "${OAUTH_DEFAULT_SCOPES:-}"
parameter OAuthScopeMap "${OAUTH_SCOPE_MAP:-}"
parameter OAuthIssuer "${SAM_OAUTH_ISSUER:-${OAUTH_ISSUER:-}}"
parameter OAuthAllowedIssuers "${OAUTH_ALLOWED_ISSUERS:-}"
parameter OAuthAudience "${SAM_OAUTH_AUDIENCE:-${OAUTH_AUDIENCE:-}}"
parameter OAuthAudienceClaim "${OAUTH_AUDIENCE_CLAIM:-}"
parameter OAuthAllowedClients "${OAUTH_ALLOWED_CLIENTS:-}"
parameter OAuthClientId "${OAUTH_CLIENT_ID:-}"
parameter OAuthClientSecret "${OAUTH_CLIENT_SECRET:-}"
parameter OAuthIntrospectionUrl "${OAUTH_INTROSPECTION_URL:-}"
parameter OAuthScopes "${OAUTH_SCOPES:-}"
parameter OAuthValidationCacheTtlSeconds "${OAUTH_VALIDATION_CACHE_TTL_SECONDS:-}"
parameter OAuthClockLeeway "${OAUTH_CLOCK_LEEWAY:-}"
parameter OAuthRequireAtJwt "${OAUTH_REQUIRE_AT_JWT:-}"
parameter OAuthFacade "${OAUTH_FACADE:-}"
parameter OAuthExchange "${OAUTH_EXCHANGE:-}"
parameter OAuthExchangeUrl "${OAUTH_EXCHANGE_URL:-}"
parameter OAuthExchangeAudience "${OAUTH_EXCHANGE_AUDIENCE:-}"
parameter OAuthExchangeScope "${OAUTH_EXCHANGE_SCOPE:-}"
parameter OAuthDcr "${OAUTH_DCR:-}"
parameter OAuthCimd "${OAUTH_CIMD:-}"
parameter OAuthRedirectAllow "${OAUTH_REDIRECT_ALLOW:-}"
parameter OAuthAccessTtl "${OAUTH_ACCESS_TTL:-}"
parameter OAuthRefreshTtl "${OAUTH_REFRESH_TTL:-}"
parameter OAuthGrantTtl "${OAUTH_GRANT_TTL:-}"
parameter OAuthRefreshGrace "${OAUTH_REFRESH_GRACE:-}"
parameter OAuthIssParameter "${OAUTH_ISS_PARAMETER:-}"
parameter TelemetryBackend "${TELEMETRY_BACKEND:-}"
parameter TelemetryServiceName "${TELEMETRY_SERVICE_NAME:-}"
parameter TelemetryProjectName "${TELEMETRY_PROJECT_NAME:-}"
parameter TelemetryOtlpEndpoint "${TELEMETRY_OTLP_ENDPOINT:-}"
parameter TelemetryApiKey "${TELEMETRY_API_KEY:-}"
parameter PhoenixHost "${PHOENIX_HOST:-}"
parameter PhoenixApiKey "${PHOENIX_API_KEY:-}"
parameter LangfuseHost "${LANGFUSE_HOST:-}"
parameter LangfusePublicKey "${LANGFUSE_PUBLIC_KEY:-}"
parameter LangfuseSecretKey "${LANGFUSE_SECRET_KEY:-}"

# In a file that only this user can read: what is on a command line, others see.
mkdir -p .build/lambda
file="$(mktemp .build/lambda/parameters-XXXXXX)"
trap 'rm -f "$file"' EXIT
(umask 077 && printf '%s\0' "${parameters[@]}" |
    python3 -c 'import json, sys; json.dump(sys.stdin.read().split("\0")[:-1], sys.stdout)' >"$file")
for entry in "${parameters[@]}"; do
    case "$entry" in
    OAuthClientSecret=* | TelemetryApiKey=* | PhoenixApiKey=* | LangfuseSecretKey=*) entry="${entry%%=*}=****" ;;
    esac
    echo "  $entry"
done
run aws cloudformation deploy --template-file infra/template.yaml --stack-name "$stack" --region "$region" \
    --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND --no-fail-on-empty-changeset --parameter-overrides "file://$file"
run aws cloudformation describe-stacks --stack-name "$stack" --region "$region" \
    --query 'Stacks[0].Outputs[].[OutputKey,OutputValue]' --output table
