/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Whatever comes out of ffprobe, the facts that are believed of it are within their bounds. */
#include "server/media/film_facts.h"

#include "base/memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct film_facts facts = { 0 };
	if (!film_facts_read((struct str){ (const char *)data, size }, &facts))
		return 0;
	if ((!facts.has_picture && !facts.has_sound) || (facts.has_picture && (facts.width < 1 || facts.height < 1)) ||
		facts.width > 32768 || facts.height > 32768 || facts.duration_ms < 0 || facts.duration_ms > 864000000 ||
		facts.frame_rate_milli < 0 || facts.frame_rate_milli > 1000000 || facts.bit_rate < 0 || facts.frames < 0)
		memory_fatal("a fact is out of bounds");
	return 0;
}
