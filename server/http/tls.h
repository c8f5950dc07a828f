/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * TLS of the server side by OpenSSL on non-blocking sockets. TLS 1.2 and 1.3, no renegotiation, session
 * tickets. Any thread may make sessions; a session belongs to one thread. */
#ifndef COMPTOIR_SERVER_HTTP_TLS_H
#define COMPTOIR_SERVER_HTTP_TLS_H

#include "base/error.h"
#include "base/memory.h"

#include <sys/types.h>

struct tls_context;
struct tls_session;

/* Reads the chain and the key (PEM). ERROR_CONFIGURATION with *ret_message (heap): which file, and why. */
enum error tls_context_new(const char *certificate_file, const char *key_file, struct tls_context **ret_context,
	char **ret_message) MUST_CHECK;
void tls_context_free(struct tls_context **context); /* accepts NULL */

struct tls_session *tls_session_new(struct tls_context *context, int fd) MUST_CHECK;
void tls_session_free(struct tls_session **session); /* accepts NULL; does not close fd */

enum tls_result { TLS_DONE, TLS_WANTS_READ, TLS_WANTS_WRITE, TLS_FAILED };
enum tls_result tls_handshake(struct tls_session *session) MUST_CHECK;

/* TLS_DONE with *ret_len bytes; 0 of them when the peer closed. A write that was not done is repeated later
 * with the same bytes, or more. */
enum tls_result tls_read(struct tls_session *session, char *data, size_t len, size_t *ret_len) MUST_CHECK;
enum tls_result tls_write(struct tls_session *session, const char *data, size_t len, size_t *ret_len) MUST_CHECK;

/* Sends close_notify if the socket takes it. */
void tls_close(struct tls_session *session);

#endif
