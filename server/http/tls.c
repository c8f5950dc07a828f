/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * A thin cover over OpenSSL: four results instead of its error queue, and buffers that are given back
 * while a connection is idle. */
#include "server/http/tls.h"

#include "base/buf.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

struct tls_context {
	SSL_CTX *ssl;
};

struct tls_session {
	SSL *ssl;
};

static enum error refuse(const char *what, const char *file, char **ret_message)
{
	struct buf message = { 0 };
	size_t ignored;
	const char *reason = ERR_reason_error_string(ERR_peek_last_error());
	buf_add_printf(&message, "%s %s: %s", what, file, reason ? reason : "not usable");
	buf_add_char(&message, '\0');
	ERR_clear_error();
	*ret_message = buf_take(&message, &ignored);
	return ERROR_CONFIGURATION;
}

enum error tls_context_new(const char *certificate_file, const char *key_file, struct tls_context **ret_context,
	char **ret_message)
{
	static const unsigned char session_context[] = "comptoir";
	struct tls_context *context = memory_new(sizeof(*context));
	context->ssl = SSL_CTX_new(TLS_server_method());
	if (!context->ssl)
		memory_fatal("OpenSSL gives no TLS");
	SSL_CTX_set_min_proto_version(context->ssl, TLS1_2_VERSION);
	SSL_CTX_set_options(context->ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
		SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_IGNORE_UNEXPECTED_EOF | SSL_OP_PRIORITIZE_CHACHA);
	SSL_CTX_set_mode(context->ssl, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
		SSL_MODE_RELEASE_BUFFERS);
	SSL_CTX_set_session_id_context(context->ssl, session_context, sizeof(session_context) - 1);
	enum error error = ERROR_NONE;
	if (SSL_CTX_use_certificate_chain_file(context->ssl, certificate_file) != 1)
		error = refuse("http.tls_certificate", certificate_file, ret_message);
	else if (SSL_CTX_use_PrivateKey_file(context->ssl, key_file, SSL_FILETYPE_PEM) != 1 ||
		SSL_CTX_check_private_key(context->ssl) != 1)
		error = refuse("http.tls_key", key_file, ret_message);
	if (error != ERROR_NONE)
		tls_context_free(&context);
	else
		*ret_context = context;
	return error;
}

void tls_context_free(struct tls_context **context)
{
	if (!*context)
		return;
	SSL_CTX_free((*context)->ssl);
	memory_free(*context);
	*context = NULL;
}

struct tls_session *tls_session_new(struct tls_context *context, int fd)
{
	struct tls_session *session = memory_new(sizeof(*session));
	session->ssl = SSL_new(context->ssl);
	if (!session->ssl || SSL_set_fd(session->ssl, fd) != 1)
		memory_fatal("out of memory for TLS");
	SSL_set_accept_state(session->ssl);
	return session;
}

void tls_session_free(struct tls_session **session)
{
	if (!*session)
		return;
	SSL_free((*session)->ssl);
	memory_free(*session);
	*session = NULL;
}

static enum tls_result result_of(struct tls_session *session, int returned)
{
	switch (SSL_get_error(session->ssl, returned)) {
	case SSL_ERROR_NONE:
	case SSL_ERROR_ZERO_RETURN:
		return TLS_DONE;
	case SSL_ERROR_WANT_READ:
		return TLS_WANTS_READ;
	case SSL_ERROR_WANT_WRITE:
		return TLS_WANTS_WRITE;
	default:
		ERR_clear_error();
		return TLS_FAILED;
	}
}

enum tls_result tls_handshake(struct tls_session *session)
{
	ERR_clear_error();
	int returned = SSL_do_handshake(session->ssl);
	return returned == 1 ? TLS_DONE : result_of(session, returned);
}

enum tls_result tls_read(struct tls_session *session, char *data, size_t len, size_t *ret_len)
{
	ERR_clear_error();
	*ret_len = 0;
	int returned = SSL_read_ex(session->ssl, data, len, ret_len);
	return returned == 1 ? TLS_DONE : result_of(session, returned);
}

enum tls_result tls_write(struct tls_session *session, const char *data, size_t len, size_t *ret_len)
{
	ERR_clear_error();
	*ret_len = 0;
	int returned = SSL_write_ex(session->ssl, data, len, ret_len);
	return returned == 1 ? TLS_DONE : result_of(session, returned);
}

void tls_close(struct tls_session *session)
{
	ERR_clear_error();
	if (SSL_is_init_finished(session->ssl))
		(void)SSL_shutdown(session->ssl);
	ERR_clear_error();
}
