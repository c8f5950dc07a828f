/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * One list of errors for the whole program. A function that can fail in more than one way returns one of
 * these; what the client may read and the HTTP status stand in one table in error.c. The detail goes to
 * the log only. */
#ifndef COMPTOIR_BASE_ERROR_H
#define COMPTOIR_BASE_ERROR_H

enum error {
	ERROR_NONE = 0,
	ERROR_BAD_REQUEST,            /* 400 */
	ERROR_UNAUTHORIZED,           /* 401 */
	ERROR_FORBIDDEN,              /* 403 */
	ERROR_NOT_FOUND,              /* 404 */
	ERROR_METHOD_NOT_ALLOWED,     /* 405 */
	ERROR_NOT_ACCEPTABLE,         /* 406 */
	ERROR_REQUEST_TIMEOUT,        /* 408 */
	ERROR_CONFLICT,               /* 409 */
	ERROR_GONE,                   /* 410 */
	ERROR_LENGTH_REQUIRED,        /* 411 */
	ERROR_CONTENT_TOO_LARGE,      /* 413 */
	ERROR_TARGET_TOO_LONG,        /* 414 */
	ERROR_UNSUPPORTED_MEDIA_TYPE, /* 415 */
	ERROR_EXPECTATION_FAILED,     /* 417 */
	ERROR_MISDIRECTED_REQUEST,    /* 421 */
	ERROR_UNPROCESSABLE,          /* 422 */
	ERROR_UPGRADE_REQUIRED,       /* 426 */
	ERROR_TOO_MANY_REQUESTS,      /* 429 */
	ERROR_HEADERS_TOO_LARGE,      /* 431 */
	ERROR_INTERNAL,               /* 500 */
	ERROR_NOT_IMPLEMENTED,        /* 501 */
	ERROR_UNAVAILABLE,            /* 503 */
	ERROR_VERSION_NOT_SUPPORTED,  /* 505 */
	ERROR_STORAGE_FULL,           /* 507 */
	ERROR_DATABASE,               /* 500: a statement failed */
	ERROR_DATABASE_UNREACHABLE,   /* 503: no connection, or it was lost before COMMIT was sent */
	ERROR_COMMIT_UNKNOWN,         /* 503: the connection was lost while COMMIT was under way */
	ERROR_TIMEOUT,                /* 503: our own work took too long */
	ERROR_IO,                     /* 500: a file could not be read or written */
	ERROR_CONFIGURATION,          /* 500: what the operator gave does not fit */
	ERROR_CRYPTO,                 /* 500 */
	ERROR_COUNT
};

/* A sentence that may be shown to anyone. Static. */
const char *error_text(enum error error);

/* The stable word for logs and metrics, such as "not_found". Static. */
const char *error_name(enum error error);

/* 200 for ERROR_NONE. */
int error_http_status(enum error error);

#endif
