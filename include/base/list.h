/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Intrusive doubly linked ring. A list head is a link that points at itself; removal needs no head, so
 * an object can leave whatever list it is on without knowing which. Not thread-safe. */
#ifndef COMPTOIR_BASE_LIST_H
#define COMPTOIR_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list_link {
	struct list_link *next;
	struct list_link *previous;
};

/* The object that holds this link as its field. */
#define LIST_OBJECT(link, type, field) ((type *)(void *)((char *)(link)-offsetof(type, field)))

#define LIST_EACH(head, variable) \
	for (struct list_link *variable = (head)->next; variable != (head); variable = variable->next)

/* The current link may be removed inside the loop. */
#define LIST_EACH_SAFE(head, variable)                                                             \
	for (struct list_link *variable = (head)->next, *variable##_next = variable->next;         \
	     variable != (head); variable = variable##_next, variable##_next = variable->next)

static inline void list_init(struct list_link *link)
{
	link->next = link;
	link->previous = link;
}

static inline bool list_is_empty(const struct list_link *head)
{
	return head->next == head;
}

static inline void list_add_last(struct list_link *head, struct list_link *link)
{
	link->next = head;
	link->previous = head->previous;
	head->previous->next = link;
	head->previous = link;
}

static inline void list_add_first(struct list_link *head, struct list_link *link)
{
	list_add_last(head->next, link);
}

/* A link that is on no list may be removed again. The barrier: in a loop that takes a head's first link until none is
 * left, gcc 12 at -O2 reads the head once only, and takes the same link again and again. */
static inline void list_remove(struct list_link *link)
{
	link->next->previous = link->previous;
	link->previous->next = link->next;
	list_init(link);
	__asm__ volatile("" ::: "memory");
}

#endif
