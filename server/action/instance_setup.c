/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The Application actor of a domain is called like its host, as Mastodon's is, so that a search for the domain
 * finds it. */
#include "server/action/instance_setup.h"

#include "server/action/local_actor.h"
#include "server/app.h"

#include "base/log.h"
#include "base/mutant.h"
#include "base/url.h"
#include "storage/id.h"

enum error instance_add_domain(struct db *db, struct arena *arena, const struct secret_box *box, struct str name,
	struct str base_url, struct domain *ret_domain)
{
	struct url url;
	if (!url_parse(arena, base_url, &url))
		return ERROR_UNPROCESSABLE;
	struct actor_new actor = {
		.id = id_new(),
		.kind = ACTOR_APPLICATION,
		.username = url.host,
		.display_name = url.host,
		.is_locked = true,
	};
	/* Before the transaction: it costs tens of milliseconds. */
	enum error error = local_actor_make_keys(arena, box, &actor);
	if (error)
		return error;
	error = db_begin(db);
	if (!error)
		error = domain_create(db, arena, name.len ? name : url.authority, base_url, ret_domain);
	if (!error) {
		actor.domain_id = ret_domain->id;
		error = actor_create_local(db, arena, &actor);
	}
	if (!error)
		error = db_commit(db);
	if (error)
		db_rollback(db);
	return error;
}

static enum error check_names(const struct domain *primary, struct arena *arena, const struct config *config,
	struct str *ret_message)
{
	struct str base_url, authority, domain;
	app_instance_names(config, arena, &base_url, &authority, &domain);
	bool fits = str_eq(primary->base_url, base_url) && str_eq(primary->name, domain);
	if (fits || MUTANT("instance_names"))
		return ERROR_NONE;
	*ret_message = arena_printf(arena,
		"this database belongs to %.*s (accounts @%.*s), but the configuration says %.*s (accounts @%.*s). Ids are made "
		"from these names and never change: set instance.base_url and instance.domain back, or use an empty database",
		STR_ARG(primary->base_url), STR_ARG(primary->name), STR_ARG(base_url), STR_ARG(domain));
	return ERROR_CONFIGURATION;
}

enum error instance_check_names(struct db *db, struct arena *arena, const struct config *config, struct str *ret_message)
{
	struct domain primary;
	enum error error = domain_find_primary(db, arena, &primary);
	if (error)
		return error == ERROR_NOT_FOUND ? ERROR_NONE : error;
	return check_names(&primary, arena, config, ret_message);
}

static enum error make_first_domain(struct db *db, struct arena *arena, const struct config *config,
	const struct secret_box *box, struct domain *ret_primary)
{
	struct str base_url, authority, domain;
	app_instance_names(config, arena, &base_url, &authority, &domain);
	enum error error = instance_add_domain(db, arena, box, domain, base_url, ret_primary);
	if (error == ERROR_CONFLICT) /* another process was faster */
		error = domain_find_primary(db, arena, ret_primary);
	else if (!error)
		log_event(LOG_LEVEL_INFO, "instance_created", LOG_STR("base_url", base_url), LOG_STR("domain", domain));
	return error;
}

enum error instance_setup(struct db *db, struct arena *arena, const struct config *config, struct secret_box **ret_box,
	struct str *ret_message)
{
	struct domain primary;
	enum error error = domain_find_primary(db, arena, &primary);
	bool is_fresh = error == ERROR_NOT_FOUND;
	if (error && !is_fresh)
		return error;
	if (!is_fresh)
		error = check_names(&primary, arena, config, ret_message);
	else
		error = ERROR_NONE;
	if (error)
		return error;

	struct secret_box *box = NULL;
	error = secret_box_open(app_key_file(config, arena), is_fresh, arena, &box, ret_message);
	if (error)
		return error;
	if (is_fresh) {
		error = make_first_domain(db, arena, config, box, &primary);
		if (!error)
			error = check_names(&primary, arena, config, ret_message);
	}
	if (error)
		secret_box_close(&box);
	else
		*ret_box = box;
	return error;
}
