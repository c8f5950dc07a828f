/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Every sentence that people read on pages, in every language that we speak: one line of the table a text, all
 * languages side by side. A line that lacks a language does not compile (the macro wants them all), nor does an
 * empty one (text.c). A new language is one more column. */
#ifndef COMPTOIR_SERVER_WEB_TEXT_H
#define COMPTOIR_SERVER_WEB_TEXT_H

#include "server/web/text_login.h"
#include "server/web/text_permission.h"
#include "server/web/text_draft.h"
#include "server/web/text_problem.h"

#include "base/arena.h"

enum language { LANGUAGE_ENGLISH, LANGUAGE_FRENCH, LANGUAGE_COUNT };

/*        name                      English, French */
#define TEXTS(X) TEXTS_OF_PAGES(X) TEXTS_OF_LOGIN(X) TEXTS_OF_DRAFTS(X) TEXTS_OF_PROBLEMS(X) TEXTS_OF_PERMISSIONS(X)

#define TEXTS_OF_PAGES(X) \
	X(TEXT_SKIP_TO_CONTENT,     "Skip to content", "Aller au contenu") \
	X(TEXT_HOME,                "Home", "Accueil") \
	X(TEXT_PRIVACY_POLICY,      "Privacy policy", "Politique de confidentialité") \
	X(TEXT_TERMS_OF_SERVICE,    "Terms of service", "Conditions d’utilisation") \
	X(TEXT_RULES,               "Rules", "Règles") \
	X(TEXT_ABOUT,               "About this server", "À propos de ce serveur") \
	X(TEXT_POWERED_BY,          "Runs on Comptoir", "Propulsé par Comptoir") \
	X(TEXT_PEOPLE,              "People", "Comptes") \
	X(TEXT_ACTIVE_THIS_MONTH,   "Active this month", "Actifs ce mois-ci") \
	X(TEXT_POST,                "Post", "Message") \
	X(TEXT_POSTS,               "Posts", "Messages") \
	X(TEXT_FOLLOWER,            "Follower", "Abonné") \
	X(TEXT_FOLLOWERS,           "Followers", "Abonnés") \
	X(TEXT_FOLLOWING,           "Following", "Abonnements") \
	X(TEXT_KNOWN_SERVERS,       "Known servers", "Serveurs connus") \
	X(TEXT_WHO_IS_HERE,         "Who is here", "Qui est ici") \
	X(TEXT_NOBODY_YET,          "Nobody has chosen to be listed yet.", "Personne n’a encore choisi d’apparaître ici.") \
	X(TEXT_HOW_TO_FOLLOW,       "How to follow", "Comment s’abonner") \
	X(TEXT_FOLLOW_HELP, \
		"You do not need an account here. On Mastodon or any other server of the fediverse, search for this address and follow it:", \
		"Aucun compte n’est nécessaire ici. Sur Mastodon ou tout autre serveur du fédivers, cherchez cette adresse et abonnez-vous :") \
	X(TEXT_HOME_HELP, \
		"The companies and people below can be read and followed from any server of the fediverse. Search there for their address, such as", \
		"Les entreprises et les personnes ci-dessous se lisent et se suivent depuis tout serveur du fédivers. Cherchez-y leur adresse, par exemple") \
	X(TEXT_RECENT_POSTS,        "Recent posts", "Messages récents") \
	X(TEXT_NO_POSTS_YET,        "Nothing has been published here yet.", "Rien n’a encore été publié ici.") \
	X(TEXT_PINNED_POSTS,        "Pinned", "Épinglés") \
	X(TEXT_OLDER_POSTS,         "Older posts", "Messages plus anciens") \
	X(TEXT_NEWEST_POSTS,        "Newest posts", "Messages les plus récents") \
	X(TEXT_TAG_HELP,            "Public posts with this hashtag", "Les messages publics avec ce hashtag") \
	X(TEXT_TIMELINES_CLOSED, \
		"On this server, public timelines are for its members only.", \
		"Sur ce serveur, les fils publics sont réservés aux membres.") \
	X(TEXT_EDITED,              "edited", "modifié") \
	X(TEXT_CONTENT_WARNING,     "Content warning", "Avertissement") \
	X(TEXT_REPLY,               "Reply", "Réponse") \
	X(TEXT_ANSWERED_IN_PRIVATE, "We have answered you in a private message.", \
		"Nous vous avons répondu en message privé.") \
	X(TEXT_REPLIES,             "Replies", "Réponses") \
	X(TEXT_BOOST,               "Boost", "Partage") \
	X(TEXT_BOOSTS,              "Boosts", "Partages") \
	X(TEXT_FAVOURITE,           "Favourite", "Favori") \
	X(TEXT_FAVOURITES,          "Favourites", "Favoris") \
	X(TEXT_POST_BY,             "A post by", "Un message de") \
	X(TEXT_QUOTES,              "Quotes", "Cite") \
	X(TEXT_ATTACHMENT,          "Attachment", "Pièce jointe") \
	X(TEXT_POLL,                "Poll", "Sondage") \
	X(TEXT_POLL_OPEN,           "Open for votes", "Le vote est ouvert") \
	X(TEXT_POLL_CLOSED,         "The poll has ended", "Le sondage est terminé") \
	X(TEXT_POST_GONE_TITLE,     "This post was deleted", "Ce message a été supprimé") \
	X(TEXT_POST_GONE_HELP, \
		"Its author took it back, or the account is no longer here.", \
		"Son auteur l’a retiré, ou le compte n’est plus ici.") \
	X(TEXT_SINCE,               "Since", "Depuis") \
	X(TEXT_DETAILS,             "Details", "En détail") \
	X(TEXT_KIND_PERSON,         "Person", "Personne") \
	X(TEXT_KIND_ORGANIZATION,   "Organisation", "Organisation") \
	X(TEXT_KIND_GROUP,          "Group", "Groupe") \
	X(TEXT_KIND_SERVICE,        "Automated account", "Compte automatisé") \
	X(TEXT_KIND_APPLICATION,    "Server account", "Compte du serveur") \
	X(TEXT_MEMORIAL,            "In remembrance", "En mémoire") \
	X(TEXT_APPROVES_FOLLOWERS,  "Approves its followers", "Approuve ses abonnés") \
	X(TEXT_MOVED_TO,            "This account has moved to", "Ce compte se trouve maintenant ici :") \
	X(TEXT_ADDRESS,             "Address of the server", "Adresse du serveur") \
	X(TEXT_VERSION,             "Version", "Version") \
	X(TEXT_SOURCE,              "Source code", "Code source") \
	X(TEXT_SOURCE_ON_REQUEST, \
		"Free software (GNU AGPL, version 3 or later): ask the people who run this server for it.", \
		"Logiciel libre (GNU AGPL, version 3 ou ultérieure) : demandez-le aux responsables de ce serveur.") \
	X(TEXT_LANGUAGES,           "Languages", "Langues") \
	X(TEXT_REGISTRATIONS,       "Registrations", "Inscriptions") \
	X(TEXT_REGISTRATIONS_OPEN,  "Open to all", "Ouvertes à tous") \
	X(TEXT_REGISTRATIONS_APPROVAL, "After approval", "Après approbation") \
	X(TEXT_REGISTRATIONS_INVITATION, "By invitation", "Sur invitation") \
	X(TEXT_REGISTRATIONS_CLOSED, "Closed", "Fermées") \
	X(TEXT_CONTACT,             "Contact", "Contact") \
	X(TEXT_INTERACT_TITLE,      "Continue on your own server", "Continuez sur votre serveur") \
	X(TEXT_INTERACT_HELP, \
		"Search for this address on the server where you have an account, then follow, answer or share from there:", \
		"Cherchez cette adresse sur le serveur où vous avez un compte, puis abonnez-vous, répondez ou partagez depuis là :") \
	X(TEXT_NOT_FOUND_TITLE,     "This page does not exist", "Cette page n’existe pas") \
	X(TEXT_NOT_FOUND_HELP, \
		"The address may be mistyped, or what was here is no longer public.", \
		"L’adresse comporte peut-être une erreur, ou ce qui était ici n’est plus public.") \
	X(TEXT_GONE_TITLE,          "This account is no longer here", "Ce compte n’est plus ici") \
	X(TEXT_GONE_HELP, \
		"It was closed or suspended.", \
		"Il a été fermé ou suspendu.") \
	X(TEXT_BACK_HOME,           "Back to the home page", "Retour à l’accueil") \
	X(TEXT_TOLD_MENTION,        "mentioned you", "vous a mentionné") \
	X(TEXT_TOLD_STATUS,         "just posted", "vient de publier") \
	X(TEXT_TOLD_BOOST,          "boosted your post", "a partagé votre message") \
	X(TEXT_TOLD_FAVOURITE,      "favourited your post", "a ajouté votre message à ses favoris") \
	X(TEXT_TOLD_FOLLOW,         "is now following you", "vous suit") \
	X(TEXT_TOLD_FOLLOW_REQUEST, "asks to follow you", "demande à vous suivre") \
	X(TEXT_TOLD_POLL,           "asked in a poll that has ended", "a posé une question dont le vote est terminé") \
	X(TEXT_TOLD_UPDATE,         "edited a post", "a modifié un message") \
	X(TEXT_TOLD_QUOTE,          "quoted your post", "a cité votre message") \
	X(TEXT_TOLD_SIGN_UP,        "signed up", "s’est inscrit") \
	X(TEXT_TOLD_REPORT,         "sent a report", "a envoyé un signalement") \
	X(TEXT_MONTH_1,  "January", "janvier") \
	X(TEXT_MONTH_2,  "February", "février") \
	X(TEXT_MONTH_3,  "March", "mars") \
	X(TEXT_MONTH_4,  "April", "avril") \
	X(TEXT_MONTH_5,  "May", "mai") \
	X(TEXT_MONTH_6,  "June", "juin") \
	X(TEXT_MONTH_7,  "July", "juillet") \
	X(TEXT_MONTH_8,  "August", "août") \
	X(TEXT_MONTH_9,  "September", "septembre") \
	X(TEXT_MONTH_10, "October", "octobre") \
	X(TEXT_MONTH_11, "November", "novembre") \
	X(TEXT_MONTH_12, "December", "décembre")

#define TEXT_CONSTANT(name, english, french) name,
enum text { TEXTS(TEXT_CONSTANT) TEXT_COUNT };
#undef TEXT_CONSTANT

/* Plain text, to be escaped like any other. Static. */
struct str text_get(enum language language, enum text text);

/* Which of two texts goes with a number: English has one for 1, French for 0 and 1. */
enum text text_for_count(enum language language, int64_t count, enum text one, enum text many);

/* "en", "fr": for the lang attribute. Static. */
struct str language_tag(enum language language);

/* The language of a tag such as "fr", "fr-CA" or "FR"; false for one that we do not speak. */
bool language_from_tag(struct str tag, enum language *ret_language) MUST_CHECK;

/* A day as people write it: "22 November 2026", "1er mars 2026". UTC. */
struct str text_date(struct arena *arena, enum language language, int64_t time_us) MUST_CHECK;

/* A whole number with the language's separators: "12,345", "12 345" (narrow no-break space). */
struct str text_number(struct arena *arena, enum language language, int64_t number) MUST_CHECK;

#endif
