/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Whatever is not ASCII is base64, in headers and in the text, so that nothing that people wrote can become a header. */
#include "server/mail/smtp.h"

#include "base/clock.h"
#include "base/encoding.h"
#include "base/log.h"
#include "base/net_address.h"
#include "base/random.h"
#include "base/time_format.h"

#include <curl/curl.h>
#include <string.h>

#define TIMEOUT_S 60L
#define CONNECT_TIMEOUT_S 20L
#define LINE_BYTES 76
#define WORD_BYTES 39 /* of text, so that an encoded word stays under 75 (RFC 2047, 2) */

static void curl_handle_auto(CURL **handle)
{
	if (*handle)
		curl_easy_cleanup(*handle);
}

static void curl_list_auto(struct curl_slist **list)
{
	curl_slist_free_all(*list);
}

/* RFC 2047; words are cut between characters. */
static void add_encoded(struct buf *out, struct arena *arena, struct str text)
{
	for (size_t from = 0; from < text.len;) {
		size_t to = text.len - from > WORD_BYTES ? from + WORD_BYTES : text.len;
		while (to < text.len && to > from + 1 && ((unsigned char)text.data[to] & 0xc0) == 0x80)
			to--;
		buf_add_c_string(out, from ? "\r\n =?UTF-8?B?" : "=?UTF-8?B?");
		buf_add_str(out, base64_encode(arena, str_slice(text, from, to)));
		buf_add_c_string(out, "?=");
		from = to;
	}
}

static void add_body(struct buf *out, struct arena *arena, struct str text)
{
	AUTO(buf) struct buf lines = { 0 };
	for (size_t i = 0; i < text.len; i++) {
		if (text.data[i] == '\n')
			buf_add_char(&lines, '\r');
		buf_add_char(&lines, text.data[i]);
	}
	struct str encoded = base64_encode(arena, buf_str(&lines));
	for (size_t from = 0; from < encoded.len; from += LINE_BYTES) {
		buf_add_str(out, str_slice(encoded, from, from + LINE_BYTES));
		buf_add_c_string(out, "\r\n");
	}
}

static void add_address(struct buf *out, const char *label, struct str address)
{
	buf_add_c_string(out, label);
	buf_add_char(out, '<');
	buf_add_str(out, address);
	buf_add_c_string(out, ">\r\n");
}

struct str smtp_write_message(struct arena *arena, struct str from, const struct smtp_mail *mail)
{
	AUTO(buf) struct buf out = { 0 };
	char date[TIME_HTTP_DATE_LEN + 1];
	time_write_http_date(clock_now_us(), date);
	buf_add_c_string(&out, "From: ");
	add_encoded(&out, arena, mail->sender_name);
	add_address(&out, " ", from);
	add_address(&out, "To: ", mail->to);
	buf_add_c_string(&out, "Subject: ");
	add_encoded(&out, arena, mail->subject);
	buf_add_printf(&out, "\r\nDate: %.*s +0000\r\n", TIME_HTTP_DATE_LEN - 4, date);
	add_address(&out, "Message-ID: ", arena_printf(arena, "%.*s@%.*s", STR_ARG(random_uuid(arena)), STR_ARG(mail->domain)));
	buf_add_c_string(&out, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
		"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n");
	add_body(&out, arena, mail->text);
	return arena_str(arena, buf_str(&out));
}

struct message_reader {
	struct str rest;
};

static size_t read_message(char *buffer, size_t size, size_t count, void *argument)
{
	struct message_reader *reader = argument;
	size_t len = size * count < reader->rest.len ? size * count : reader->rest.len;
	if (len)
		memcpy(buffer, reader->rest.data, len);
	reader->rest = str_slice(reader->rest, len, reader->rest.len);
	return len;
}

static bool is_loopback(const char *host)
{
	struct net_address address;
	return str_eq(str_from(host), STR_LITERAL("localhost")) ||
		(net_address_parse(str_from(host), &address) && net_address_is_loopback(&address));
}

/* Passwords and links go over a protected way, or stay on this machine. */
static bool set_security(CURL *curl, const struct config *config, struct arena *arena, struct str domain)
{
	const char *host = config_text(config, "smtp.host"), *security = config_text(config, "smtp.security");
	bool is_tls = strcmp(security, "tls") == 0, is_plain = strcmp(security, "none") == 0;
	if (is_plain && !is_loopback(host))
		return false;
	struct str url = arena_printf(arena, "%s://%s:%lld/%.*s", is_tls ? "smtps" : "smtp", host,
		(long long)config_integer(config, "smtp.port"), STR_ARG(domain));
	curl_easy_setopt(curl, CURLOPT_URL, arena_c_string(arena, url));
	curl_easy_setopt(curl, CURLOPT_USE_SSL, (long)(is_plain ? CURLUSESSL_NONE : CURLUSESSL_ALL));
	if (config_text(config, "smtp.username")[0]) {
		curl_easy_setopt(curl, CURLOPT_USERNAME, config_text(config, "smtp.username"));
		curl_easy_setopt(curl, CURLOPT_PASSWORD, config_text(config, "smtp.password"));
	}
	return true;
}

static enum error judge(CURL *curl, CURLcode code)
{
	long answer = 0;
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
	if (code == CURLE_OK)
		return ERROR_NONE;
	bool is_refused = answer >= 500 && code != CURLE_LOGIN_DENIED;
	log_event(LOG_LEVEL_WARNING, "mail_not_sent", LOG_TEXT("reason", curl_easy_strerror(code)), LOG_INT("answer", answer));
	return is_refused ? ERROR_GONE : ERROR_UNAVAILABLE;
}

enum error smtp_send(const struct config *config, struct arena *arena, const struct smtp_mail *mail)
{
	__attribute__((cleanup(curl_handle_auto))) CURL *curl = curl_easy_init();
	__attribute__((cleanup(curl_list_auto))) struct curl_slist *recipients = NULL;
	struct str from = str_from(config_text(config, "smtp.from"));
	if (!curl)
		return ERROR_INTERNAL;
	if (!from.len)
		from = arena_printf(arena, "noreply@%.*s", STR_ARG(mail->domain));
	if (!set_security(curl, config, arena, mail->domain)) {
		log_event(LOG_LEVEL_ERROR, "mail_unprotected", LOG_TEXT("host", config_text(config, "smtp.host")));
		return ERROR_CONFIGURATION;
	}
	struct message_reader reader = { smtp_write_message(arena, from, mail) };
	recipients = curl_slist_append(recipients, arena_c_string(arena, mail->to));
	curl_easy_setopt(curl, CURLOPT_MAIL_FROM, arena_c_string(arena, from));
	curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
	curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, read_message);
	curl_easy_setopt(curl, CURLOPT_READDATA, &reader);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_TIMEOUT_S);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, TIMEOUT_S);
	return judge(curl, curl_easy_perform(curl));
}
