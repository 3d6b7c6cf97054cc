#!/usr/bin/env bash
# Builds the image for ECS, pushes it to ECR, and deploys infra/ecs-template.yaml. Settings are variables; see --help.
source "$(dirname "$0")/lib.sh"

usage() {
    cat <<'HELP'
Usage: scripts/deploy_ecs.sh [-h|--help]

Builds Dockerfile and Dockerfile.ecs, pushes the image to ECR, and deploys infra/ecs-template.yaml with CloudFormation.
Needs docker and the AWS CLI, signed in.

Required variables:
  OVALEDGE_BASE_URL   address of OvalEdge, such as https://acme.ovaledge.net/ovaledge
  VPC_ID              VPC to deploy into
  SUBNET_IDS          two or more of its subnets, separated by commas

Optional variables, with their defaults:
  STACK_NAME=oe-mcp-ecs  ENVIRONMENT=dev  AWS_REGION=us-east-1  ECR_REPO=oe-mcp-ecs  IMAGE_TAG=latest
  DESIRED_COUNT=1  CPU=512  MEMORY=1024  CPU_ARCHITECTURE=X86_64 (or ARM64)  ASSIGN_PUBLIC_IP=ENABLED
  CERTIFICATE_ARN     certificate of ACM; without it there is no HTTPS, and the server refuses credentials
  PUBLIC_BASE_URL     address for clients, such as https://mcp.example.com
  ALLOWED_CIDR=0.0.0.0/0  TRUSTED_PROXIES
  AUTH_MODE=remote_credentials (or remote, remote_login)  MCP_HTTP_STATELESS=false  CREDENTIALS_CACHE_MAX_ENTRIES=10000
  OVALEDGE_HTTP_AUTH_SCHEME=jwt  OVALEDGE_MAX_RETRIES=3  OVALEDGE_REMOTE_FORWARD_IDP_TOKEN=true  MCP_SERVER_VERSION
  SEAL_KEYS_SECRET_ARN, STORE_URL_SECRET_ARN   secrets of Secrets Manager; more than one task needs both, and so
                      does AUTH_MODE=remote_login
  OAUTH_ISSUER  OAUTH_ALLOWED_ISSUERS  OAUTH_AUDIENCE  OAUTH_AUDIENCE_CLAIM  OAUTH_ALLOWED_CLIENTS  OAUTH_CLIENT_ID
  OAUTH_CLIENT_SECRET_ARN  OAUTH_INTROSPECTION_URL  OAUTH_SCOPES  OAUTH_DEFAULT_SCOPES  OAUTH_SCOPE_MAP
  OAUTH_VALIDATION_CACHE_TTL_SECONDS  OAUTH_CLOCK_LEEWAY  OAUTH_REQUIRE_AT_JWT  OAUTH_FACADE  OAUTH_EXCHANGE
  OAUTH_EXCHANGE_URL  OAUTH_EXCHANGE_AUDIENCE  OAUTH_EXCHANGE_SCOPE  OAUTH_DCR  OAUTH_CIMD  OAUTH_REDIRECT_ALLOW
  OAUTH_ACCESS_TTL  OAUTH_REFRESH_TTL  OAUTH_GRANT_TTL  OAUTH_REFRESH_GRACE  OAUTH_ISS_PARAMETER
  OPENAI_APPS_CHALLENGE
  TELEMETRY_BACKEND=none  TELEMETRY_SERVICE_NAME  TELEMETRY_PROJECT_NAME  TELEMETRY_OTLP_ENDPOINT
  TELEMETRY_API_KEY_SECRET_ARN  PHOENIX_HOST  PHOENIX_API_KEY_SECRET_ARN  LANGFUSE_HOST  LANGFUSE_PUBLIC_KEY
  LANGFUSE_SECRET_KEY_SECRET_ARN
HELP
}
usage_error() { printf '%s\n' "$*" >&2; exit 64; }

case "$*" in
-h | --help) usage; exit 0 ;;
"") ;;
*) usage_error "scripts/deploy_ecs.sh has no option but --help. Set variables instead; --help lists them." ;;
esac

missing=()
for name in OVALEDGE_BASE_URL VPC_ID SUBNET_IDS; do [ -n "${!name:-}" ] || missing+=("$name"); done
[ ${#missing[@]} -eq 0 ] || usage_error "Not set: ${missing[*]}. Set them, and try again; --help explains each."
for tool in docker aws; do command -v $tool >/dev/null || stop "$tool is not installed. Install it and try again."; done

stack="${STACK_NAME:-oe-mcp-ecs}"
repository="${ECR_REPO:-oe-mcp-ecs}"
export AWS_REGION="${AWS_REGION:-${AWS_DEFAULT_REGION:-us-east-1}}"
architecture="${CPU_ARCHITECTURE:-X86_64}"
case "$architecture" in
X86_64) platform=linux/amd64 ;;
ARM64) platform=linux/arm64 ;;
*) usage_error "CPU_ARCHITECTURE=$architecture is not known. Use X86_64 or ARM64." ;;
esac
if [ "${DESIRED_COUNT:-1}" -gt 1 ] && [ -z "${STORE_URL_SECRET_ARN:-}" ]; then
    usage_error "DESIRED_COUNT is ${DESIRED_COUNT}, and tasks without a store end each other's sign-ins. Set STORE_URL_SECRET_ARN, or DESIRED_COUNT=1."
fi
if [ "${AUTH_MODE:-}" = remote_login ] && { [ -z "${STORE_URL_SECRET_ARN:-}" ] || [ -z "${SEAL_KEYS_SECRET_ARN:-}" ]; }; then
    usage_error "AUTH_MODE=remote_login keeps sign-ins in the store, sealed. Set STORE_URL_SECRET_ARN and SEAL_KEYS_SECRET_ARN."
fi
case "${AUTH_MODE:-}" in
remote | remote_login)
    [ -n "${CERTIFICATE_ARN:-}" ] && [ -n "${PUBLIC_BASE_URL:-}" ] ||
        usage_error "AUTH_MODE=$AUTH_MODE needs HTTPS under a name of its own. Set CERTIFICATE_ARN and PUBLIC_BASE_URL."
    ;;
esac
if [ "${AUTH_MODE:-}" = remote ] && { [ -z "${OAUTH_ISSUER:-}" ] || [ -z "${OAUTH_AUDIENCE:-}" ]; }; then
    usage_error "AUTH_MODE=remote takes tokens of one issuer, for this server. Set OAUTH_ISSUER and OAUTH_AUDIENCE."
fi
revision="$(git rev-parse --short HEAD 2>/dev/null || echo unknown)"
account="$(aws sts get-caller-identity --query Account --output text)"
registry="$account.dkr.ecr.$AWS_REGION.amazonaws.com"
tag="${IMAGE_TAG:-latest}"

say "Building $repository:$revision"
docker build --platform "$platform" --build-arg "REVISION=$revision" -t "oe-mcp:$revision" .
docker build --platform "$platform" --build-arg "IMAGE=oe-mcp:$revision" -f Dockerfile.ecs \
    -t "$registry/$repository:$tag" -t "$registry/$repository:$revision" .

say "Pushing it to $registry"
aws ecr describe-repositories --repository-names "$repository" >/dev/null 2>&1 ||
    aws ecr create-repository --repository-name "$repository" --image-scanning-configuration scanOnPush=true >/dev/null
aws ecr get-login-password | docker login --username AWS --password-stdin "$registry"
docker push "$registry/$repository:$tag"
docker push "$registry/$repository:$revision"

# A parameter is passed on where its variable is set.
parameters=("ImageUri=$registry/$repository:$revision" "CpuArchitecture=$architecture")
pass() { [ -z "${!2:-}" ] || parameters+=("$1=${!2}"); }
pass OvalEdgeBaseUrl OVALEDGE_BASE_URL
pass VpcId VPC_ID
pass SubnetIds SUBNET_IDS
pass AssignPublicIp ASSIGN_PUBLIC_IP
pass AllowedCidr ALLOWED_CIDR
pass CertificateArn CERTIFICATE_ARN
pass PublicBaseUrl PUBLIC_BASE_URL
pass TrustedProxies TRUSTED_PROXIES
pass Environment ENVIRONMENT
pass DesiredCount DESIRED_COUNT
pass Cpu CPU
pass Memory MEMORY
pass AuthMode AUTH_MODE
pass OvalEdgeMaxRetries OVALEDGE_MAX_RETRIES
pass OvalEdgeHttpAuthScheme OVALEDGE_HTTP_AUTH_SCHEME
pass OvalEdgeForwardIdpToken OVALEDGE_REMOTE_FORWARD_IDP_TOKEN
pass CredentialsCacheMaxEntries CREDENTIALS_CACHE_MAX_ENTRIES
pass McpHttpStateless MCP_HTTP_STATELESS
pass McpServerVersion MCP_SERVER_VERSION
pass SealKeysSecretArn SEAL_KEYS_SECRET_ARN
pass StoreUrlSecretArn STORE_URL_SECRET_ARN
pass OpenAIAppsChallenge OPENAI_APPS_CHALLENGE
pass OAuthIssuer OAUTH_ISSUER
pass OAuthAllowedIssuers OAUTH_ALLOWED_ISSUERS
pass OAuthAudience OAUTH_AUDIENCE
pass OAuthAudienceClaim OAUTH_AUDIENCE_CLAIM
pass OAuthAllowedClients OAUTH_ALLOWED_CLIENTS
pass OAuthClientId OAUTH_CLIENT_ID
pass OAuthClientSecretArn OAUTH_CLIENT_SECRET_ARN
pass OAuthIntrospectionUrl OAUTH_INTROSPECTION_URL
pass OAuthScopes OAUTH_SCOPES
pass OAuthDefaultScopes OAUTH_DEFAULT_SCOPES
pass OAuthScopeMap OAUTH_SCOPE_MAP
pass OAuthValidationCacheTtlSeconds OAUTH_VALIDATION_CACHE_TTL_SECONDS
pass OAuthClockLeeway OAUTH_CLOCK_LEEWAY
pass OAuthRequireAtJwt OAUTH_REQUIRE_AT_JWT
pass OAuthFacade OAUTH_FACADE
pass OAuthExchange OAUTH_EXCHANGE
pass OAuthExchangeUrl OAUTH_EXCHANGE_URL
pass OAuthExchangeAudience OAUTH_EXCHANGE_AUDIENCE
pass OAuthExchangeScope OAUTH_EXCHANGE_SCOPE
pass OAuthDcr OAUTH_DCR
pass OAuthCimd OAUTH_CIMD
pass OAuthRedirectAllow OAUTH_REDIRECT_ALLOW
pass OAuthAccessTtl OAUTH_ACCESS_TTL
pass OAuthRefreshTtl OAUTH_REFRESH_TTL
pass OAuthGrantTtl OAUTH_GRANT_TTL
pass OAuthRefreshGrace OAUTH_REFRESH_GRACE
pass OAuthIssParameter OAUTH_ISS_PARAMETER
pass TelemetryBackend TELEMETRY_BACKEND
pass TelemetryServiceName TELEMETRY_SERVICE_NAME
pass TelemetryProjectName TELEMETRY_PROJECT_NAME
pass TelemetryOtlpEndpoint TELEMETRY_OTLP_ENDPOINT
pass TelemetryApiKeySecretArn TELEMETRY_API_KEY_SECRET_ARN
pass PhoenixHost PHOENIX_HOST
pass PhoenixApiKeySecretArn PHOENIX_API_KEY_SECRET_ARN
pass LangfuseHost LANGFUSE_HOST
pass LangfusePublicKey LANGFUSE_PUBLIC_KEY
pass LangfuseSecretKeySecretArn LANGFUSE_SECRET_KEY_SECRET_ARN

say "Deploying the stack $stack"
aws cloudformation deploy --stack-name "$stack" --template-file infra/ecs-template.yaml \
    --capabilities CAPABILITY_IAM --no-fail-on-empty-changeset --parameter-overrides "${parameters[@]}"
aws cloudformation describe-stacks --stack-name "$stack" --query 'Stacks[0].Outputs' --output table
