FROM python:3.13-slim-trixie AS build
ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1
WORKDIR /srv/portal
RUN pip install --no-cache-dir "uv>=0.13.9,<0.14"
COPY pyproject.toml .python-version ./
COPY requirements requirements
RUN uv venv && uv pip sync --require-hashes requirements/production.txt
COPY . .
RUN .venv/bin/python -c "from baliportal.trial.supervisor import compile_translations; compile_translations()" \
    && PORTAL_MODE=trial STATIC_ROOT=/srv/portal/staticfiles .venv/bin/python manage.py collectstatic --no-input -v 0

# What a trial needs beside the portal: the mail catcher.
FROM build AS trial
RUN uv pip sync --require-hashes requirements/trial.txt

FROM python:3.13-slim-trixie
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-core \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /srv/portal portal \
    && install -d -o portal -g portal /srv/media
COPY --from=build /srv/portal /srv/portal
WORKDIR /srv/portal
ENV PATH=/srv/portal/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=baliportal.settings STATIC_ROOT=/srv/portal/staticfiles MEDIA_ROOT=/srv/media
USER portal
EXPOSE 8000
ENTRYPOINT ["python"]
CMD ["-m", "granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--blocking-threads", "4", "--backpressure", "16", "--no-ws", "baliportal.wsgi:application"]
