/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Blurhash (woltapp/blurhash): a picture's colours in some thirty characters, shown until it has come. */
#ifndef COMPTOIR_SERVER_MEDIA_BLURHASH_H
#define COMPTOIR_SERVER_MEDIA_BLURHASH_H

#include <stdbool.h>
#include <stddef.h>

#define BLURHASH_COMPONENTS_X 4
#define BLURHASH_COMPONENTS_Y 4
#define BLURHASH_LEN (4 + 2 * BLURHASH_COMPONENTS_X * BLURHASH_COMPONENTS_Y)

/* pixels: width * height * 3 bytes of sRGB. Costs width * height * 16 steps: give it a small picture. */
void blurhash_encode(const unsigned char *pixels, int width, int height, char ret_text[BLURHASH_LEN + 1]);

/* The form only: length and characters. */
bool blurhash_is_valid(const char *text, size_t len);

#endif
