# Tandem from its sources. Nothing is compiled: Bun runs them as they are.

FROM oven/bun:1.4.5-debian AS packages
WORKDIR /tandem
COPY package.json bun.lock bunfig.toml ./
COPY server/package.json server/
COPY media/package.json media/
COPY openapi/package.json openapi/
RUN bun install --frozen-lockfile --production

FROM oven/bun:1.4.5-debian
WORKDIR /tandem
COPY --from=packages /tandem ./
COPY media media
COPY openapi openapi
COPY server server
RUN install --directory --owner=bun --group=bun --mode=0750 /data
ENV NODE_ENV=production TANDEM_DATA_DIR=/data
USER bun
VOLUME /data
EXPOSE 8080 1935
STOPSIGNAL SIGTERM
ENTRYPOINT ["bun", "server/main.ts"]
CMD ["serve"]
