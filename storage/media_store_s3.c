/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Objects in a bucket of an S3 store, by libcurl, which signs requests with AWS Signature Version 4. Each call is one
 * request on a connection of its own: uploads are rare beside what they cost. */
#include "storage/media_store_kind.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/mutant.h"
#include "base/time_format.h"

#include <curl/curl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define OBJECT_MAX_BYTES ((size_t)64 * 1024 * 1024)
#define TIMEOUT_MS 60000L
#define CONNECT_TIMEOUT_MS 5000L
#define REDIRECT_SECONDS 3600
#define PAGE_MAX_NAMES 1000
#define LISTED_MAX_NAMES 100000
#define SHARDS_OF_A_LETTER 64
#define DAY_US 86400000000LL

struct s3_store {
	struct media_store store;
	struct arena *arena;
	struct str endpoint; /* with scheme, without trailing slash */
	struct str host;     /* of the endpoint, with port */
	struct str bucket, region, access_key, secret_key;
	struct str public_url; /* where clients find the objects; empty: by signed URLs */
};

static struct s3_store *of(struct media_store *store)
{
	return (struct s3_store *)(void *)store;
}

struct transfer {
	struct str body;
	size_t sent;
	struct buf received;
	bool is_too_large;
};

static size_t send_some(char *ret_bytes, size_t size, size_t count, void *argument)
{
	struct transfer *transfer = argument;
	size_t left = transfer->body.len - transfer->sent, room = size * count;
	size_t now = left < room ? left : room;
	if (now)
		memcpy(ret_bytes, transfer->body.data + transfer->sent, now);
	transfer->sent += now;
	return now;
}

static size_t receive_some(char *bytes, size_t size, size_t count, void *argument)
{
	struct transfer *transfer = argument;
	if (transfer->received.len + size * count > OBJECT_MAX_BYTES) {
		transfer->is_too_large = true;
		return 0;
	}
	buf_add(&transfer->received, bytes, size * count);
	return size * count;
}

static void hex(const unsigned char *bytes, size_t len, char *ret_text)
{
	for (size_t i = 0; i < len; i++) {
		ret_text[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
		ret_text[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
	}
	ret_text[2 * len] = '\0';
}

static void sha256_hex(struct str bytes, char ret_text[2 * SHA256_DIGEST_LENGTH + 1])
{
	unsigned char digest[SHA256_DIGEST_LENGTH];
	SHA256((const unsigned char *)(bytes.data ? bytes.data : ""), bytes.len, digest);
	hex(digest, sizeof(digest), ret_text);
}

static enum error error_of(long status)
{
	if (status >= 200 && status < 300)
		return ERROR_NONE;
	if (status == 404)
		return ERROR_NOT_FOUND;
	return status == 507 ? ERROR_STORAGE_FULL : status >= 500 || status == 0 || status == 429 ? ERROR_UNAVAILABLE : ERROR_IO;
}

static void set_method(CURL *curl, const char *method, struct transfer *transfer)
{
	if (strcmp(method, "PUT") == 0) {
		curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
		curl_easy_setopt(curl, CURLOPT_READFUNCTION, send_some);
		curl_easy_setopt(curl, CURLOPT_READDATA, transfer);
		curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)transfer->body.len);
	} else if (strcmp(method, "GET") != 0) {
		curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
	}
}

/* what: the name of an object, or a question about the bucket. */
static enum error ask(struct s3_store *s3, struct arena *arena, const char *method, struct str what, struct transfer *transfer)
{
	char digest[2 * SHA256_DIGEST_LENGTH + 1];
	long status = 0;
	CURL *curl = curl_easy_init();
	if (!curl)
		return ERROR_INTERNAL;
	sha256_hex(transfer->body, digest);
	struct curl_slist *headers = curl_slist_append(NULL, arena_printf(arena, "x-amz-content-sha256: %s", digest).data);
	headers = curl_slist_append(headers, "Expect:");
	headers = curl_slist_append(headers, "Content-Type: application/octet-stream");
	set_method(curl, method, transfer);
	curl_easy_setopt(curl, CURLOPT_URL, arena_printf(arena, "%.*s/%.*s/%.*s", STR_ARG(s3->endpoint), STR_ARG(s3->bucket),
		STR_ARG(what)).data);
	curl_easy_setopt(curl, CURLOPT_AWS_SIGV4, arena_printf(arena, "aws:amz:%.*s:s3", STR_ARG(s3->region)).data);
	curl_easy_setopt(curl, CURLOPT_USERNAME, s3->access_key.data);
	curl_easy_setopt(curl, CURLOPT_PASSWORD, s3->secret_key.data);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive_some);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_TIMEOUT_MS);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
	CURLcode code = curl_easy_perform(curl);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_cleanup(curl);
	curl_slist_free_all(headers);
	if (transfer->is_too_large)
		return ERROR_IO;
	return code == CURLE_OK ? error_of(status) : ERROR_UNAVAILABLE;
}

static enum error put(struct media_store *store, struct arena *arena, struct str file_name, struct str bytes)
{
	struct transfer transfer = { .body = bytes };
	enum error error = ask(of(store), arena, "PUT", file_name, &transfer);
	buf_clear(&transfer.received);
	return error == ERROR_NOT_FOUND ? ERROR_IO : error;
}

static enum error get(struct media_store *store, struct arena *arena, struct str file_name, int *ret_descriptor, int64_t *ret_size_bytes)
{
	struct transfer transfer = { .sent = 0 };
	enum error error = ask(of(store), arena, "GET", file_name, &transfer);
	int descriptor = error ? -1 : memfd_create("media", MFD_CLOEXEC);
	if (!error && (descriptor < 0 ||
		write(descriptor, transfer.received.data, transfer.received.len) != (ssize_t)transfer.received.len))
		error = ERROR_IO;
	if (!error) {
		*ret_descriptor = descriptor;
		*ret_size_bytes = (int64_t)transfer.received.len;
	} else if (descriptor >= 0) {
		close(descriptor);
	}
	buf_clear(&transfer.received);
	return error;
}

static enum error remove_object(struct media_store *store, struct arena *arena, struct str file_name)
{
	struct transfer transfer = { .sent = 0 };
	enum error error = ask(of(store), arena, "DELETE", file_name, &transfer);
	buf_clear(&transfer.received);
	return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
}

/* ---- what lies there: the answer is XML of a store that is ours, but only names of our form are taken from it ---- */

static struct str element(struct str xml, struct str begin, struct str end)
{
	size_t at = str_index_of_str(xml, begin);
	if (at == xml.len)
		return (struct str){ 0 };
	struct str rest = str_slice(xml, at + begin.len, xml.len);
	return str_slice(rest, 0, str_index_of_str(rest, end));
}

struct listing {
	struct arena *arena;
	struct str *names;
	size_t count;
	struct str last; /* name of the page, ours or not */
};

static void read_page(struct str xml, struct listing *listing)
{
	static const struct str begin = STR("<Contents>"), end = STR("</Contents>");
	int64_t before_us = clock_now_us() - DAY_US, changed_us = 0;
	for (size_t at = str_index_of_str(xml, begin); at < xml.len; at = str_index_of_str(xml, begin)) {
		xml = str_slice(xml, at + begin.len, xml.len);
		struct str object = str_slice(xml, 0, str_index_of_str(xml, end));
		struct str name = element(object, STR_LITERAL("<Key>"), STR_LITERAL("</Key>"));
		struct str changed = element(object, STR_LITERAL("<LastModified>"), STR_LITERAL("</LastModified>"));
		if (!media_store_is_name(name))
			continue;
		listing->last = arena_str(listing->arena, name);
		bool is_old = time_parse_rfc3339(changed, &changed_us) && changed_us < before_us;
		if ((is_old || MUTANT("media_s3_age")) && listing->count < LISTED_MAX_NAMES)
			listing->names[listing->count++] = listing->last;
	}
}

/* A letter at a time, with the first shard of those that begin with it: each question is a request. */
static enum error list(struct media_store *store, struct arena *arena, unsigned shard, struct str **ret_names, size_t *ret_count)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	if (shard % SHARDS_OF_A_LETTER != 0)
		return ERROR_NONE;
	struct listing listing = { .arena = arena, .names = arena_alloc_array(arena, LISTED_MAX_NAMES, sizeof(struct str)) };
	char letter = letters[shard / SHARDS_OF_A_LETTER % SHARDS_OF_A_LETTER];
	bool has_more = true;
	for (int page = 0; has_more && page < LISTED_MAX_NAMES / PAGE_MAX_NAMES; page++) {
		struct transfer transfer = { .sent = 0 };
		struct str before = listing.last;
		struct str question = before.data ?
			arena_printf(arena, "?list-type=2&max-keys=%d&prefix=%c&start-after=%.*s", PAGE_MAX_NAMES, letter, STR_ARG(before)) :
			arena_printf(arena, "?list-type=2&max-keys=%d&prefix=%c", PAGE_MAX_NAMES, letter);
		enum error error = ask(of(store), arena, "GET", question, &transfer);
		if (!error)
			read_page(buf_str(&transfer.received), &listing);
		has_more = !error && !str_eq(listing.last, before) && str_index_of_str(buf_str(&transfer.received),
			STR_LITERAL("<IsTruncated>true</IsTruncated>")) < transfer.received.len;
		buf_clear(&transfer.received);
		if (error)
			return error;
	}
	*ret_names = listing.names;
	*ret_count = listing.count;
	return ERROR_NONE;
}

/* ---- signed URLs, which libcurl does not make ---- */

static void mac(const unsigned char *key, size_t key_len, struct str text, unsigned char ret_digest[SHA256_DIGEST_LENGTH])
{
	unsigned len = 0;
	if (!HMAC(EVP_sha256(), key, (int)key_len, (const unsigned char *)text.data, text.len, ret_digest, &len))
		memory_fatal("no HMAC-SHA-256");
}

static void sign(const struct s3_store *s3, struct arena *arena, struct str day, struct str text,
	char ret_signature[2 * SHA256_DIGEST_LENGTH + 1])
{
	unsigned char key[SHA256_DIGEST_LENGTH];
	struct str first = arena_printf(arena, "AWS4%.*s", STR_ARG(s3->secret_key));
	mac((const unsigned char *)first.data, first.len, day, key);
	mac(key, sizeof(key), s3->region, key);
	mac(key, sizeof(key), STR_LITERAL("s3"), key);
	mac(key, sizeof(key), STR_LITERAL("aws4_request"), key);
	mac(key, sizeof(key), text, key);
	hex(key, sizeof(key), ret_signature);
}

/* Names and buckets hold nothing that needs an escape. */
static bool redirect(struct media_store *store, struct arena *arena, struct str file_name, struct str *ret_url)
{
	const struct s3_store *s3 = of(store);
	char moment[17], digest[2 * SHA256_DIGEST_LENGTH + 1], signature[2 * SHA256_DIGEST_LENGTH + 1];
	if (s3->public_url.len) {
		*ret_url = arena_printf(arena, "%.*s/%.*s", STR_ARG(s3->public_url), STR_ARG(file_name));
		return true;
	}
	time_t now_s = (time_t)(clock_now_us() / 1000000);
	struct tm now;
	if (!gmtime_r(&now_s, &now) || strftime(moment, sizeof(moment), "%Y%m%dT%H%M%SZ", &now) == 0)
		return false;
	struct str day = { moment, 8 };
	struct str scope = arena_printf(arena, "%.*s/%.*s/s3/aws4_request", STR_ARG(day), STR_ARG(s3->region));
	struct str query = arena_printf(arena,
		"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=%.*s%%2F%.*s%%2F%.*s%%2Fs3%%2Faws4_request&X-Amz-Date=%s"
		"&X-Amz-Expires=%d&X-Amz-SignedHeaders=host",
		STR_ARG(s3->access_key), STR_ARG(day), STR_ARG(s3->region), moment, REDIRECT_SECONDS);
	struct str request = arena_printf(arena, "GET\n/%.*s/%.*s\n%.*s\nhost:%.*s\n\nhost\nUNSIGNED-PAYLOAD", STR_ARG(s3->bucket),
		STR_ARG(file_name), STR_ARG(query), STR_ARG(s3->host));
	sha256_hex(request, digest);
	struct str text = arena_printf(arena, "AWS4-HMAC-SHA256\n%s\n%.*s\n%s", moment, STR_ARG(scope), digest);
	sign(s3, arena, day, text, signature);
	*ret_url = arena_printf(arena, "%.*s/%.*s/%.*s?%.*s&X-Amz-Signature=%s", STR_ARG(s3->endpoint), STR_ARG(s3->bucket),
		STR_ARG(file_name), STR_ARG(query), signature);
	return true;
}

static void close_store(struct media_store *store)
{
	struct s3_store *s3 = of(store);
	arena_free(&s3->arena);
	memory_free(s3);
}

static const struct media_store_operations operations = {
	.put = put, .get = get, .remove = remove_object, .redirect = redirect, .list = list, .close = close_store,
};

static struct str setting(const struct s3_store *s3, const struct config *config, const char *key)
{
	return arena_str(s3->arena, str_from(config_text(config, key)));
}

static struct str without_slash(struct str url)
{
	return url.len && url.data[url.len - 1] == '/' ? str_slice(url, 0, url.len - 1) : url;
}

static bool is_plain_word(struct str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_", text.data[i]) || !text.data[i])
			return false;
	return text.len > 0;
}

enum error media_store_s3_open(const struct config *config, struct arena *arena, struct media_store **ret_store, struct str *ret_message)
{
	struct s3_store *s3 = memory_new(sizeof(*s3));
	s3->store.operations = &operations;
	s3->arena = arena_new((size_t)64 * 1024);
	s3->endpoint = without_slash(setting(s3, config, "media.s3_endpoint"));
	s3->bucket = setting(s3, config, "media.s3_bucket");
	s3->region = setting(s3, config, "media.s3_region");
	s3->access_key = setting(s3, config, "media.s3_access_key");
	s3->secret_key = setting(s3, config, "media.s3_secret_key");
	s3->public_url = without_slash(setting(s3, config, "media.s3_public_url"));
	bool is_https = str_starts_with(s3->endpoint, STR_LITERAL("https://"));
	s3->host = str_slice(s3->endpoint, is_https ? 8 : 7, s3->endpoint.len);
	bool is_url = (is_https || str_starts_with(s3->endpoint, STR_LITERAL("http://"))) && s3->host.len > 0 &&
		!str_contains_char(s3->host, '/') && !str_contains_char(s3->host, '@');
	if (!is_url || !is_plain_word(s3->bucket) || !is_plain_word(s3->region) || !is_plain_word(s3->access_key) ||
		s3->secret_key.len == 0) {
		*ret_message = arena_str(arena, STR_LITERAL(
			"media.s3_endpoint is http(s):// and a host, and wants s3_bucket, s3_region, s3_access_key and s3_secret_key"));
		close_store(&s3->store);
		return ERROR_CONFIGURATION;
	}
	*ret_store = &s3->store;
	return ERROR_NONE;
}
