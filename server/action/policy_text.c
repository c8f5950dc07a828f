/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Read anew each time they are asked for: that is seldom, and the operator sees changes at once. */
#include "server/action/policy_text.h"

#include "base/html.h"
#include "base/memory.h"

#include <cmark.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* When the built-in text was written. */
#define BUILT_IN_UPDATED_US (1795305600LL * 1000000)

static const char built_in_privacy[] =
	"# What this server keeps\n\n"
	"Your account: name, e-mail address, a hash of your password, your settings. What you post and whom you follow. "
	"Which apps and browsers are logged in, and on which day each was last used.\n\n"
	"# What it sends to others\n\n"
	"What you post goes to the servers of those who follow you or whom you mention, as public as you made it. "
	"Those servers keep copies under their own rules; a deletion is sent to them too.\n\n"
	"# What it does not do\n\n"
	"It shows no advertisements, sets no cookies but the one that keeps you logged in, and does not follow you across "
	"other sites.\n\n"
	"# How long\n\n"
	"Access logs are the operator's. Your posts stay until you delete them or your account.\n";

static const char built_in_privacy_french[] =
	"# Ce que ce serveur garde\n\n"
	"Votre compte : nom, adresse électronique, une empreinte de votre mot de passe, vos réglages. Ce que vous publiez et "
	"qui vous suivez. Les applications et navigateurs connectés, et le jour de leur dernier usage.\n\n"
	"# Ce qu’il envoie à d’autres\n\n"
	"Ce que vous publiez part vers les serveurs de ceux qui vous suivent ou que vous mentionnez, aussi public que vous "
	"l’avez voulu. Ces serveurs en gardent des copies selon leurs propres règles ; une suppression leur est envoyée aussi.\n\n"
	"# Ce qu’il ne fait pas\n\n"
	"Il ne montre aucune publicité, ne dépose aucun autre cookie que celui qui vous garde connecté, et ne vous suit pas "
	"sur d’autres sites.\n\n"
	"# Combien de temps\n\n"
	"Les journaux d’accès relèvent de l’exploitant. Vos messages restent jusqu’à ce que vous les supprimiez, ou votre "
	"compte.\n";

struct str policy_text_render(struct arena *arena, struct str markdown)
{
	char *html = cmark_markdown_to_html(markdown.len ? markdown.data : "", markdown.len, CMARK_OPT_VALIDATE_UTF8);
	if (!html)
		memory_fatal("no memory for Markdown");
	struct str clean = html_clean(arena, str_from(html), POLICY_MAX_BYTES);
	cmark_get_default_mem_allocator()->free(html);
	return clean;
}

static enum error read_all(int file, struct arena *arena, size_t size, struct str *ret_text)
{
	char *text = arena_alloc(arena, size + 1);
	size_t len = 0;
	while (len < size) {
		ssize_t got = read(file, text + len, size - len);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return ERROR_IO;
		if (got == 0)
			break;
		len += (size_t)got;
	}
	*ret_text = (struct str){ text, len };
	return ERROR_NONE;
}

static enum error read_file(struct arena *arena, const char *path, struct str *ret_text, int64_t *ret_updated_us)
{
	struct stat status;
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (file < 0)
		return ERROR_IO;
	enum error error = ERROR_NONE;
	if (fstat(file, &status) || !S_ISREG(status.st_mode))
		error = ERROR_IO;
	else if (status.st_size > POLICY_MAX_BYTES)
		error = ERROR_CONTENT_TOO_LARGE;
	else
		error = read_all(file, arena, (size_t)status.st_size, ret_text);
	close(file);
	if (!error)
		*ret_updated_us = (int64_t)status.st_mtim.tv_sec * 1000000;
	return error;
}

enum error policy_text_read(struct arena *arena, const struct config *config, enum policy_kind kind,
	bool in_french, struct policy_text *ret_policy)
{
	const char *path = config_text(config, kind == POLICY_PRIVACY ? "instance.privacy_policy" : "instance.terms_of_service");
	struct str text = str_from(in_french ? built_in_privacy_french : built_in_privacy);
	int64_t updated_us = BUILT_IN_UPDATED_US;
	if (!*path && kind == POLICY_TERMS)
		return ERROR_NOT_FOUND;
	if (*path) {
		enum error error = read_file(arena, path, &text, &updated_us);
		if (error)
			return error;
	}
	ret_policy->html = policy_text_render(arena, text);
	ret_policy->updated_us = updated_us;
	return ERROR_NONE;
}
