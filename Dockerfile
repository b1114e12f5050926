# The same steps as on a machine: ./run installs, builds and packs; the second stage installs the package.
FROM debian:bookworm-slim AS build
WORKDIR /crawler
COPY . .
RUN ./run package

FROM debian:bookworm-slim
COPY --from=build /crawler/build/package/*.deb /tmp/
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends /tmp/*.deb \
    && rm -rf /tmp/*.deb /var/lib/apt/lists/* \
    && useradd --create-home crawler
USER crawler
WORKDIR /home/crawler
ENTRYPOINT ["crawler"]
