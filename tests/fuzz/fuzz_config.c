/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A configuration file: either refused with a message, or read, and then what is written reads back the same. */
#include "base/config.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <stdio.h>
#include <unistd.h>

static struct config *load(const void *data, size_t size)
{
	struct config *config = NULL;
	char *message = NULL, path[32];
	int descriptor = memfd_create("config", MFD_CLOEXEC);
	if (descriptor < 0 || write(descriptor, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", descriptor);
	enum error error = config_load(path, NULL, 0, &config, &message);
	if (!error != (message == NULL))
		abort();
	memory_free(message);
	close(descriptor);
	return config;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct config *config = load(data, size);
	if (!config)
		return 0;
	struct buf first = { 0 }, second = { 0 };
	config_write(config, &first);
	config_free(&config);
	config = load(first.data, first.len);
	if (!config)
		abort();
	config_write(config, &second);
	if (!str_eq(buf_str(&first), buf_str(&second)))
		abort();
	config_free(&config);
	buf_clear(&first);
	buf_clear(&second);
	return 0;
}
