/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The sniffer and the messages of the media helper. */
#include "server/media/helper_message.h"
#include "storage/media_store.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str bytes = { (const char *)data, size };
	struct helper_greeting greeting;
	struct helper_request request;
	struct helper_reply reply;
	enum media_type type = media_sniff(bytes);
	if (media_type_from_extension(str_from(media_type_extension(type))) != type)
		abort();
	(void)helper_greeting_read(bytes, &greeting);
	(void)helper_request_read(bytes, &request);
	if (helper_reply_read(bytes, &reply) && reply.status == HELPER_DONE && !blurhash_is_valid(reply.blurhash, BLURHASH_LEN))
		abort();
	(void)media_store_is_name(bytes);
	return 0;
}
