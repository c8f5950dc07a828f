/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Web Push against RFC 8291, 5 and Appendix A, and what is refused. */
#include "server/push/vapid.h"
#include "server/push/web_push.h"

#include "base/encoding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

static struct arena *arena;

static const struct str p256dh =
	STR("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4");
static const struct str auth = STR("BTBZMqHH6r4Tts7J_aSIgg");

static struct str decode(const char *text)
{
	struct str bytes;
	assert_true(base64url_decode(arena, str_from(text), &bytes));
	return bytes;
}

static void the_example_of_rfc_8291_comes_out_to_the_byte(void **state)
{
	(void)state;
	struct web_push_recipient recipient = { .is_standard = true };
	struct web_push_message message;
	assert_true(web_push_read_keys(arena, p256dh, auth, &recipient));
	assert_int_equal(web_push_encrypt_with(arena, &recipient, STR_LITERAL("When I grow up, I want to be a watermelon"),
		decode("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), decode("DGv6ra1nlYgDCS1FRnbzlw"), &message), ERROR_NONE);
	struct str text = base64url_encode(arena, message.body);
	assert_string_equal(text.data,
		"DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
		"yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN");
	assert_true(str_eq(message.content_encoding, STR_LITERAL("aes128gcm")));
	assert_null(message.crypto_key.data);
}

static void each_message_has_a_key_and_a_salt_of_its_own(void **state)
{
	(void)state;
	struct web_push_recipient recipient = { .is_standard = true };
	struct web_push_message first, second;
	assert_true(web_push_read_keys(arena, p256dh, auth, &recipient));
	assert_int_equal(web_push_encrypt(arena, &recipient, STR_LITERAL("same"), &first), ERROR_NONE);
	assert_int_equal(web_push_encrypt(arena, &recipient, STR_LITERAL("same"), &second), ERROR_NONE);
	assert_memory_not_equal(first.body.data, second.body.data, 16);
	assert_memory_not_equal(first.body.data + 21, second.body.data + 21, 65);
}

static void a_message_that_is_too_long_is_refused(void **state)
{
	(void)state;
	struct web_push_recipient recipient = { .is_standard = true };
	struct web_push_message message;
	char *plain = arena_alloc(arena, WEB_PUSH_PLAIN_MAX_BYTES + 1);
	assert_true(web_push_read_keys(arena, p256dh, auth, &recipient));
	assert_int_equal(web_push_encrypt(arena, &recipient, (struct str){ plain, WEB_PUSH_PLAIN_MAX_BYTES }, &message), ERROR_NONE);
	assert_true(message.body.len <= 4096);
	assert_int_equal(web_push_encrypt(arena, &recipient, (struct str){ plain, WEB_PUSH_PLAIN_MAX_BYTES + 1 }, &message),
		ERROR_UNPROCESSABLE);
}

static void keys_that_are_none_are_refused(void **state)
{
	(void)state;
	struct web_push_recipient recipient;
	struct str point = decode(p256dh.data);
	char *off_curve = arena_c_string(arena, point);
	off_curve[64] = (char)(off_curve[64] ^ 1);
	const struct str points[] = { STR(""), STR("AAAA"), STR("!"), base64url_encode(arena, (struct str){ off_curve, 65 }),
		base64url_encode(arena, str_slice(point, 0, 64)), base64url_encode(arena, (struct str){ arena_alloc(arena, 65), 65 }) };
	for (size_t i = 0; i < sizeof(points) / sizeof(points[0]); i++)
		assert_false(web_push_read_keys(arena, points[i], auth, &recipient));
	const struct str secrets[] = { STR(""), STR("BTBZMqHH6r4Tts7J_aSI"), STR("BTBZMqHH6r4Tts7J_aSIggAA"), STR("?") };
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		assert_false(web_push_read_keys(arena, p256dh, secrets[i], &recipient));
	/* With padding, and in the plain alphabet. */
	assert_true(web_push_read_keys(arena, base64_encode(arena, point), base64_encode(arena, decode(auth.data)), &recipient));
}

static void an_origin_is_all_that_a_service_learns_of_an_endpoint(void **state)
{
	(void)state;
	struct str audience;
	assert_true(vapid_audience(arena, STR_LITERAL("https://Push.example/send/abc?x=1"), &audience));
	assert_string_equal(audience.data, "https://push.example");
	assert_true(vapid_audience(arena, STR_LITERAL("https://push.example:8443/send"), &audience));
	assert_string_equal(audience.data, "https://push.example:8443");
	assert_false(vapid_audience(arena, STR_LITERAL("push.example/send"), &audience));
}

static int set_up(void **state)
{
	(void)state;
	arena = arena_new(16 << 20);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_example_of_rfc_8291_comes_out_to_the_byte),
		cmocka_unit_test(each_message_has_a_key_and_a_salt_of_its_own),
		cmocka_unit_test(a_message_that_is_too_long_is_refused),
		cmocka_unit_test(keys_that_are_none_are_refused),
		cmocka_unit_test(an_origin_is_all_that_a_service_learns_of_an_endpoint),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
