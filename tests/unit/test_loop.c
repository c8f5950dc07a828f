/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Loops and the messages between threads. */
#include "base/loop.h"

#include "base/clock.h"
#include "base/msgq.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>

#define SENDERS 4
#define MESSAGES_PER_SENDER 20000

struct numbered {
	struct loop_message message;
	int sender;
	int number;
};

static struct loop *test_loop;
static int next_number[SENDERS];
static atomic_int run_count;
static atomic_bool saw_disorder;

static void run_numbered(struct loop_message *message)
{
	struct numbered *numbered = (struct numbered *)message;
	if (numbered->number != next_number[numbered->sender]++ || !loop_is_current(test_loop))
		atomic_store(&saw_disorder, true);
	atomic_fetch_add(&run_count, 1);
}

static void *send_numbered(void *argument)
{
	struct numbered *messages = argument;
	for (int i = 0; i < MESSAGES_PER_SENDER; i++)
		loop_post(test_loop, &messages[i].message);
	return NULL;
}

static void messages_of_many_threads_run_on_the_loop_in_order_of_each_sender(void **state)
{
	(void)state;
	struct numbered *messages[SENDERS];
	pthread_t threads[SENDERS];
	test_loop = loop_new("test", "loop 0");
	loop_start(test_loop);
	for (int i = 0; i < SENDERS; i++) {
		messages[i] = memory_new_array(MESSAGES_PER_SENDER, sizeof(**messages));
		for (int n = 0; n < MESSAGES_PER_SENDER; n++) {
			messages[i][n].message.run = run_numbered;
			messages[i][n].sender = i;
			messages[i][n].number = n;
		}
		assert_int_equal(pthread_create(&threads[i], NULL, send_numbered, messages[i]), 0);
	}
	for (int i = 0; i < SENDERS; i++)
		pthread_join(threads[i], NULL);
	loop_stop(test_loop);
	loop_join(test_loop);
	assert_int_equal(atomic_load(&run_count), SENDERS * MESSAGES_PER_SENDER);
	assert_false(atomic_load(&saw_disorder));
	assert_false(loop_is_current(test_loop));
	loop_free(&test_loop);
	assert_null(test_loop);
	for (int i = 0; i < SENDERS; i++)
		memory_free(messages[i]);
}

static void only_the_first_message_wakes_the_reader(void **state)
{
	(void)state;
	struct msgq queue;
	struct loop_message messages[3] = { 0 };
	msgq_init(&queue);
	assert_null(msgq_take_all(&queue));
	assert_true(msgq_push(&queue, &messages[0]));
	assert_false(msgq_push(&queue, &messages[1]));
	assert_false(msgq_push(&queue, &messages[2]));
	struct loop_message *first = msgq_take_all(&queue);
	assert_ptr_equal(first, &messages[0]);
	assert_ptr_equal(first->next, &messages[1]);
	assert_ptr_equal(first->next->next, &messages[2]);
	assert_null(first->next->next->next);
	assert_true(msgq_push(&queue, &messages[0]));
	assert_ptr_equal(msgq_take_all(&queue), &messages[0]);
}

static int release_count;
static bool was_released_in_callback;

static void release(void *object)
{
	(void)object;
	release_count++;
}

static void free_later_and_look(struct loop_message *message)
{
	(void)message;
	loop_free_later(test_loop, release, NULL);
	loop_free_later(test_loop, release, NULL);
	was_released_in_callback = release_count > 0;
	loop_stop(test_loop);
}

static void objects_are_released_at_the_end_of_the_turn(void **state)
{
	(void)state;
	struct loop_message message = { NULL, free_later_and_look };
	test_loop = loop_new("test", "loop 1");
	loop_post(test_loop, &message);
	loop_run(test_loop);
	assert_false(was_released_in_callback);
	assert_int_equal(release_count, 2);
	loop_free(&test_loop);
}

static int late_count;

static void count_late(struct loop_message *message)
{
	(void)message;
	late_count++;
}

static void a_message_posted_after_the_end_runs_when_the_loop_is_freed(void **state)
{
	(void)state;
	struct loop_message message = { NULL, count_late };
	test_loop = loop_new("test", "loop 2");
	loop_start(test_loop);
	loop_stop(test_loop);
	loop_join(test_loop);
	loop_post(test_loop, &message);
	assert_int_equal(late_count, 0);
	loop_free(&test_loop);
	assert_int_equal(late_count, 1);
}

static void dawdle(struct loop_message *message)
{
	int64_t end_us = clock_monotonic_us() + LOOP_SLOW_TURN_US + 30000;
	(void)message;
	while (clock_monotonic_us() < end_us)
		continue;
	loop_stop(test_loop);
}

static void a_slow_turn_is_counted_and_a_quick_one_is_not(void **state)
{
	(void)state;
	struct loop_message slow = { NULL, dawdle };
	struct loop_message quick = { NULL, free_later_and_look };
	int64_t before = loop_slow_turns();
	test_loop = loop_new("test", "loop 3");
	loop_post(test_loop, &quick);
	loop_run(test_loop);
	loop_free(&test_loop);
	assert_int_equal(loop_slow_turns(), before);
	test_loop = loop_new("test", "loop 4");
	loop_post(test_loop, &slow);
	loop_run(test_loop);
	loop_free(&test_loop);
	assert_int_equal(loop_slow_turns(), before + 1);
}

static int64_t first_reading_us, second_reading_us;

static void read_time_twice(struct loop_message *message)
{
	(void)message;
	first_reading_us = loop_now_us(test_loop);
	while (clock_monotonic_us() < first_reading_us + 2000)
		continue;
	second_reading_us = loop_now_us(test_loop);
	loop_stop(test_loop);
}

static void the_time_stands_still_within_a_turn(void **state)
{
	(void)state;
	struct loop_message message = { NULL, read_time_twice };
	test_loop = loop_new("test", "loop 5");
	loop_post(test_loop, &message);
	loop_run(test_loop);
	assert_true(first_reading_us > 0);
	assert_int_equal(first_reading_us, second_reading_us);
	loop_free(&test_loop);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_of_many_threads_run_on_the_loop_in_order_of_each_sender),
		cmocka_unit_test(only_the_first_message_wakes_the_reader),
		cmocka_unit_test(objects_are_released_at_the_end_of_the_turn),
		cmocka_unit_test(a_message_posted_after_the_end_runs_when_the_loop_is_freed),
		cmocka_unit_test(a_slow_turn_is_counted_and_a_quick_one_is_not),
		cmocka_unit_test(the_time_stands_still_within_a_turn),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
