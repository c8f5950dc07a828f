/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The configuration: one table of keys (config_keys.c) with type, default and a sentence of help, filled
 * in this order: defaults, the file, COMPTOIR_SECTION_KEY environment variables, settings from the
 * command line. Immutable once loaded, so any thread may read it. */
#ifndef COMPTOIR_BASE_CONFIG_H
#define COMPTOIR_BASE_CONFIG_H

#include "base/buf.h"
#include "base/error.h"

enum config_type {
	CONFIG_TEXT,
	CONFIG_INTEGER,  /* with minimum and maximum */
	CONFIG_BOOLEAN,  /* true or false */
	CONFIG_DURATION, /* 250ms, 30s, 5m, 12h, 7d; read as milliseconds */
	CONFIG_SIZE,     /* 4096, 64k, 16m, 1g; read as bytes */
	CONFIG_LIST,     /* comma-separated texts */
};

struct config_key {
	const char *name; /* "section.key" */
	enum config_type type;
	const char *default_text;
	int64_t minimum, maximum; /* for numbers, durations (ms) and sizes (bytes) */
	const char *help;         /* one sentence, also printed by `comptoir config` and in the README */
};

struct config;

/* path NULL: no file. On failure *ret_message (heap, memory_free) says file, line, key and what is wrong,
 * such as "comptoir.conf:12: unknown key 'http.prot' (did you mean 'http.port'?)". settings are
 * "section.key=value" texts from the command line. */
enum error config_load(const char *path, const char *const *settings, size_t setting_count,
	struct config **ret_config, char **ret_message) MUST_CHECK;
void config_free(struct config **config);

/* Only the defaults: no file, no environment. */
enum error config_load_defaults(struct config **ret_config, char **ret_message) MUST_CHECK;

/* name must be a key of the table with that type; anything else ends the process (our own bug). */
const char *config_text(const struct config *config, const char *name);
int64_t config_integer(const struct config *config, const char *name);
bool config_boolean(const struct config *config, const char *name);
int64_t config_duration_ms(const struct config *config, const char *name);
int64_t config_size_bytes(const struct config *config, const char *name);

/* The value of a key of any type as it was written. */
struct str config_value_text(const struct config *config, const char *name);

/* The parts of a list, trimmed, without empty ones; they live as long as the configuration. */
size_t config_list(const struct config *config, const char *name, const struct str **ret_items);

/* What is accepted but should be mended, such as a password in a file that others may read; NULL for nothing. */
const char *config_warning(const struct config *config);

/* The table itself, in the order of printing. */
const struct config_key *config_keys(size_t *ret_count);

/* Appends a commented INI file with every key at its present value. */
void config_write(const struct config *config, struct buf *out);

#endif
