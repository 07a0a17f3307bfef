# Tandem as an image: the single binary, compiled in the first stage, and the decoder that takes the automatic thumbnails,
# compiled in the second.
#
#   docker build --build-arg COMMIT="$(git rev-parse --short=7 HEAD)" --tag tandem .
#   docker run --publish 8080:8080 --publish 1935:1935 --volume tandem:/data tandem

FROM oven/bun:1.4.5-debian AS build
WORKDIR /tandem
COPY package.json bun.lock bunfig.toml tsconfig.json ./
COPY server/package.json server/
COPY media/package.json media/
COPY openapi/package.json openapi/
RUN bun install --frozen-lockfile --production
COPY media media
COPY openapi openapi
COPY server server
ARG COMMIT=""
RUN TANDEM_BUILD_COMMIT="$COMMIT" bun server/command/compile.ts

# Debian's ffmpeg with its security fixes, and of it only what makes a picture of an H.264 key frame: 3 MB, where the package
# brings two hundred others and 390 MB.
FROM debian:trixie-slim AS ffmpeg
WORKDIR /ffmpeg
# Debian keeps one version of each, the one with its security fixes; pinned, the image could not be built a month later.
# hadolint ignore=DL3008
RUN sed -i 's/^Types: deb$/Types: deb deb-src/' /etc/apt/sources.list.d/debian.sources \
  && apt-get update \
  && apt-get install --yes --no-install-recommends dpkg-dev gcc libc6-dev make nasm \
  && apt-get source ffmpeg \
  && mv ffmpeg-*/ source \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /ffmpeg/source
RUN ./configure --disable-everything --disable-autodetect --disable-network --disable-avdevice \
  --disable-doc --disable-debug --disable-ffplay --disable-ffprobe \
  --enable-protocol=pipe --enable-demuxer=h264 --enable-parser=h264 --enable-decoder=h264 \
  --enable-filter=scale,setsar,format --enable-encoder=mjpeg --enable-muxer=image2pipe \
  && make -j"$(nproc)" ffmpeg \
  && install -D --target-directory=/out/bin ffmpeg \
  && install -D --mode=0644 --target-directory=/out/doc COPYING.LGPLv2.1 debian/copyright debian/changelog

FROM debian:trixie-slim
RUN groupadd --gid 10001 tandem \
  && useradd --uid 10001 --gid tandem --home-dir /data --no-create-home --shell /usr/sbin/nologin tandem \
  && install --directory --owner=tandem --group=tandem --mode=0750 /data \
  && install --directory --owner=tandem --group=tandem --mode=0700 /var/cache/tandem
COPY --from=ffmpeg /out/bin/ffmpeg /usr/local/bin/ffmpeg
COPY --from=ffmpeg /out/doc /usr/share/doc/ffmpeg
COPY --from=build /tandem/dist/tandem /usr/local/bin/tandem
# The image library is unpacked once into the cache; with a read-only root file system, into a tmpfs on /tmp.
ENV TANDEM_DATA_DIR=/data XDG_CACHE_HOME=/var/cache
USER 10001:10001
VOLUME /data
EXPOSE 8080 1935 1936
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 CMD ["tandem", "healthcheck"]
ARG COMMIT=""
LABEL org.opencontainers.image.title="Tandem" \
  org.opencontainers.image.description="A live-streaming server with two-publisher redundancy: RTMP in, HLS out" \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.version="0.1.0" \
  org.opencontainers.image.revision="$COMMIT" \
  org.opencontainers.image.base.name="docker.io/library/debian:trixie-slim"
ENTRYPOINT ["tandem"]
CMD ["serve"]
