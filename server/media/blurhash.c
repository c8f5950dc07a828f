/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The encoder of the published algorithm: a cosine transform in linear light, quantised and written in base 83. */
#include "server/media/blurhash.h"

#include <math.h>
#include <string.h>

static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz#$%*+,-.:;=?@[]^_{|}~";

static double to_linear(unsigned char value)
{
	double v = value / 255.0;
	return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static int to_srgb(double value)
{
	double v = value < 0 ? 0 : value > 1 ? 1 : value;
	return (int)(v <= 0.0031308 ? v * 12.92 * 255 + 0.5 : (1.055 * pow(v, 1 / 2.4) - 0.055) * 255 + 0.5);
}

static char *write_base83(char *at, int value, int length)
{
	for (int i = length - 1; i >= 0; i--) {
		at[i] = digits[value % 83];
		value /= 83;
	}
	return at + length;
}

static void transform(const unsigned char *pixels, int width, int height, int x_component, int y_component, double ret_color[3])
{
	double sum[3] = { 0 };
	for (int y = 0; y < height; y++) {
		double y_basis = cos(M_PI * y_component * y / height);
		for (int x = 0; x < width; x++) {
			double basis = cos(M_PI * x_component * x / width) * y_basis;
			const unsigned char *pixel = pixels + 3 * ((size_t)y * (size_t)width + (size_t)x);
			for (int c = 0; c < 3; c++)
				sum[c] += basis * to_linear(pixel[c]);
		}
	}
	double scale = (x_component || y_component ? 2.0 : 1.0) / ((double)width * height);
	for (int c = 0; c < 3; c++)
		ret_color[c] = sum[c] * scale;
}

static int quantised(double value, double maximum)
{
	double part = value / maximum;
	double root = copysign(sqrt(fabs(part)), part);
	double level = floor(root * 9 + 9.5);
	return (int)(level < 0 ? 0 : level > 18 ? 18 : level);
}

void blurhash_encode(const unsigned char *pixels, int width, int height, char ret_text[BLURHASH_LEN + 1])
{
	enum { COUNT = BLURHASH_COMPONENTS_X * BLURHASH_COMPONENTS_Y };
	double colors[COUNT][3], largest = 0;
	for (int i = 0; i < COUNT; i++)
		transform(pixels, width, height, i % BLURHASH_COMPONENTS_X, i / BLURHASH_COMPONENTS_X, colors[i]);
	for (int i = 1; i < COUNT; i++)
		for (int c = 0; c < 3; c++)
			largest = fmax(largest, fabs(colors[i][c]));
	double level = floor(largest * 166 - 0.5);
	int quantised_largest = (int)(level < 0 ? 0 : level > 82 ? 82 : level);
	double maximum = (quantised_largest + 1) / 166.0;

	char *at = write_base83(ret_text, BLURHASH_COMPONENTS_X - 1 + (BLURHASH_COMPONENTS_Y - 1) * 9, 1);
	at = write_base83(at, quantised_largest, 1);
	at = write_base83(at, to_srgb(colors[0][0]) << 16 | to_srgb(colors[0][1]) << 8 | to_srgb(colors[0][2]), 4);
	for (int i = 1; i < COUNT; i++)
		at = write_base83(at, quantised(colors[i][0], maximum) * 19 * 19 + quantised(colors[i][1], maximum) * 19 +
			quantised(colors[i][2], maximum), 2);
	*at = '\0';
}

bool blurhash_is_valid(const char *text, size_t len)
{
	if (len < 6 || len > 4 + 2 * 81)
		return false;
	for (size_t i = 0; i < len; i++)
		if (text[i] == '\0' || !strchr(digits, text[i]))
			return false;
	return true;
}
