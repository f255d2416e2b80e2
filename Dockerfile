# The server; the same image migrates and works:
#   docker run … liangzheng migrate · docker run … liangzheng worker
FROM python:3.11-slim-bookworm AS build
WORKDIR /src
COPY requirements.lock .
# Every file is checked against its hash here; what the server needs is taken from these alone.
RUN pip download --no-cache-dir --require-hashes -d /checked -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY verify verify
COPY wallet wallet
COPY templates templates
COPY static static
RUN pip wheel --no-index --find-links /checked --no-deps -w /wheel . \
 && python -m venv /opt/liangzheng \
 && /opt/liangzheng/bin/pip install --no-index --find-links /checked /wheel/*.whl

FROM python:3.11-slim-bookworm
# Characters of names beyond GB 2312, for licences as PDF.
RUN apt-get update && apt-get install -y --no-install-recommends fonts-noto-cjk fonts-hanazono \
 && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /data liangzheng \
 && install -d -o liangzheng -g liangzheng -m 0700 /data
COPY --from=build /opt/liangzheng /opt/liangzheng
ENV PATH=/opt/liangzheng/bin:$PATH LIANGZHENG_DATA=/data LIANGZHENG_HOST=0.0.0.0
USER liangzheng
WORKDIR /data
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=15s CMD ["python", "-c", \
  "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ.get('LIANGZHENG_PORT', 8000)}/healthz\", timeout=2)"]
ENTRYPOINT ["liangzheng"]
CMD ["serve"]
