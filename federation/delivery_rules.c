/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The schedule and the table of answers. */
#include "federation/delivery_rules.h"

#include "base/mutant.h"
#include "base/random.h"

static int64_t spread(int64_t delay_us)
{
	return delay_us / 100 * 85 + (int64_t)random_below((uint64_t)(delay_us / 100 * 30) + 1);
}

int64_t delivery_retry_delay_us(int failures)
{
	static const int schedule_s[] = { 30, 120, 480, 1800, 7200, 21600 };
	int last = (int)(sizeof(schedule_s) / sizeof(schedule_s[0])) - 1;
	int step = failures < 1 ? 0 : failures - 1 > last ? last : failures - 1;
	return spread(schedule_s[step] * DELIVERY_SECOND_US);
}

int64_t delivery_probe_delay_us(void)
{
	return spread(DELIVERY_DAY_US);
}

int64_t delivery_retry_after_us(const struct http_client_result *result)
{
	int64_t seconds = result->retry_after_s;
	if (seconds <= 0)
		return 0;
	return seconds > 86400 && !MUTANT("delivery_retry_after_limit") ? DELIVERY_DAY_US : seconds * DELIVERY_SECOND_US;
}

static bool is_refusal(int status)
{
	static const int refusals[] = { 400, 403, 404, 405, 406, 410, 413, 414, 415, 422, 501 };
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		if (status == refusals[i])
			return true;
	}
	return status >= 300 && status < 400;
}

static struct delivery_judgement judge_status(int status)
{
	if (status >= 200 && status < 300)
		return (struct delivery_judgement){ VERDICT_ACCEPTED, FINDING_WELL };
	enum delivery_verdict verdict = is_refusal(status) && !MUTANT("delivery_refusals") ? VERDICT_REFUSED : VERDICT_RETRY;
	if (status == 429)
		return (struct delivery_judgement){ verdict, FINDING_SLOW_DOWN };
	if (status >= 500 && status != 501)
		return (struct delivery_judgement){ verdict, FINDING_TROUBLED };
	return (struct delivery_judgement){ verdict, FINDING_LIVES };
}

struct delivery_judgement delivery_judge(const struct http_client_result *result)
{
	switch (result->error) {
	case HTTP_CLIENT_OK:
		return judge_status(result->status);
	case HTTP_CLIENT_TOO_LARGE:
		/* The status says it, however much is said behind it. */
		if (result->status)
			return judge_status(result->status);
		return (struct delivery_judgement){ VERDICT_RETRY, FINDING_UNREACHABLE };
	case HTTP_CLIENT_BAD_URL:
	case HTTP_CLIENT_NOT_SIGNED:
		return (struct delivery_judgement){ VERDICT_REFUSED, FINDING_NOTHING };
	case HTTP_CLIENT_BUSY:
	case HTTP_CLIENT_CANCELLED:
		return (struct delivery_judgement){ VERDICT_UNTRIED, FINDING_NOTHING };
	case HTTP_CLIENT_REFUSED:
	case HTTP_CLIENT_DNS:
	case HTTP_CLIENT_CONNECT:
	case HTTP_CLIENT_TLS:
	case HTTP_CLIENT_TIMEOUT:
	case HTTP_CLIENT_PROTOCOL:
	case HTTP_CLIENT_REDIRECT:
	case HTTP_CLIENT_ERROR_COUNT:
		return (struct delivery_judgement){ VERDICT_RETRY, FINDING_UNREACHABLE };
	}
	return (struct delivery_judgement){ VERDICT_RETRY, FINDING_UNREACHABLE };
}

bool delivery_wants_other_signature(const struct http_client_result *result)
{
	return result->error == HTTP_CLIENT_OK && (result->status == 400 || result->status == 401);
}
