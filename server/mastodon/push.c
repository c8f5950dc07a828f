/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Push subscriptions. The endpoint is an URL from outside: judged here by its form, and by the address guard each time
 * that something is sent. */
#include "server/mastodon/push.h"

#include "server/app.h"
#include "server/http/auth.h"
#include "server/mastodon/parameters.h"
#include "server/push/vapid.h"
#include "server/push/web_push.h"

#include "federation/federation.h"

#include "base/mutant.h"
#include "base/url.h"
#include "storage/push_subscription.h"

static const char *const alert_names[] = {
	"mention", "status", "reblog", "follow", "follow_request", "favourite", "poll", "update", "quote", "quoted_update",
	"admin.sign_up", "admin.report",
};
#define ALERT_COUNT (sizeof(alert_names) / sizeof(alert_names[0]))

static bool has_word(struct str words, const char *word)
{
	struct str one;
	while (str_split_next(&words, ' ', &one))
		if (str_eq(one, str_from(word)))
			return true;
	return false;
}

static enum error respond_subscription(struct request *request)
{
	struct push_subscription subscription;
	enum error error = push_subscription_find(request->db, request->arena, request->access.token_id, &subscription);
	if (error)
		return error;
	struct json_out *json = respond_json(request, 200);
	json_out_object_begin(json);
	json_out_key_int(json, "id", subscription.id);
	json_out_key_str(json, "endpoint", subscription.endpoint);
	json_out_key_bool(json, "standard", subscription.is_standard);
	json_out_key_object_begin(json, "alerts");
	for (size_t i = 0; i < ALERT_COUNT; i++)
		json_out_key_bool(json, alert_names[i], has_word(subscription.alerts, alert_names[i]));
	json_out_object_end(json);
	json_out_key_str(json, "policy", subscription.policy);
	json_out_key_str(json, "server_key", vapid_public_key(request->app->vapid));
	json_out_object_end(json);
	return ERROR_NONE;
}

/* The wanted types; *ret_is_said: whether the request speaks of any. */
static struct str read_alerts(struct request *request, bool *ret_is_said)
{
	struct str parts[2 * ALERT_COUNT];
	size_t count = 0;
	*ret_is_said = false;
	for (size_t i = 0; i < ALERT_COUNT; i++) {
		struct str name = arena_printf(request->arena, "data[alerts][%s]", alert_names[i]);
		*ret_is_said |= parameter_is_there(request, name.data);
		if (!parameter_bool(request, name.data, false))
			continue;
		if (count)
			parts[count++] = STR_LITERAL(" ");
		parts[count++] = str_from(alert_names[i]);
	}
	return arena_join(request->arena, parts, count);
}

/* data NULL when absent. */
static enum error read_policy(struct request *request, struct str *ret_policy)
{
	static const struct str words[] = { STR("all"), STR("followed"), STR("follower"), STR("none") };
	struct str policy = parameter_text(request, "data[policy]");
	if (!policy.data)
		policy = parameter_text(request, "policy");
	*ret_policy = policy;
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (!policy.data || str_eq(policy, words[i]))
			return ERROR_NONE;
	return refuse(request, "Validation failed: Policy is not included in the list");
}

static bool is_endpoint(const struct request *request, struct str text)
{
	struct url url;
	if (text.len < 8 || !url_parse(request->arena, text, &url) || url.fragment.data)
		return false;
	bool is_secure = str_eq(url.scheme, STR_LITERAL("https")) || MUTANT("push_endpoint_scheme");
	return is_secure || request->app->federation->allows_http;
}

enum error handle_push_subscription_create(struct request *request)
{
	bool is_said;
	struct web_push_recipient recipient;
	struct push_subscription subscription = {
		.token_id = request->access.token_id,
		.actor_id = request->access.actor_id,
		.endpoint = parameter_text(request, "subscription[endpoint]"),
		.is_standard = parameter_bool(request, "subscription[standard]", false),
		.alerts = read_alerts(request, &is_said),
	};
	struct str p256dh = parameter_text(request, "subscription[keys][p256dh]");
	struct str auth = parameter_text(request, "subscription[keys][auth]");
	if (!subscription.endpoint.data || !p256dh.data || !auth.data) {
		request->error_message = STR_LITERAL("param is missing or the value is empty: subscription");
		return ERROR_BAD_REQUEST;
	}
	if (!is_endpoint(request, subscription.endpoint))
		return refuse(request, "Validation failed: Endpoint is not a valid URL");
	if (!web_push_read_keys(request->arena, p256dh, auth, &recipient))
		return refuse(request, "Validation failed: Key is invalid");
	enum error error = read_policy(request, &subscription.policy);
	if (error)
		return error;
	if (!subscription.policy.data)
		subscription.policy = STR_LITERAL("all");
	subscription.public_key = recipient.public_key;
	subscription.auth_secret = recipient.auth_secret;
	subscription.token_sealed = secret_box_seal(request->app->secret_box, request->arena,
		arena_printf(request->arena, "push_subscription:%lld", (long long)subscription.token_id),
		auth_request_token(request->arena, request->http));
	error = push_subscription_set(request->db, request->arena, &subscription);
	return error ? error : respond_subscription(request);
}

enum error handle_push_subscription(struct request *request)
{
	return respond_subscription(request);
}

enum error handle_push_subscription_change(struct request *request)
{
	bool is_said;
	struct str policy, alerts = read_alerts(request, &is_said);
	enum error error = read_policy(request, &policy);
	if (!error)
		error = push_subscription_change(request->db, request->arena, request->access.token_id, is_said ? &alerts : NULL,
			policy.data ? &policy : NULL);
	return error ? error : respond_subscription(request);
}

enum error handle_push_subscription_delete(struct request *request)
{
	enum error error = push_subscription_delete_by_token(request->db, request->arena, request->access.token_id);
	return error ? error : respond_empty_object(request);
}
