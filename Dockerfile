# The server as an image: the package that `npm pack` makes, on Node, and nothing else. docs/deploy.md says how it is built
# and run; `npm run dockerfile` follows these steps where there is no engine.

FROM node:24.21.0-trixie-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
# A package has no dependencies, since its bundle contains them, and no times, so that the same sources make the same files.
RUN npm pack && tar -xzf jobalyzer-graphql-*.tgz && mkdir data

FROM node:24.21.0-trixie-slim
WORKDIR /app
COPY --from=build /build/package ./
# Where the embedded ledger is. With DATABASE_URL nothing is written there.
COPY --from=build --chown=1000:1000 /build/data /data
# As set here, a container serves its network, and nothing invented.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=4000 DATA_DIR=/data
USER 1000:1000
VOLUME /data
EXPOSE 4000
# A process that responds is alive; /readyz says whether it should get requests.
HEALTHCHECK --interval=5s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# The server handles signals itself, also as the first process, and has no child processes that an init would have to wait for.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "/app/bin/jobalyzer-graphql.cjs"]
