# syntax=docker/dockerfile:1
# oe-mcp-http as a container, for amd64 and arm64:
#   docker buildx build --platform linux/amd64,linux/arm64 -t oe-mcp .

FROM swift:6.3-bookworm AS build
WORKDIR /src
COPY scripts scripts
RUN scripts/need build
COPY . .
RUN scripts/build oe-mcp-http

FROM debian:bookworm-slim
ARG VERSION=0.0.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="oe-mcp" \
      org.opencontainers.image.description="The OvalEdge catalog over the Model Context Protocol on HTTP" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="docker.io/library/debian:bookworm-slim"
# Their versions are those of Debian's security updates on the day of the build.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates libcurl4 libhiredis0.14 libmicrohttpd12 libssl3 tzdata \
    && rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/* \
    && useradd --uid 10001 --user-group --no-create-home --home-dir /var/lib/oe-mcp --shell /usr/sbin/nologin oe-mcp \
    && install -d -o 10001 -g 10001 -m 700 /var/lib/oe-mcp /var/log/oe-mcp
COPY --from=build /src/.build/release/oe-mcp-http /usr/local/bin/oe-mcp-http

# Everyone signs in with their own credentials. The file system may be read-only: what is kept, the audit log and a log
# file where they are switched on, is in these two folders.
ENV AUTH_MODE=remote_credentials \
    HOME=/var/lib/oe-mcp \
    MCP_HTTP_HOST=0.0.0.0 \
    MCP_HTTP_PORT=8000
USER 10001:10001
# Requests; metrics, where MCP_METRICS_PORT=9090 is set.
EXPOSE 8000 9090
# Calls have 30 seconds to finish: give `docker stop` 35.
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=5s --retries=3 CMD ["oe-mcp-http", "health"]
ENTRYPOINT ["oe-mcp-http"]
# Or `bridge`, in front of another MCP server: docker-compose.bridges.yml.
CMD ["serve"]
