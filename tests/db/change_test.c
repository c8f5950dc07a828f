/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What storage/change.h promises: everything that was committed between two questions, in whatever order it was begun, and
 * a gap where that cannot be told. */
#include "tests/db/post_world.h"

#include "storage/change.h"
#include "storage/statement.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <time.h>

#include <cmocka.h>

#define MAX_LISTED 20000
#define PAUSE_US INT64_C(120000000)
#define PRUNE_US INT64_C(300000000)

static int64_t ahead_us; /* the monotonic clock only */

static int64_t read_clock(clockid_t clock)
{
	struct timespec now;
	(void)clock_gettime(clock, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t wall_clock(void)
{
	return read_clock(CLOCK_REALTIME);
}

static int64_t shifted_clock(void)
{
	return read_clock(CLOCK_MONOTONIC) + ahead_us;
}

static void note(struct db *db, int kind, const char *ids)
{
	assert_int_equal(db_run_script(db, "note", arena_printf(arena, "insert into changes (kind, ids) values (%d, array[%s]::bigint[])",
		kind, ids).data), ERROR_NONE);
}

static void note_at_once(struct db *db, int kind, const char *ids)
{
	assert_int_equal(db_begin(db), ERROR_NONE);
	note(db, kind, ids);
	assert_int_equal(db_commit(db), ERROR_NONE);
}

struct heard {
	struct change *changes;
	size_t count;
	bool has_gap;
};

static struct heard hear(struct change_reader *reader)
{
	struct heard heard = { 0 };
	assert_int_equal(change_read(reader, web, arena, &heard.changes, &heard.count, &heard.has_gap), ERROR_NONE);
	return heard;
}

static struct change_reader *new_reader(void)
{
	struct change_reader *reader = change_reader_new();
	assert_true(hear(reader).has_gap);
	return reader;
}

static bool has(const struct heard *heard, enum change_kind kind, int64_t id)
{
	for (size_t i = 0; i < heard->count; i++)
		if (heard->changes[i].kind == kind && heard->changes[i].id == id)
			return true;
	return false;
}

static void each_change_is_told_once_to_each_reader(void **state)
{
	(void)state;
	struct change_reader *one = new_reader(), *other = new_reader();
	note_at_once(web, CHANGE_POST, "5, 6");
	note_at_once(federation, CHANGE_ACTOR, "5");
	struct heard heard = hear(one);
	assert_true(!heard.has_gap && heard.count == 3);
	assert_true(has(&heard, CHANGE_POST, 5) && has(&heard, CHANGE_POST, 6) && has(&heard, CHANGE_ACTOR, 5));
	heard = hear(one);
	assert_true(!heard.has_gap && heard.count == 0);
	heard = hear(other);
	assert_true(!heard.has_gap && heard.count == 3);
	change_reader_free(&one);
	change_reader_free(&one);
	change_reader_free(&other);
}

static void what_was_begun_before_and_commits_after_is_told(void **state)
{
	(void)state;
	struct change_reader *reader = new_reader();
	assert_int_equal(db_begin(federation), ERROR_NONE);
	note(federation, CHANGE_POST, "11");
	note_at_once(web, CHANGE_POST, "12");
	struct heard heard = hear(reader);
	assert_true(!heard.has_gap && heard.count == 1 && has(&heard, CHANGE_POST, 12));
	assert_int_equal(db_commit(federation), ERROR_NONE);
	heard = hear(reader);
	assert_true(!heard.has_gap && heard.count == 1 && has(&heard, CHANGE_POST, 11));
	assert_int_equal(db_begin(federation), ERROR_NONE);
	note(federation, CHANGE_POST, "13");
	db_rollback(federation);
	heard = hear(reader);
	assert_true(!heard.has_gap && heard.count == 0);
	change_reader_free(&reader);
}

static void deeds_are_noted_by_themselves(void **state)
{
	(void)state;
	int64_t author = add_local("noted"), reader_id = add_local("reader");
	int64_t post = add_post(author, POST_PUBLIC, 0);
	struct change_reader *reader = new_reader();
	run_sql("update posts set revision = revision + 1, html = 'other' where id = %lld", (long long)post);
	struct heard heard = hear(reader);
	assert_true(!heard.has_gap && has(&heard, CHANGE_POST, post));
	add_block(reader_id, author);
	heard = hear(reader);
	assert_true(has(&heard, CHANGE_VIEWER, reader_id));
	run_sql("update actors set suspended_at = now() where id = %lld", (long long)author);
	heard = hear(reader);
	assert_true(has(&heard, CHANGE_ACTOR, CHANGE_ANY_ACTOR));
	change_reader_free(&reader);
}

static void more_than_can_be_listed_is_a_gap(void **state)
{
	(void)state;
	struct change_reader *reader = new_reader();
	run_sql("insert into changes (kind, ids) select 2, array_agg(n) from generate_series(1, %d) as n", MAX_LISTED);
	struct heard heard = hear(reader);
	assert_true(!heard.has_gap && heard.count == MAX_LISTED);
	run_sql("insert into changes (kind, ids) select 2, array_agg(n) from generate_series(1, %d) as n", MAX_LISTED + 1);
	heard = hear(reader);
	assert_true(heard.has_gap && heard.count == 0);
	heard = hear(reader);
	assert_true(!heard.has_gap && heard.count == 0);
	change_reader_free(&reader);
}

static void a_long_pause_is_a_gap(void **state)
{
	(void)state;
	struct change_reader *reader = new_reader();
	note_at_once(web, CHANGE_POST, "21");
	ahead_us += PAUSE_US / 2;
	assert_false(hear(reader).has_gap);
	note_at_once(web, CHANGE_POST, "22");
	ahead_us += PAUSE_US;
	struct heard heard = hear(reader);
	assert_true(heard.has_gap && heard.count == 0);
	note_at_once(web, CHANGE_POST, "23");
	heard = hear(reader);
	assert_true(!heard.has_gap && heard.count == 1 && has(&heard, CHANGE_POST, 23));
	change_reader_free(&reader);
}

static void only_what_nobody_asks_for_again_is_removed(void **state)
{
	(void)state;
	run_sql("delete from changes");
	struct change_reader *reader = new_reader();
	assert_int_equal(change_prune(reader, web, arena), ERROR_NONE);
	note_at_once(web, CHANGE_POST, "31");
	ahead_us += PRUNE_US / 2;
	(void)hear(reader);
	assert_int_equal(change_prune(reader, web, arena), ERROR_NONE);
	assert_int_equal(sql_number("select count(*) from changes"), 1);
	ahead_us += PRUNE_US / 2;
	/* That of the first question is from before the change. */
	assert_int_equal(change_prune(reader, web, arena), ERROR_NONE);
	assert_int_equal(sql_number("select count(*) from changes"), 1);
	(void)hear(reader);
	note_at_once(web, CHANGE_POST, "32");
	ahead_us += PRUNE_US;
	assert_int_equal(change_prune(reader, web, arena), ERROR_NONE);
	assert_int_equal(sql_number("select ids[1] from changes"), 32);
	assert_int_equal(sql_number("select count(*) from changes"), 1);
	change_reader_free(&reader);
}

int main(void)
{
	static const struct clock_source source = { wall_clock, shifted_clock };
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_change_is_told_once_to_each_reader),
		cmocka_unit_test(what_was_begun_before_and_commits_after_is_told),
		cmocka_unit_test(deeds_are_noted_by_themselves),
		cmocka_unit_test(more_than_can_be_listed_is_a_gap),
		cmocka_unit_test(a_long_pause_is_a_gap),
		cmocka_unit_test(only_what_nobody_asks_for_again_is_removed),
	};
	clock_replace(&source);
	return cmocka_run_group_tests(tests, post_world_set_up, post_world_tear_down);
}
