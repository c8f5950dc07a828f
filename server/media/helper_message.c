/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Reads the messages between server and media helper. */
#include "server/media/helper_message.h"

#include "base/mutant.h"
#include "server/media/media_limits.h"

#include <string.h>

bool helper_greeting_read(struct str bytes, struct helper_greeting *ret_greeting)
{
	struct helper_greeting greeting;
	if (bytes.len != sizeof(greeting))
		return false;
	memcpy(&greeting, bytes.data, sizeof(greeting));
	if (greeting.magic != HELPER_MAGIC)
		return false;
	*ret_greeting = greeting;
	return true;
}

bool helper_request_read(struct str bytes, struct helper_request *ret_request)
{
	struct helper_request request;
	if (bytes.len != sizeof(request))
		return false;
	memcpy(&request, bytes.data, sizeof(request));
	if (request.magic != HELPER_MAGIC || request.type >= MEDIA_TYPE_COUNT || request.shape >= HELPER_SHAPE_COUNT ||
		request.size_bytes > MEDIA_MAX_FILE_BYTES)
		return false;
	*ret_request = request;
	return true;
}

static bool is_side(uint32_t side)
{
	return side > 0 && side <= HELPER_SIDE_MAX;
}

static bool is_written(uint32_t type, uint32_t width, uint32_t height, uint32_t size_bytes)
{
	return type < MEDIA_TYPE_COUNT && media_type_is_image((enum media_type)type) && is_side(width) && is_side(height) &&
		(uint64_t)width * height <= MEDIA_MAX_PIXELS && size_bytes > 0 && size_bytes <= MEDIA_MAX_FILE_BYTES;
}

bool helper_reply_read(struct str bytes, struct helper_reply *ret_reply)
{
	struct helper_reply reply;
	if (bytes.len != sizeof(reply))
		return false;
	memcpy(&reply, bytes.data, sizeof(reply));
	if (reply.magic != HELPER_MAGIC || reply.status >= HELPER_STATUS_COUNT)
		return false;
	if (reply.status == HELPER_DONE && !MUTANT("media_helper_reply")) {
		bool has_small = reply.small_type != MEDIA_TYPE_NONE;
		if (!is_written(reply.type, reply.width, reply.height, reply.size_bytes) ||
			(has_small && !is_written(reply.small_type, reply.small_width, reply.small_height, reply.small_size_bytes)) ||
			reply.blurhash[BLURHASH_LEN] != '\0' || !blurhash_is_valid(reply.blurhash, BLURHASH_LEN))
			return false;
	}
	*ret_reply = reply;
	return true;
}
