# Daybook alone: PostgreSQL runs elsewhere (compose.yaml shows how), so DATABASE_URL and DAYBOOK_SECRET are required.
FROM golang:1.26 AS build
# Passed on when the machine that builds reaches modules through a proxy of its own: --build-arg GOPROXY.
ARG GOPROXY
WORKDIR /src
# The modules are a layer of their own: they change seldom, the code often.
COPY go.mod go.sum ./
RUN go mod download
COPY . .
# Static, so that it runs on any base. It brings its own time zones.
RUN CGO_ENABLED=0 go build -buildvcs=false -trimpath -ldflags "-s -w" -o /daybook .

FROM alpine:3.22
# PostgreSQL's client programs are for `daybook backup` and `daybook restore`: at least the major version of the server.
RUN apk add --no-cache ca-certificates postgresql17-client \
	&& adduser -S -D -H -u 10001 -h /var/lib/daybook -G nogroup daybook \
	&& install -d -m 0700 -o daybook -g nogroup /var/lib/daybook
COPY --from=build /daybook /usr/local/bin/daybook
USER 10001
# A container has an address of its own; who may reach it is decided where its port is published.
ENV DAYBOOK_LISTEN=0.0.0.0:8080 DAYBOOK_DATA=/var/lib/daybook
EXPOSE 8080
# Alive, not ready: a container is not restarted because its database is.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD wget -q -O /dev/null "http://127.0.0.1:${DAYBOOK_LISTEN##*:}/healthz"
ENTRYPOINT ["daybook"]
CMD ["serve"]
