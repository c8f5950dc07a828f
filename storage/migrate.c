/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Each migration is one transaction: take the advisory lock, look again whether it is still missing, run its
 * text, note it, commit. A run that is killed leaves whole migrations or nothing, and two runs at once do each
 * migration once: the second waits for the lock and then finds it done. */
#include "storage/migrate.h"

#include "storage/statement.h"
#include "base/embedded.h"
#include "base/log.h"
#include "base/mutant.h"

#include <openssl/sha.h>

#include <string.h>

static const char prepare_database[] =
	"create table if not exists schema_migrations ("
	"	number integer primary key check (number > 0),"
	"	name text not null unique,"
	"	sha256 bytea not null check (octet_length(sha256) = 32),"
	"	applied_at timestamptz not null default now()"
	");"
	"do $$"
	"declare wanted name;"
	"begin"
	"	foreach wanted in array array['comptoir_web', 'comptoir_federation']::name[] loop"
	"		if not exists (select from pg_roles where rolname = wanted) then"
	"			execute format('create role %I login', wanted);"
	"		end if;"
	"		if not pg_has_role(current_user, wanted, 'member') then"
	"			execute format('grant %I to current_user', wanted);"
	"		end if;"
	"	end loop;"
	"end $$;";

/* Two programs that start together must not deadlock over a busy table: better to fail and be run again. */
static const char limit_lock_wait[] = "set local lock_timeout = '10s'";

static const struct statement lock = STATEMENT("migrate_lock", 0,
	"select pg_advisory_xact_lock(7265107)");

static const struct statement table_exists = STATEMENT("migrate_table_exists", 0,
	"select to_regclass('schema_migrations') is not null");

static const struct statement list_applied = STATEMENT("migrate_list_applied", 0,
	"select number, name, sha256, applied_at"
	" from schema_migrations"
	" order by number"); // one row a migration

static const struct statement note_applied = STATEMENT("migrate_note_applied", 3,
	"insert into schema_migrations (number, name, sha256)"
	" values ($1, $2, $3)");

STATEMENT_TABLE(migrate_statements, &lock, &table_exists, &list_applied, &note_applied);

struct migration {
	int number;
	struct str name; /* without number and ending */
	const char *sql;
	unsigned char sha256[SHA256_DIGEST_LENGTH];
};

struct applied {
	int number;
	struct str name;
	struct str sha256;
	int64_t applied_us;
};

/* File names are ours: one that does not fit is our own mistake. */
static void read_migration(const struct embedded_file *file, struct migration *ret_migration)
{
	struct str name = str_from(file->name);
	int64_t number;
	if (name.len < 10 || !str_to_int64(str_slice(name, 0, 4), &number) || name.data[4] != '_' ||
	    !str_ends_with(name, STR_LITERAL(".sql")))
		memory_fatal("a migration is not named NNNN_name.sql");
	ret_migration->number = (int)number;
	ret_migration->name = str_slice(name, 5, name.len - 4);
	ret_migration->sql = file->begin;
	SHA256((const unsigned char *)file->begin, (size_t)(file->end - file->begin), ret_migration->sha256);
}

static struct migration *read_migrations(struct arena *arena)
{
	struct migration *migrations = arena_alloc_array(arena, migration_file_count, sizeof(*migrations));
	for (size_t i = 0; i < migration_file_count; i++)
		read_migration(&migration_files[i], &migrations[i]);
	return migrations;
}

static enum error read_applied(struct db *db, struct arena *arena, struct applied **ret_applied, size_t *ret_count)
{
	AUTO(db_rows) struct db_rows exists = { 0 };
	enum error error = db_run(db, arena, &table_exists, NULL, &exists);
	if (error)
		return error;
	*ret_applied = NULL;
	*ret_count = 0;
	if (!db_bool(&exists, 0, 0))
		return ERROR_NONE;
	AUTO(db_rows) struct db_rows rows = { 0 };
	error = db_run(db, arena, &list_applied, NULL, &rows);
	if (error)
		return error;
	struct applied *applied = arena_alloc_array(arena, (size_t)rows.count, sizeof(*applied));
	for (int i = 0; i < rows.count; i++) {
		applied[i].number = (int)db_int64(&rows, i, 0);
		applied[i].name = db_text(&rows, i, 1);
		applied[i].sha256 = db_bytes(&rows, i, 2);
		applied[i].applied_us = db_time(&rows, i, 3);
	}
	*ret_applied = applied;
	*ret_count = (size_t)rows.count;
	return ERROR_NONE;
}

static const struct applied *find_applied(const struct applied *applied, size_t count, int number)
{
	for (size_t i = 0; i < count; i++) {
		if (applied[i].number == number)
			return &applied[i];
	}
	return NULL;
}

static bool is_changed(const struct migration *migration, const struct applied *applied)
{
	struct str ours = { (const char *)migration->sha256, sizeof(migration->sha256) };
	return !str_eq(ours, applied->sha256) && !MUTANT("migration_checksum");
}

/* Says what keeps this program from using the schema, missing migrations aside; data NULL for nothing. */
static struct str find_obstacle(const struct migration *migrations, const struct applied *applied, size_t count,
	struct arena *arena)
{
	for (size_t i = 0; i < count; i++) {
		const struct migration *migration = NULL;
		for (size_t j = 0; j < migration_file_count; j++) {
			if (migrations[j].number == applied[i].number)
				migration = &migrations[j];
		}
		if (!migration)
			return arena_printf(arena,
				"The database was migrated by a newer version of Comptoir (migration %04d_%.*s): "
				"run that version or a later one.",
				applied[i].number, STR_ARG(applied[i].name));
		if (is_changed(migration, &applied[i]))
			return arena_printf(arena,
				"Migration %04d_%.*s was changed after it had been applied: run the version of Comptoir "
				"that applied it, or one made from unchanged sources.",
				applied[i].number, STR_ARG(applied[i].name));
	}
	return (struct str){ 0 };
}

/* In the transaction: *ret_is_done when nothing is left to do for it. */
static enum error apply_locked(struct db *owner, struct arena *arena, const struct migration *migrations, size_t index,
	bool *ret_is_done)
{
	const struct migration *migration = &migrations[index];
	enum error error = db_change(owner, arena, &lock, NULL, NULL);
	if (error)
		return error;
	struct applied *applied;
	size_t applied_count;
	error = read_applied(owner, arena, &applied, &applied_count);
	if (error)
		return error;
	struct str obstacle = find_obstacle(migrations, applied, applied_count, arena);
	if (obstacle.data) {
		log_event(LOG_LEVEL_ERROR, "migration_refused", LOG_STR("detail", obstacle));
		return ERROR_CONFIGURATION;
	}
	*ret_is_done = find_applied(applied, applied_count, migration->number);
	if (*ret_is_done)
		return ERROR_NONE;
	error = db_run_script(owner, "migrate_limit_lock_wait", limit_lock_wait);
	if (!error)
		error = db_run_script(owner, migration_files[index].name, migration->sql);
	if (error)
		return error;
	struct db_values values = { .count = 0 };
	db_value_int32(&values, migration->number);
	db_value_text(&values, migration->name);
	db_value_bytes(&values, (struct str){ (const char *)migration->sha256, sizeof(migration->sha256) });
	return db_change(owner, arena, &note_applied, &values, NULL);
}

static enum error apply(struct db *owner, struct arena *arena, const struct migration *migrations, size_t index,
	bool *ret_is_done)
{
	enum error error = db_begin(owner);
	if (error)
		return error;
	error = apply_locked(owner, arena, migrations, index, ret_is_done);
	if (error || *ret_is_done) {
		db_rollback(owner);
		return error;
	}
	return db_commit(owner);
}

static enum error prepare(struct db *owner, struct arena *arena)
{
	enum error error = db_begin(owner);
	if (error)
		return error;
	error = db_change(owner, arena, &lock, NULL, NULL);
	if (!error)
		error = db_run_script(owner, "migrate_prepare", prepare_database);
	if (error) {
		db_rollback(owner);
		return error;
	}
	return db_commit(owner);
}

enum error migrate_run(struct db *owner, struct arena *arena, void (*on_applied)(int number, const char *name),
	int *ret_applied)
{
	const struct migration *migrations = read_migrations(arena);
	enum error error = prepare(owner, arena);
	if (error)
		return error;
	int applied = 0;
	for (size_t i = 0; i < migration_file_count; i++) {
		bool is_done = false;
		error = apply(owner, arena, migrations, i, &is_done);
		if (error)
			return error;
		if (is_done)
			continue;
		applied++;
		log_event(LOG_LEVEL_INFO, "migration_applied", LOG_INT("number", migrations[i].number),
			LOG_STR("name", migrations[i].name));
		if (on_applied)
			on_applied(migrations[i].number, arena_c_string(arena, migrations[i].name));
	}
	*ret_applied = applied;
	return ERROR_NONE;
}

enum error migrate_list(struct db *db, struct arena *arena, struct migration_state **ret_states, size_t *ret_count)
{
	const struct migration *migrations = read_migrations(arena);
	struct applied *applied;
	size_t applied_count;
	enum error error = read_applied(db, arena, &applied, &applied_count);
	if (error)
		return error;
	struct migration_state *states = arena_alloc_array(arena, migration_file_count, sizeof(*states));
	for (size_t i = 0; i < migration_file_count; i++) {
		const struct applied *found = find_applied(applied, applied_count, migrations[i].number);
		states[i].number = migrations[i].number;
		states[i].name = migrations[i].name;
		states[i].is_applied = found;
		states[i].checksum_differs = found && is_changed(&migrations[i], found);
		states[i].applied_us = found ? found->applied_us : 0;
	}
	*ret_states = states;
	*ret_count = migration_file_count;
	return ERROR_NONE;
}

enum error migrate_check(struct db *db, struct arena *arena, struct str *ret_message)
{
	const struct migration *migrations = read_migrations(arena);
	struct applied *applied;
	size_t applied_count;
	enum error error = read_applied(db, arena, &applied, &applied_count);
	if (error)
		return error;
	struct str obstacle = find_obstacle(migrations, applied, applied_count, arena);
	for (size_t i = 0; !obstacle.data && i < migration_file_count; i++) {
		if (!find_applied(applied, applied_count, migrations[i].number))
			obstacle = arena_printf(arena,
				"The database lacks migration %04d_%.*s: run `comptoir db migrate`.", migrations[i].number,
				STR_ARG(migrations[i].name));
	}
	if (!obstacle.data)
		return ERROR_NONE;
	*ret_message = obstacle;
	return ERROR_CONFIGURATION;
}
