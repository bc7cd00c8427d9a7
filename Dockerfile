# One image for every process; compose.yaml chooses the command.
FROM python:3.11.13-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements.txt .
RUN python -m venv /venv && /venv/bin/pip install --require-hashes --requirement requirements.txt

FROM python:3.11.13-slim-bookworm
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data
RUN useradd --system --uid 1000 --home-dir /app --shell /usr/sbin/nologin burnin \
    && install --directory --owner burnin --group burnin --mode 0700 /data /mock
COPY --from=packages /venv /venv
COPY . /app
RUN python -m compileall -q /app
WORKDIR /app
USER burnin
VOLUME /data
EXPOSE 8080
# Any answer below 500 is a sign of life; a container that serves no pages switches this off.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ.get('APP_PORT', '8080') + '/healthz', timeout=4)"]
STOPSIGNAL SIGTERM
CMD ["python", "manage.py", "up"]
