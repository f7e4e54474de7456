# The bot in a container. Nothing but Python, the locked libraries and GUB; MongoDB is elsewhere (compose.yaml).
# Built from the repository's root: docker build --tag gub .

FROM python:3.11-slim-bookworm AS build
WORKDIR /build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN ["python", "-m", "venv", "/opt/gub"]
COPY requirements-image.lock ./
RUN ["/opt/gub/bin/python", "-m", "pip", "install", "--require-hashes", "--requirement", "requirements-image.lock"]
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY src ./src
RUN ["/opt/gub/bin/python", "-m", "pip", "install", "--no-deps", "--no-build-isolation", "."]

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="GUB" \
      org.opencontainers.image.description="The Gamers Utility Bot: who is on, playing what, and who wants to play now" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /opt/gub /opt/gub
# Nothing is written: no cache of bytecode, no data directory (GUB_MONGODB_URI is needed).
ENV PATH=/opt/gub/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    GUB_HTTP_LISTEN=0.0.0.0:8080 GUB_LOG_FORMAT=json
WORKDIR /
USER 10001:10001
EXPOSE 8080 8081
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["python", "-m", "gub.healthy"]
ENTRYPOINT ["gub"]
CMD ["run"]
