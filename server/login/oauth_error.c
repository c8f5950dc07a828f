/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The table of OAuth errors. */
#include "server/login/oauth_error.h"

static const struct {
	struct str name;
	struct str description;
	int status;
} errors[] = {
	[OAUTH_INVALID_REQUEST] = { STR("invalid_request"),
		STR("The request is missing a required parameter, includes an unsupported parameter value, or is otherwise malformed."),
		400 },
	[OAUTH_INVALID_CLIENT] = { STR("invalid_client"),
		STR("Client authentication failed due to unknown client, no client authentication included, or unsupported "
		    "authentication method."),
		401 },
	[OAUTH_INVALID_GRANT] = { STR("invalid_grant"),
		STR("The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used in "
		    "the authorization request, or was issued to another client."),
		400 },
	[OAUTH_INVALID_SCOPE] = { STR("invalid_scope"), STR("The requested scope is invalid, unknown, or malformed."), 400 },
	[OAUTH_UNAUTHORIZED_CLIENT] = { STR("unauthorized_client"), STR("You are not authorized to revoke this token"), 403 },
	[OAUTH_UNSUPPORTED_GRANT_TYPE] = { STR("unsupported_grant_type"),
		STR("The authorization grant type is not supported by the authorization server."), 400 },
	[OAUTH_UNSUPPORTED_RESPONSE_TYPE] = { STR("unsupported_response_type"),
		STR("The authorization server does not support this response type."), 400 },
	[OAUTH_ACCESS_DENIED] = { STR("access_denied"),
		STR("The resource owner or authorization server denied the request."), 400 },
};

struct str oauth_error_name(enum oauth_error error)
{
	return errors[error].name;
}

struct str oauth_error_description(enum oauth_error error)
{
	return errors[error].description;
}

void oauth_error_respond(struct request *request, enum oauth_error error)
{
	struct json_out *json = respond_json(request, errors[error].status);
	json_out_object_begin(json);
	json_out_key_str(json, "error", errors[error].name);
	json_out_key_str(json, "error_description", errors[error].description);
	json_out_object_end(json);
	/* Unasked, a browser would open its own window for a password. */
	if (errors[error].status == 401 && http_request_header(request->http, "Authorization").data)
		respond_header(request, "WWW-Authenticate", STR_LITERAL("Basic realm=\"Comptoir\""));
	request->error_detail = errors[error].name;
}
