/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Every key of the configuration, in the order in which it is printed and documented. */
#include "base/config.h"

#define TEXT(name, value, help) { name, CONFIG_TEXT, value, 0, 0, help }
#define LIST(name, value, help) { name, CONFIG_LIST, value, 0, 0, help }
#define BOOLEAN(name, value, help) { name, CONFIG_BOOLEAN, value, 0, 0, help }
#define INTEGER(name, value, minimum, maximum, help) { name, CONFIG_INTEGER, value, minimum, maximum, help }
#define SIZE(name, value, minimum, maximum, help) { name, CONFIG_SIZE, value, minimum, maximum, help }
#define DURATION(name, value, minimum_ms, maximum_ms, help) { name, CONFIG_DURATION, value, minimum_ms, maximum_ms, help }

#define SECOND_MS 1000LL
#define HOUR_MS (3600 * SECOND_MS)
#define MEBIBYTE (1024LL * 1024)

static const struct config_key keys[] = {
	TEXT("instance.base_url", "http://127.0.0.1:8080", "Where people reach this server; ids are made from it and never change."),
	TEXT("instance.domain", "", "Account domain, the part after the @; empty: the host of base_url."),
	TEXT("instance.title", "Comptoir", "Name of the instance."),
	TEXT("instance.description", "Companies and their customers, on the fediverse.", "What the instance is for, in plain text."),
	TEXT("instance.contact_email", "", "Address that people may write to."),
	TEXT("instance.contact_account", "", "Local account to ask, such as admin."),
	TEXT("instance.source_url", "", "Where the source of the running version can be had, which its licence wants offered; empty: the about page says to ask."),
	LIST("instance.languages", "en, fr", "Languages spoken here, main one first."),
	TEXT("instance.registrations", "closed", "Who may sign up: open, approval, invitation or closed."),
	TEXT("dns.server", "", "Name server that is asked whether a domain is an organisation's, an IPv4 address with :PORT if it is not 53; empty: that of this machine."),
	TEXT("organisation.creation", "operator", "Who may found organisations: operator (`comptoir org create` only) or users."),
	BOOLEAN("posts.markdown", "false", "Whether what people type is Markdown; otherwise it is plain text."),
	TEXT("translation.url", "", "Address of a LibreTranslate server, which may be a private one; empty: posts are not translated."),
	TEXT("translation.api_key", "", "What that server wants to see."),
	BOOLEAN("instance.public_timelines", "true", "Whether the public timelines are shown to people who are not logged in."),
	TEXT("smtp.host", "", "Mail server that takes our mails; empty: none leaves, sign-up is by invitation, and links are printed by `comptoir account`."),
	INTEGER("smtp.port", "587", 1, 65535, "Its port: 587 with STARTTLS, 465 with TLS."),
	TEXT("smtp.security", "starttls", "How the way to it is protected: starttls, tls, or none (loopback only)."),
	TEXT("smtp.username", "", "Name to log in with there; empty: without."),
	TEXT("smtp.password", "", "Password to log in with there."),
	TEXT("smtp.from", "", "Sender of our mails, such as noreply@company.example; empty: noreply@ and the host of base_url."),
	BOOLEAN("instance.shows_peers", "true", "Whether the names of the servers that we exchange with are told."),
	TEXT("instance.privacy_policy", "", "Markdown file with the privacy policy; empty: a short one that says what this program keeps."),
	TEXT("instance.terms_of_service", "", "Markdown file with the terms of service; empty: none."),
	TEXT("data.directory", "/var/lib/comptoir", "Where the database cluster, keys and media lie."),
	TEXT("data.key_file", "", "Key that encrypts private keys and two-factor secrets; empty: secret.key in the data directory."),
	TEXT("audit.heads_file", "", "Where the heads of the audit logs are written every hour; empty: audit-heads in the data directory."),
	TEXT("media.directory", "", "Where uploaded and copied files lie; empty: media in the data directory."),
	TEXT("media.helper", "", "The program that decodes pictures; empty: comptoir-media beside this program."),
	TEXT("media.user", "comptoir-media", "User that decoders run as where root starts the program; without such a user, as its own."),
	TEXT("media.ffmpeg", "/usr/bin/ffmpeg", "ffmpeg, with ffprobe beside it, for films and sounds; empty: they are kept as they come."),
	SIZE("media.file_limit", "40m", MEBIBYTE, 40 * MEBIBYTE, "What one film or sound may take."),
	INTEGER("media.video_pixels", "8294400", 76800, 33177600, "Pixels of a picture of a film."),
	INTEGER("media.video_frame_rate", "120", 1, 1000, "Pictures of a film per second."),
	DURATION("media.duration", "6h", 1000, 24 * HOUR_MS, "How long a film or a sound may last."),
	SIZE("media.quota", "5g", MEBIBYTE, 1024 * 1024 * MEBIBYTE, "What the files of one account may take."),
	SIZE("media.uploads_in_memory", "256m", 48 * MEBIBYTE, 64 * 1024 * MEBIBYTE, "Large request bodies under way at a time, in sum; beyond that 503."),
	TEXT("media.s3_endpoint", "", "http(s):// and host of an S3 store that keeps the files instead; empty: the directory."),
	TEXT("media.s3_bucket", "", "Bucket of the S3 store."),
	TEXT("media.s3_region", "us-east-1", "Region of the S3 store."),
	TEXT("media.s3_access_key", "", "Key id for the S3 store."),
	TEXT("media.s3_secret_key", "", "Secret key for the S3 store."),
	TEXT("media.s3_public_url", "", "Where clients find the bucket's objects; empty: they get signed URLs."),
	TEXT("database.url", "", "libpq connection string of a PostgreSQL 15 or later; empty: the embedded cluster."),
	TEXT("database.owner_url", "", "Connection string of the role that owns the tables, for migrations; empty: database.url."),
	TEXT("database.binaries", "", "Folder of initdb and postgres; empty: the newest of the system."),
	DURATION("database.connect_timeout", "1s", 100, 60 * SECOND_MS, "How long one connection attempt may take."),
	DURATION("database.statement_timeout", "5s", 100, HOUR_MS, "Longest statement of an API worker."),
	DURATION("database.slow_statement_timeout", "60s", 100, 24 * HOUR_MS, "Longest statement of a slow worker."),
	LIST("http.listen", "127.0.0.1:8080", "Addresses with port, [v6]:port, or unix:/path of a socket."),
	LIST("http.trusted_proxies", "", "ADDRESS[/BITS] entries, or unix, whose X-Forwarded-For and X-Forwarded-Proto are believed."),
	TEXT("http.tls_certificate", "", "PEM file with the certificate chain; empty: no TLS here."),
	TEXT("http.tls_key", "", "PEM file with the private key of the certificate."),
	INTEGER("http.loops", "0", 0, 64, "Event loops; 0: one per core."),
	INTEGER("http.api_workers", "0", 0, 256, "Threads for API requests; 0: two per core."),
	INTEGER("http.slow_workers", "1", 1, 64, "Threads for search, exports and long lists."),
	INTEGER("http.queue_limit", "512", 1, 100000, "Requests that may wait for a worker; beyond: 503 with Retry-After."),
	INTEGER("http.max_connections", "20000", 16, 1000000, "Open connections in total."),
	INTEGER("http.max_connections_per_address", "500", 1, 1000000, "Open connections of one IPv4 address or IPv6 /64."),
	INTEGER("http.max_requests_per_connection", "10000", 1, 1000000000, "Requests on one connection before it is closed."),
	DURATION("http.header_timeout", "20s", 100, HOUR_MS, "From the first byte of a request to the end of its head."),
	DURATION("http.request_timeout", "120s", 100, HOUR_MS, "From the first byte of a request to the end of its body."),
	DURATION("http.idle_timeout", "60s", 100, HOUR_MS, "How long a connection may wait between requests."),
	DURATION("http.write_timeout", "60s", 100, HOUR_MS, "How long a reader may take none of the answer."),
	INTEGER("http.min_body_rate", "1024", 1, 1000000000, "Slowest body accepted, bytes per second after the first 10 seconds."),
	DURATION("http.drain_timeout", "10s", 0, HOUR_MS, "How long requests under way may go on after SIGTERM."),
	SIZE("http.document_cache", "8m", 0, 1024 * MEBIBYTE, "Memory for rendered public documents."),
	SIZE("http.timeline_cache", "64m", 0, 16 * 1024 * MEBIBYTE, "Memory for timelines, notifications and posts that are answered again."),
	LIST("limits.exempt_addresses", "", "ADDRESS[/BITS] entries that no rate limit counts; for tests and demonstrations."),
	TEXT("metrics.listen", "127.0.0.1:9464", "Loopback address for /metrics; empty: none."),
	TEXT("log.format", "json", "json: one object a line; human: for terminals."),
	TEXT("log.level", "info", "error, warning, info or debug."),
	TEXT("service.user", "comptoir", "User that the program becomes when root starts it."),
	TEXT("federation.mode", "open", "Whom we exchange with: open (everybody but blocked domains), allow_list (domains of `comptoir domain allow` only) or closed (nobody)."),
	BOOLEAN("federation.authorized_fetch", "false", "Whether ActivityPub documents are for peers that sign their requests only; actors then show their keys to others and no more."),
	INTEGER("jobs.workers", "4", 1, 8, "Threads that send mail, publish what was scheduled, read previews and the like."),
	INTEGER("federation.inbox_workers", "0", 0, 64, "Threads that handle what came in; 0: one per core."),
	INTEGER("federation.fetch_workers", "4", 1, 64, "Threads that read documents of other servers."),
	LIST("federation.allow_addresses", "", "ADDRESS[/BITS][:PORT] entries reachable over plain http in development; BITS for loopback only."),
	TEXT("federation.ca_file", "", "PEM file with one more certificate authority to believe."),
	DURATION("retention.activities", "7d", 0, 3650 * 24 * HOUR_MS, "How long handled activities and sent bodies are kept; 0s: for ever."),
	DURATION("retention.deliveries", "90d", 0, 3650 * 24 * HOUR_MS, "How long delivery receipts are kept before they become sums; 0s: for ever."),
	DURATION("retention.notifications", "180d", 0, 3650 * 24 * HOUR_MS, "How long notifications that were read are kept, and lists of lost followers; 0s: for ever."),
	DURATION("retention.remote_media", "14d", HOUR_MS, 3650 * 24 * HOUR_MS, "How long copies of pictures of other servers are kept before they are fetched anew."),
	DURATION("retention.remote_posts", "180d", 0, 3650 * 24 * HOUR_MS, "How long posts of other servers that nobody here touched are kept; 0s: for ever."),
};

const struct config_key *config_keys(size_t *ret_count)
{
	*ret_count = sizeof(keys) / sizeof(keys[0]);
	return keys;
}
