# One image for every part of the compose deployment, installed from the same lock as the local environment.
FROM python:3.11-slim-bookworm AS build
WORKDIR /build
COPY requirements.lock ./
# uv's own block of the lock comes first, as in the Makefile; hashes are required for every package.
RUN python -m venv /opt/venv \
 && awk '/^uv==/{on=1} on{print} on&&!/\\$/{exit}' requirements.lock > uv.lock \
 && /opt/venv/bin/pip install --no-cache-dir --require-hashes --no-deps -r uv.lock \
 && /opt/venv/bin/uv pip install --no-cache --python /opt/venv/bin/python --require-hashes --no-deps \
      --compile-bytecode -r requirements.lock

FROM python:3.11-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 AIRFLOW_HOME=/opt/airflow GIAMNGHEO_HOME=/data
COPY --from=build /opt/venv /opt/venv
WORKDIR /opt/giamngheo
COPY pyproject.toml README.md ./
COPY etl ./etl
COPY samples ./samples
COPY local ./local
COPY dags ./dags
COPY plugins ./plugins
COPY expectations ./expectations
COPY warehouse_sql ./warehouse_sql
RUN pip install --no-cache-dir --no-deps --no-build-isolation --no-index -e . \
 && useradd --uid 50000 --gid 0 --home-dir /opt/airflow --no-create-home airflow \
 && mkdir -p /opt/airflow /data/inbox /data/outbox \
 && chmod -R g=u /opt/airflow /data /opt/giamngheo && chown -R 50000:0 /opt/airflow /data
USER 50000:0
VOLUME ["/data", "/opt/airflow"]
CMD ["giamngheo", "--help"]
