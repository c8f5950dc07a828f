/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * comptoir check: asks everything that commonly goes wrong and says how to mend it. Changes nothing. */
#include "server/action/instance_setup.h"
#include "server/app.h"
#include "server/ctl/context.h"
#include "server/ctl/listen_probe.h"
#include "server/ctl/nouns.h"
#include "server/media/film.h"
#include "server/media/helper.h"
#include "server/privileges.h"

#include "base/clock.h"
#include "base/net_address.h"
#include "base/secret_box.h"
#include "base/url.h"
#include "storage/actor.h"
#include "storage/cluster.h"
#include "storage/migrate.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/statvfs.h>
#include <sys/timex.h>

#define FINDINGS_MAX 32
#define CERTIFICATE_WARNING_DAYS 14

enum verdict { VERDICT_OK, VERDICT_WARNING, VERDICT_FAILURE };

struct finding {
	const char *subject;
	enum verdict verdict;
	enum error error; /* what the exit code is made of */
	struct str text;
};

struct report {
	struct invocation *invocation;
	struct finding findings[FINDINGS_MAX];
	size_t count;
};

static void add(struct report *report, const char *subject, enum verdict verdict, enum error error, const char *format, ...)
	PRINTF_LIKE(5, 6);
static void add(struct report *report, const char *subject, enum verdict verdict, enum error error, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	struct str text = arena_vprintf(report->invocation->arena, format, arguments);
	va_end(arguments);
	if (report->count < FINDINGS_MAX)
		report->findings[report->count++] = (struct finding){ subject, verdict, error, text };
}

static void check_configuration(struct report *report)
{
	const struct config *config = ctl_config(report->invocation);
	const char *path = ctl_config_path(report->invocation);
	bool is_plain = str_starts_with(str_from(config_text(config, "instance.base_url")), str_from("http://"));
	if (config_warning(config))
		add(report, "configuration", VERDICT_WARNING, ERROR_NONE, "%s", config_warning(config));
	else
		add(report, "configuration", VERDICT_OK, ERROR_NONE, "%s", path ? path : "no file, built-in values and environment");
	if (is_plain)
		add(report, "base url", VERDICT_WARNING, ERROR_NONE,
			"%s is for development on this machine only; set instance.base_url to https:// and your host",
			config_text(config, "instance.base_url"));
	if (!config_text(config, "http.tls_certificate")[0] != !config_text(config, "http.tls_key")[0])
		add(report, "certificate", VERDICT_FAILURE, ERROR_CONFIGURATION,
			"http.tls_certificate and http.tls_key belong together: set both or none");
}

static void check_directory(struct report *report)
{
	struct arena *arena = report->invocation->arena;
	const char *path = config_text(ctl_config(report->invocation), "data.directory");
	struct str message = { 0 };
	if (privileges_check_directory(path, arena, &message) != ERROR_NONE) {
		add(report, "directory", VERDICT_FAILURE, ERROR_CONFIGURATION, "%.*s", STR_ARG(message));
		return;
	}
	struct statvfs space;
	if (statvfs(path, &space) == 0 && space.f_blocks > 0 && space.f_bavail * 20 < space.f_blocks)
		add(report, "directory", VERDICT_WARNING, ERROR_NONE, "%s: less than 5 %% of the disk is free; make room", path);
	else
		add(report, "directory", VERDICT_OK, ERROR_NONE, "%s", path);

	struct secret_box *box = NULL;
	const char *key_file = app_key_file(ctl_config(report->invocation), arena);
	if (secret_box_open(key_file, false, arena, &box, &message) == ERROR_NONE)
		add(report, "key file", VERDICT_OK, ERROR_NONE, "%s; keep a copy apart from the database's backup", key_file);
	else
		add(report, "key file", VERDICT_WARNING, ERROR_NONE,
			"%.*s (a first start makes it; later it must come back from a backup)", STR_ARG(message));
	secret_box_close(&box);
}

static void check_names_of_database(struct report *report)
{
	struct invocation *invocation = report->invocation;
	struct str message = { 0 };
	enum error error = instance_check_names(ctl_db(invocation), invocation->arena, ctl_config(invocation), &message);
	if (error)
		add(report, "names", VERDICT_FAILURE, error == ERROR_CONFIGURATION ? error : ERROR_DATABASE, "%.*s",
			STR_ARG(message.len ? message : str_from(error_text(error))));
	else
		add(report, "names", VERDICT_OK, ERROR_NONE, "instance.base_url and instance.domain fit the database");
}

static void check_contact(struct report *report)
{
	struct invocation *invocation = report->invocation;
	struct str base_url, authority, domain;
	struct str handle = str_from(config_text(ctl_config(invocation), "instance.contact_account"));
	struct actor actor;
	if (handle.len == 0)
		return;
	app_instance_names(ctl_config(invocation), invocation->arena, &base_url, &authority, &domain);
	struct str name = handle.data[0] == '@' ? str_slice(handle, 1, handle.len) : handle;
	size_t at = str_index_of(name, '@', 0);
	if (at < name.len)
		domain = str_slice(name, at + 1, name.len);
	enum error error = actor_find_local(ctl_db(invocation), invocation->arena, str_slice(name, 0, at), domain, &actor);
	if (error == ERROR_NOT_FOUND)
		add(report, "contact", VERDICT_WARNING, ERROR_NONE,
			"instance.contact_account names %.*s, and there is no such account here: `comptoir account list` shows them all",
			STR_ARG(handle));
	else if (error)
		add(report, "contact", VERDICT_FAILURE, ERROR_DATABASE, "%s", error_text(error));
	else
		add(report, "contact", VERDICT_OK, ERROR_NONE, "%.*s", STR_ARG(handle));
}

static void check_database(struct report *report)
{
	struct invocation *invocation = report->invocation;
	struct str message = { 0 };
	bool is_embedded = cluster_is_wanted(ctl_config(invocation));
	/* What it complains about goes to standard error as well. */
	enum error error = ctl_open_database(invocation, false);
	if (error) {
		add(report, "database", VERDICT_FAILURE, ERROR_DATABASE, "%s",
			is_embedded ? "our own cluster does not run: `comptoir db init` makes it, its log is in data.directory"
				    : "no answer: check database.url and that PostgreSQL runs");
		return;
	}
	add(report, "database", VERDICT_OK, ERROR_NONE, "%s answers", is_embedded ? "our own cluster" : "database.url");
	error = migrate_check(ctl_db(invocation), invocation->arena, &message);
	if (error)
		add(report, "schema", VERDICT_FAILURE, ERROR_DATABASE, "%.*s", STR_ARG(message.len ? message : str_from(error_text(error))));
	else
		add(report, "schema", VERDICT_OK, ERROR_NONE, "up to date");
	if (error)
		return;
	check_names_of_database(report);
	check_contact(report);
}

static void check_listen(struct report *report)
{
	struct arena *arena = report->invocation->arena;
	const struct config *config = ctl_config(report->invocation);
	const struct str *items;
	size_t count = config_list(config, "http.listen", &items);
	bool has_tls = config_text(config, "http.tls_certificate")[0] != '\0';
	struct str base_url, authority, domain;
	app_instance_names(config, arena, &base_url, &authority, &domain);
	for (size_t i = 0; i < count; i++) {
		switch (listen_probe(arena, items[i], base_url, authority)) {
		case LISTEN_FREE:
			add(report, "listen", VERDICT_OK, ERROR_NONE, "%.*s is free", STR_ARG(items[i]));
			break;
		case LISTEN_OURS:
			add(report, "listen", VERDICT_OK, ERROR_NONE, "%.*s: this instance is running there", STR_ARG(items[i]));
			break;
		case LISTEN_TAKEN:
			if (has_tls)
				add(report, "listen", VERDICT_WARNING, ERROR_NONE, "%.*s is in use; is Comptoir running?", STR_ARG(items[i]));
			else
				add(report, "listen", VERDICT_FAILURE, ERROR_CONFIGURATION,
					"%.*s is in use, and this instance does not answer there: end the other program or change http.listen",
					STR_ARG(items[i]));
			break;
		case LISTEN_FORBIDDEN:
			add(report, "listen", VERDICT_WARNING, ERROR_NONE,
				"%.*s is not for this user to listen on; the service needs CAP_NET_BIND_SERVICE for it", STR_ARG(items[i]));
			break;
		case LISTEN_FAILED:
			add(report, "listen", VERDICT_FAILURE, ERROR_CONFIGURATION, "%.*s: %s: change http.listen", STR_ARG(items[i]),
				strerror(errno));
			break;
		}
	}
}

/* Signatures carry the time: peers refuse what is an hour off. */
static void check_clock(struct report *report)
{
	struct timex state = { 0 };
	int result = adjtimex(&state);
	if (clock_now_us() < (int64_t)1735689600 * 1000000)
		add(report, "clock", VERDICT_FAILURE, ERROR_INTERNAL, "the clock stands before 2025; set it (timedatectl set-ntp true)");
	else if (result < 0 || (state.status & STA_UNSYNC))
		add(report, "clock", VERDICT_WARNING, ERROR_NONE,
			"the kernel does not call the clock synchronised; run systemd-timesyncd or chrony (timedatectl set-ntp true)");
	else
		add(report, "clock", VERDICT_OK, ERROR_NONE, "synchronised");
}

static void check_name(struct report *report, struct str host)
{
	struct arena *arena = report->invocation->arena;
	struct addrinfo *found = NULL;
	const struct addrinfo wanted = { .ai_socktype = SOCK_STREAM, .ai_family = AF_UNSPEC };
	int result = getaddrinfo(arena_c_string(arena, host), NULL, &wanted, &found);
	if (result != 0) {
		add(report, "dns", VERDICT_FAILURE, ERROR_INTERNAL, "%.*s is not found (%s): make an A or AAAA record for it", STR_ARG(host),
			gai_strerror(result));
		return;
	}
	struct net_address address = net_address_from_sockaddr(found->ai_addr, found->ai_addrlen);
	char text[NET_ADDRESS_MAX_TEXT];
	struct str shown = net_address_text(&address, text);
	if (net_address_is_loopback(&address))
		add(report, "dns", VERDICT_WARNING, ERROR_NONE, "%.*s leads to %.*s: other servers will not find it", STR_ARG(host),
			STR_ARG(shown));
	else
		add(report, "dns", VERDICT_OK, ERROR_NONE, "%.*s leads to %.*s", STR_ARG(host), STR_ARG(shown));
	freeaddrinfo(found);
}

static void check_dns(struct report *report)
{
	struct str base_url, authority, domain;
	struct arena *arena = report->invocation->arena;
	struct net_address address;
	app_instance_names(ctl_config(report->invocation), arena, &base_url, &authority, &domain);
	struct url url;
	if (!url_parse(arena, base_url, &url))
		return;
	if (net_address_parse(url.host, &address)) {
		add(report, "dns", VERDICT_OK, ERROR_NONE, "%.*s is an address", STR_ARG(url.host));
		return;
	}
	check_name(report, url.host);
	if (!str_eq(domain, authority))
		check_name(report, str_slice(domain, 0, str_index_of(domain, ':', 0)));
}

static X509 *read_certificate(const char *path)
{
	FILE *file = fopen(path, "re");
	X509 *certificate = file ? PEM_read_X509(file, NULL, NULL, NULL) : NULL;
	if (file)
		fclose(file);
	ERR_clear_error();
	return certificate;
}

static void check_certificate(struct report *report)
{
	const struct config *config = ctl_config(report->invocation);
	const char *path = config_text(config, "http.tls_certificate");
	struct url url;
	if (!path[0])
		return;
	X509 *certificate = read_certificate(path);
	if (!certificate) {
		add(report, "certificate", VERDICT_FAILURE, ERROR_CONFIGURATION, "%s cannot be read as a PEM certificate by this user", path);
		return;
	}
	int days = 0, seconds = 0;
	if (!ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(certificate)))
		add(report, "certificate", VERDICT_FAILURE, ERROR_CONFIGURATION, "%s has no valid end", path);
	else if (days < 0 || seconds < 0)
		add(report, "certificate", VERDICT_FAILURE, ERROR_CONFIGURATION, "%s has expired: renew it", path);
	else if (days < CERTIFICATE_WARNING_DAYS)
		add(report, "certificate", VERDICT_WARNING, ERROR_NONE, "%s ends in %d days: renew it", path, days);
	else
		add(report, "certificate", VERDICT_OK, ERROR_NONE, "%s is good for %d days", path, days);
	if (url_parse(report->invocation->arena, str_from(config_text(config, "instance.base_url")), &url) &&
		X509_check_host(certificate, url.host.data, url.host.len, 0, NULL) != 1)
		add(report, "certificate", VERDICT_FAILURE, ERROR_CONFIGURATION, "%s is not for %.*s: get one for that name", path,
			STR_ARG(url.host));
	X509_free(certificate);
}

static void check_authority(struct report *report)
{
	const char *path = config_text(ctl_config(report->invocation), "federation.ca_file");
	if (!path[0])
		return;
	X509 *certificate = read_certificate(path);
	if (certificate)
		add(report, "ca file", VERDICT_OK, ERROR_NONE, "%s", path);
	else
		add(report, "ca file", VERDICT_FAILURE, ERROR_CONFIGURATION,
			"federation.ca_file: %s cannot be read as a PEM certificate by this user", path);
	X509_free(certificate);
}

static void check_films(struct report *report)
{
	const char *reason = "";
	struct film_studio *studio = film_studio_new(ctl_config(report->invocation));
	enum error error = film_studio_check(studio, report->invocation->arena, &reason);
	film_studio_free(&studio);
	if (error)
		add(report, "films", VERDICT_WARNING, ERROR_NONE,
			"films and sounds are kept as they come, with what they tell of their makers, and without preview: %s", reason);
	else
		add(report, "films", VERDICT_OK, ERROR_NONE, "made anew by %s behind Landlock and seccomp", config_text(ctl_config(report->invocation),
			"media.ffmpeg"));
}

/* What stands between decoders of pictures and the rest of the machine. */
static void check_media(struct report *report)
{
	unsigned walls = 0;
	struct media_helper *helper = media_helper_new(ctl_config(report->invocation));
	enum error error = media_helper_check(helper, &walls);
	struct str text = arena_printf(report->invocation->arena, "seccomp %s, Landlock %s, limits %s, no new privileges %s, own user %s",
		walls & MEDIA_WALL_SECCOMP ? "yes" : "no", walls & MEDIA_WALL_LANDLOCK ? "yes" : "no",
		walls & MEDIA_WALL_LIMITS ? "yes" : "no", walls & MEDIA_WALL_PRIVILEGES ? "yes" : "no",
		walls & MEDIA_WALL_USER ? "yes" : "no");
	media_helper_free(&helper);
	if (error && walls == 0)
		add(report, "media helper", VERDICT_WARNING, ERROR_NONE,
			"comptoir-media does not start: uploads are refused; it stands beside this program, or media.helper names it");
	else if (error)
		add(report, "media helper", VERDICT_WARNING, ERROR_NONE, "uploads are refused, since no wall keeps it in: %.*s", STR_ARG(text));
	else
		add(report, "media helper", VERDICT_OK, ERROR_NONE, "walls: %.*s", STR_ARG(text));
}

static const char *verdict_name(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_OK:
		return "ok";
	case VERDICT_WARNING:
		return "warning";
	case VERDICT_FAILURE:
		break;
	}
	return "failure";
}

static void write_report(const struct report *report, struct buf *out)
{
	struct ctl_table table;
	ctl_table_init(&table, report->invocation->arena, 3);
	for (size_t i = 0; i < report->count; i++) {
		ctl_table_add(&table, str_from(verdict_name(report->findings[i].verdict)));
		ctl_table_add(&table, str_from(report->findings[i].subject));
		ctl_table_add(&table, report->findings[i].text);
	}
	ctl_table_write(&table, out);
}

static void write_report_json(const struct report *report, struct buf *out)
{
	struct json_out json;
	json_out_init(&json, out);
	json_out_array_begin(&json);
	for (size_t i = 0; i < report->count; i++) {
		json_out_object_begin(&json);
		json_out_key_c_string(&json, "subject", report->findings[i].subject);
		json_out_key_c_string(&json, "verdict", verdict_name(report->findings[i].verdict));
		json_out_key_str(&json, "text", report->findings[i].text);
		json_out_object_end(&json);
	}
	json_out_array_end(&json);
	buf_add_char(out, '\n');
}

/* A broken configuration comes before a broken database, that before the rest. */
static enum error worst(const struct report *report)
{
	static const enum error order[] = { ERROR_CONFIGURATION, ERROR_DATABASE, ERROR_INTERNAL };
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		for (size_t j = 0; j < report->count; j++)
			if (report->findings[j].verdict == VERDICT_FAILURE && report->findings[j].error == order[i])
				return order[i];
	return ERROR_NONE;
}

static enum error run(struct invocation *invocation)
{
	enum error error = ctl_open_config(invocation);
	if (error)
		return error;
	struct report report = { .invocation = invocation };
	check_configuration(&report);
	check_directory(&report);
	check_database(&report);
	check_clock(&report);
	check_dns(&report);
	check_certificate(&report);
	check_authority(&report);
	check_listen(&report);
	check_media(&report);
	check_films(&report);
	AUTO(buf) struct buf out = { 0 };
	if (invocation->is_json)
		write_report_json(&report, &out);
	else
		write_report(&report, &out);
	error = ctl_print(&out);
	return error ? error : worst(&report);
}

const struct command command_check = {
	.noun = "check",
	.flags = COMMAND_HAS_JSON,
	.summary = "Checks configuration, directories, database, clock, names, certificates and addresses",
	.details = "One line for each: ok, warning or failure, with what to do about it. Changes nothing. Warnings end with 0;\n"
		"failures with 3 (configuration, directories, names, certificates, addresses to listen on), 4 (database) or 1 (clock, DNS).\n"
		"\nExample:\n"
		"  comptoir check --config /etc/comptoir/comptoir.conf\n",
	.run = run,
};
