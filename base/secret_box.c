/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * AES-256-GCM by OpenSSL's EVP. The key lies in a page of its own that is neither swapped nor dumped. Nonces
 * are random: at 96 bits, two billion sealed values stay below a collision chance of 2^-33. */
#include "base/secret_box.h"

#include "base/mutant.h"
#include "base/random.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_BYTES 32
#define NONCE_BYTES 12
#define TAG_BYTES 16
#define VERSION_BYTE 1
#define OVERHEAD_BYTES (1 + NONCE_BYTES + TAG_BYTES)
#define PLAIN_MAX_BYTES ((size_t)1024 * 1024)

struct secret_box {
	unsigned char key[KEY_BYTES];
};

static void cipher_auto(EVP_CIPHER_CTX **cipher)
{
	EVP_CIPHER_CTX_free(*cipher);
	*cipher = NULL;
}

static enum error refuse(struct arena *arena, struct str *ret_message, const char *format, ...) PRINTF_LIKE(3, 4);
static enum error refuse(struct arena *arena, struct str *ret_message, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	*ret_message = arena_vprintf(arena, format, arguments);
	va_end(arguments);
	return ERROR_CONFIGURATION;
}

static struct secret_box *box_new(void)
{
	void *page = mmap(NULL, sizeof(struct secret_box), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (page == MAP_FAILED)
		memory_fatal("no page for the secret key");
	/* Best effort: a container may forbid to lock memory. */
	(void)mlock(page, sizeof(struct secret_box));
	(void)madvise(page, sizeof(struct secret_box), MADV_DONTDUMP);
	return page;
}

void secret_box_close(struct secret_box **box)
{
	if (!*box)
		return;
	memory_wipe(*box, sizeof(**box));
	munmap(*box, sizeof(**box));
	*box = NULL;
}

static bool sync_folder_of(struct arena *arena, const char *path)
{
	struct str whole = str_from(path);
	size_t end = whole.len;
	while (end > 0 && whole.data[end - 1] != '/')
		end--;
	const char *folder = end > 0 ? arena_c_string(arena, str_slice(whole, 0, end)) : ".";
	int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool is_synced = descriptor >= 0 && fsync(descriptor) == 0;
	if (descriptor >= 0)
		close(descriptor);
	return is_synced;
}

/* Written whole under another name and linked, so that a killed process leaves no half key and two that start
 * together use the same one. */
static enum error create_key_file(const char *path, struct arena *arena, struct str *ret_message)
{
	struct str temporary = arena_printf(arena, "%s.%ld.new", path, (long)getpid());
	unsigned char key[KEY_BYTES];
	random_bytes(key, sizeof(key));
	(void)unlink(temporary.data);
	int descriptor = open(temporary.data, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (descriptor < 0)
		return refuse(arena, ret_message, "cannot create the key file %s: %s; its directory must be writable by us", path,
			strerror(errno));
	bool is_written = write(descriptor, key, sizeof(key)) == (ssize_t)sizeof(key) && fsync(descriptor) == 0;
	memory_wipe(key, sizeof(key));
	int saved_errno = errno;
	close(descriptor);
	if (is_written && link(temporary.data, path) < 0 && errno != EEXIST) {
		is_written = false;
		saved_errno = errno;
	}
	(void)unlink(temporary.data);
	if (!is_written || !sync_folder_of(arena, path))
		return refuse(arena, ret_message, "cannot write the key file %s: %s", path, strerror(saved_errno));
	return ERROR_NONE;
}

static enum error check_key_file(const char *path, int descriptor, struct arena *arena, struct str *ret_message)
{
	struct stat status;
	if (fstat(descriptor, &status) < 0)
		return refuse(arena, ret_message, "cannot examine the key file %s: %s", path, strerror(errno));
	if (!S_ISREG(status.st_mode))
		return refuse(arena, ret_message, "the key file %s is no ordinary file", path);
	if (status.st_uid != geteuid())
		return refuse(arena, ret_message, "the key file %s belongs to another user: chown %ld %s", path, (long)geteuid(), path);
	if ((status.st_mode & 077) != 0 && !MUTANT("secret_box_mode"))
		return refuse(arena, ret_message, "others may read the key file %s: chmod 600 %s", path, path);
	if (status.st_size != KEY_BYTES)
		return refuse(arena, ret_message,
			"the key file %s has %lld bytes instead of %d: restore it from a backup; without the right key no private key of "
			"the database can be used", path, (long long)status.st_size, KEY_BYTES);
	return ERROR_NONE;
}

enum error secret_box_open(const char *key_file, bool may_create, struct arena *arena, struct secret_box **ret_box,
	struct str *ret_message)
{
	int descriptor = open(key_file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (descriptor < 0 && errno == ENOENT && may_create) {
		enum error error = create_key_file(key_file, arena, ret_message);
		if (error)
			return error;
		descriptor = open(key_file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	}
	if (descriptor < 0)
		return refuse(arena, ret_message, "cannot read the key file %s: %s", key_file, strerror(errno));

	enum error error = check_key_file(key_file, descriptor, arena, ret_message);
	if (!error) {
		struct secret_box *box = box_new();
		if (read(descriptor, box->key, KEY_BYTES) == KEY_BYTES) {
			*ret_box = box;
		} else {
			error = refuse(arena, ret_message, "cannot read the key file %s: %s", key_file, strerror(errno));
			secret_box_close(&box);
		}
	}
	close(descriptor);
	return error;
}

static int bound_len(struct str context)
{
	return MUTANT("secret_box_context") ? 0 : (int)context.len;
}

struct str secret_box_seal(const struct secret_box *box, struct arena *arena, struct str context, struct str plain)
{
	if (plain.len > PLAIN_MAX_BYTES || context.len > PLAIN_MAX_BYTES)
		memory_fatal("a secret is too large");
	unsigned char *sealed = arena_alloc(arena, plain.len + OVERHEAD_BYTES);
	unsigned char *nonce = sealed + 1, *ciphertext = nonce + NONCE_BYTES, *tag = ciphertext + plain.len;
	sealed[0] = VERSION_BYTE;
	random_bytes(nonce, NONCE_BYTES);

	AUTO(cipher) EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	int len = 0;
	bool is_sealed = cipher && EVP_EncryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, box->key, nonce) == 1 &&
		EVP_EncryptUpdate(cipher, NULL, &len, (const unsigned char *)context.data, bound_len(context)) == 1 &&
		EVP_EncryptUpdate(cipher, ciphertext, &len, (const unsigned char *)plain.data, (int)plain.len) == 1 &&
		EVP_EncryptFinal_ex(cipher, tag, &len) == 1 &&
		EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, tag) == 1;
	if (!is_sealed)
		memory_fatal("AES-256-GCM failed");
	return (struct str){ (const char *)sealed, plain.len + OVERHEAD_BYTES };
}

enum error secret_box_unseal(const struct secret_box *box, struct arena *arena, struct str context, struct str sealed,
	struct str *ret_plain)
{
	const unsigned char *data = (const unsigned char *)sealed.data;
	if (sealed.len < OVERHEAD_BYTES || sealed.len > PLAIN_MAX_BYTES + OVERHEAD_BYTES || data[0] != VERSION_BYTE)
		return ERROR_CRYPTO;
	size_t plain_len = sealed.len - OVERHEAD_BYTES;
	const unsigned char *nonce = data + 1, *ciphertext = nonce + NONCE_BYTES;
	unsigned char tag[TAG_BYTES];
	memcpy(tag, ciphertext + plain_len, TAG_BYTES);
	unsigned char *plain = arena_alloc(arena, plain_len + 1);

	AUTO(cipher) EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	int len = 0;
	bool is_opened = cipher && EVP_DecryptInit_ex(cipher, EVP_aes_256_gcm(), NULL, box->key, nonce) == 1 &&
		EVP_DecryptUpdate(cipher, NULL, &len, (const unsigned char *)context.data, bound_len(context)) == 1 &&
		EVP_DecryptUpdate(cipher, plain, &len, ciphertext, (int)plain_len) == 1 &&
		EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, TAG_BYTES, tag) == 1 &&
		(EVP_DecryptFinal_ex(cipher, plain + plain_len, &len) == 1 || MUTANT("secret_box_tag"));
	if (!is_opened) {
		/* A failed check leaves an entry behind that a later caller would take for its own. */
		ERR_clear_error();
		memory_wipe(plain, plain_len);
		return ERROR_CRYPTO;
	}
	*ret_plain = (struct str){ (const char *)plain, plain_len };
	return ERROR_NONE;
}

void secret_box_derive(const struct secret_box *box, struct str purpose, unsigned char ret_key[SECRET_BOX_DERIVED_BYTES])
{
	unsigned len = 0;
	if (!HMAC(EVP_sha256(), box->key, KEY_BYTES, (const unsigned char *)purpose.data, purpose.len, ret_key, &len) ||
		len != SECRET_BOX_DERIVED_BYTES)
		memory_fatal("no HMAC-SHA-256");
}
