/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One mutex for the listeners and another for what is still to be told, so that a slow listener does not hold up those
 * who tell. On the wire an event is "kind:id:actor;". */
#include "storage/event.h"

#include "storage/event_wire.h"
#include "storage/wake.h"
#include "base/buf.h"

#include <pthread.h>
#include <string.h>

/* Past it other processes miss events, which they only watch. */
#define UNTOLD_MAX_BYTES ((size_t)4 * 1024 * 1024)
#define PAYLOAD_MAX_BYTES 7900 /* PostgreSQL takes less than 8,000 */

static pthread_mutex_t listeners_lock = PTHREAD_MUTEX_INITIALIZER;
static struct list_link listeners = { &listeners, &listeners };
static pthread_mutex_t untold_lock = PTHREAD_MUTEX_INITIALIZER;
static struct buf untold;
static bool tells_others;

void event_listen(struct event_listener *listener)
{
	pthread_mutex_lock(&listeners_lock);
	list_add_last(&listeners, &listener->link);
	pthread_mutex_unlock(&listeners_lock);
}

void event_unlisten(struct event_listener *listener)
{
	pthread_mutex_lock(&listeners_lock);
	list_remove(&listener->link);
	pthread_mutex_unlock(&listeners_lock);
}

static void tell_listeners(const struct event *events, size_t count)
{
	pthread_mutex_lock(&listeners_lock);
	LIST_EACH(&listeners, link) {
		struct event_listener *listener = LIST_OBJECT(link, struct event_listener, link);
		for (size_t i = 0; i < count; i++) {
			if (listener->kinds & 1U << events[i].kind)
				listener->heard(listener, &events[i]);
		}
	}
	pthread_mutex_unlock(&listeners_lock);
}

static void keep_for_others(const struct event *events, size_t count)
{
	pthread_mutex_lock(&untold_lock);
	bool was_empty = untold.len == 0;
	for (size_t i = 0; tells_others && i < count && untold.len < UNTOLD_MAX_BYTES; i++)
		buf_add_printf(&untold, "%d:%lld:%lld;", (int)events[i].kind, (long long)events[i].id, (long long)events[i].actor_id);
	bool rings = was_empty && untold.len > 0;
	pthread_mutex_unlock(&untold_lock);
	if (rings)
		wake_ring(WAKE_EVENTS);
}

void event_emit(const struct event *events, size_t count)
{
	tell_listeners(events, count);
	keep_for_others(events, count);
}

void event_tell_gap(void)
{
	keep_for_others(&(const struct event){ .kind = EVENT_GAP }, 1);
}

void event_begin_telling(void)
{
	pthread_mutex_lock(&untold_lock);
	tells_others = true;
	pthread_mutex_unlock(&untold_lock);
}

void event_end_telling(void)
{
	pthread_mutex_lock(&untold_lock);
	tells_others = false;
	buf_clear(&untold);
	pthread_mutex_unlock(&untold_lock);
}

struct str event_take_untold(struct arena *arena)
{
	pthread_mutex_lock(&untold_lock);
	struct str payload = buf_str(&untold);
	if (payload.len > PAYLOAD_MAX_BYTES) {
		payload.len = PAYLOAD_MAX_BYTES;
		while (payload.data[payload.len - 1] != ';')
			payload.len--;
	}
	payload = arena_str(arena, payload);
	untold.len -= payload.len;
	if (untold.len)
		memmove(untold.data, untold.data + payload.len, untold.len);
	pthread_mutex_unlock(&untold_lock);
	return payload;
}

void event_untell(struct str payload)
{
	pthread_mutex_lock(&untold_lock);
	if (untold.len < UNTOLD_MAX_BYTES)
		buf_add_str(&untold, payload);
	pthread_mutex_unlock(&untold_lock);
}

static bool read_event(struct str text, struct event *ret_event)
{
	struct str kind, id, actor_id;
	int64_t kind_number;
	struct event event;
	if (!str_split_next(&text, ':', &kind) || !str_split_next(&text, ':', &id) || !str_split_next(&text, ':', &actor_id) ||
	    !str_to_int64(kind, &kind_number) || !str_to_int64(id, &event.id) || !str_to_int64(actor_id, &event.actor_id) ||
	    kind_number < 0 || kind_number >= EVENT_KIND_COUNT)
		return false;
	event.kind = (enum event_kind)kind_number;
	*ret_event = event;
	return true;
}

void event_hear(struct str payload)
{
	struct str text;
	while (str_split_next(&payload, ';', &text)) {
		struct event event;
		if (text.len && read_event(text, &event))
			tell_listeners(&event, 1);
	}
}

void event_hear_gap(void)
{
	const struct event gap = { .kind = EVENT_GAP };
	tell_listeners(&gap, 1);
}
