/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Whatever a name server answers: it is read within its bytes, and holds only what stands in it. */
#include "server/jobs/dns_txt.h"

#include "base/str.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct str wanted = STR("comptoir-verification=abc");
	unsigned char *copy = memory_new(size + 1);
	if (size)
		memcpy(copy, data, size);
	if (dns_txt_answer_holds(copy, size, wanted) && size < wanted.len)
		memory_fatal("found what cannot be there");
	if (dns_txt_answer_holds(copy, size, (struct str){ 0 }))
		memory_fatal("nothing was found");
	memory_free(copy);
	return 0;
}
