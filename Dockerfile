# The image of aslocal: one static binary, and nothing else that runs.
#
#   docker build -t aslocal .
#   docker run --rm -p 127.0.0.1:8083:8083 -v "$PWD:/project:ro" -v aslocal:/data aslocal
#
# For other platforms: docker buildx build --platform linux/amd64,linux/arm64 .
# How to use it is in docs/install.md.

# What is the same however the binary is made.
FROM scratch AS base
LABEL org.opencontainers.image.title="aslocal" \
      org.opencontainers.image.description="A local AWS Step Functions" \
      org.opencontainers.image.source="https://github.com/aslocal/aslocal" \
      org.opencontainers.image.licenses="Apache-2.0"
# The user that runs it owns /data, also when that is a new volume.
COPY --chown=65532:65532 internal/release/image/ /
USER 65532:65532
WORKDIR /project
VOLUME /data
# There is no /tmp.
ENV TMPDIR=/data
EXPOSE 8083
# The address is said, because AWS_ENDPOINT_URL_SFN may name another server.
HEALTHCHECK --interval=2s --timeout=6s --start-period=30s --retries=3 CMD ["/aslocal", "health", "--endpoint", "http://127.0.0.1:8083"]
ENTRYPOINT ["/aslocal"]
# A container is reached through addresses and names that only its network knows: every address,
# and every name without a dot (that of a service of Compose), is let in.
CMD ["serve", "/project", "--host", "0.0.0.0", "--allow-host", "*", "--data", "/data"]

# docker build --target prebuilt: the binary that make release has put into dist. There are no
# certificates in it: calls of AWS itself, and of other servers by HTTPS, need some at
# SSL_CERT_FILE.
FROM base AS prebuilt
ARG TARGETOS
ARG TARGETARCH
ADD dist/aslocal_*_${TARGETOS}_${TARGETARCH}.tar.gz /

# It runs on the machine that builds, and builds for the one that is asked for.
FROM --platform=$BUILDPLATFORM golang:1.26.8 AS build
WORKDIR /source
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG TARGETOS
ARG TARGETARCH
# The binary knows its commit if the history of the repository is here.
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    if git rev-parse --quiet --verify HEAD > /dev/null; then history=true; else history=false; fi && \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -trimpath -buildvcs=$history -ldflags='-s -w' -o /made/aslocal ./cmd/aslocal && \
    go run ./internal/release -platforms $TARGETOS/$TARGETARCH -licences /made/THIRD_PARTY_LICENSES.txt && \
    cp LICENSE NOTICE /made/

FROM base
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /made/ /
