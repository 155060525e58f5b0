# One image for all services: web, workers, decoders, receiver, sweeper, migrations.
FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY requirements/base.txt requirements/base.txt
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements/base.txt

FROM python:3.11-slim-bookworm
# pg_dump and pg_restore, for backups; the client must not be older than the server.
RUN apt-get update && apt-get install -y --no-install-recommends postgresql-client-15 && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /var/lib/blindread --create-home blindread \
    && install -d -o blindread -g blindread /var/lib/blindread/work /var/lib/blindread/anchors \
       /var/lib/blindread/backups /var/lib/blindread/validation /run/blindread
COPY --from=build /venv /venv
WORKDIR /app
COPY manage.py ./
COPY accounts accounts
COPY api api
COPY audit audit
COPY config config
COPY imaging imaging
COPY instruments instruments
COPY jobs jobs
COPY reading reading
COPY rehearsal rehearsal
COPY requirements requirements
COPY scoring scoring
COPY static static
COPY studies studies
COPY templates templates
COPY validation validation
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    BLINDREAD_VAR=/var/lib/blindread \
    STATIC_ROOT=/app/collected \
    MPLCONFIGDIR=/tmp/matplotlib
RUN python -m compileall -q . && BLINDREAD_VAR=/tmp/build python manage.py collectstatic --noinput && rm -rf /tmp/build
USER blindread
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "3", "--threads", "8", "--timeout", "300", "--preload"]
