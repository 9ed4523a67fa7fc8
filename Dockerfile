# syntax=docker/dockerfile:1
# One image for every process: `handoff up`, `handoff serve`, `handoff worker`. It runs as an ordinary user.
# UNTESTED ON A REAL ENGINE: its parts are tested one by one (tests/test_packaging.py), the build is not.

FROM python:3.12-slim-bookworm AS build
RUN pip install --no-cache-dir uv==0.13.8
WORKDIR /src
# The dependencies first: they change less often than we do.
COPY pyproject.toml uv.lock README.md LICENSE ./
ENV UV_PROJECT_ENVIRONMENT=/opt/handoff UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_PYTHON_DOWNLOADS=never
RUN uv sync --frozen --no-dev --no-install-project
COPY app app
COPY workers workers
COPY localhub localhub
RUN uv sync --frozen --no-dev --no-editable

FROM python:3.12-slim-bookworm
# bubblewrap is the cage, git the workspace. tini is process 1: it reaps what a cage leaves behind.
RUN apt-get update \
    && apt-get install -y --no-install-recommends bubblewrap git tini \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --uid 10001 --create-home handoff \
    && install -d -o handoff -g handoff -m 700 /data
COPY --from=build /opt/handoff /opt/handoff
ENV PATH=/opt/handoff/bin:$PATH HANDOFF_DATA=/data HANDOFF_HOST=0.0.0.0 HANDOFF_PORT=8080 PYTHONUNBUFFERED=1
USER handoff
WORKDIR /data
VOLUME /data
EXPOSE 8080
# For the processes that serve; compose.yaml switches it off for the others.
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['HANDOFF_PORT'] + '/healthz', timeout=4)"]
ENTRYPOINT ["tini", "--", "handoff"]
CMD ["up"]
