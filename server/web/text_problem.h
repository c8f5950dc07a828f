/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What is wrong with a request to /api/brand/v1: for each kind of problem (server/brand/problems.inc) its title and what it
 * means, and sentences that tell more. Part of the table in text.h. */
#ifndef COMPTOIR_SERVER_WEB_TEXT_PROBLEM_H
#define COMPTOIR_SERVER_WEB_TEXT_PROBLEM_H

#define TEXTS_OF_PROBLEMS(X) \
	X(TEXT_PROBLEM_ACCOUNT_NEEDED, "Say for which account", "Précisez pour quel compte") \
	X(TEXT_PROBLEM_ACCOUNT_NEEDED_HELP, \
		"You belong to several organisations, or your organisation has several accounts. Name one with X-Act-As, org or actor_id.", \
		"Vous appartenez à plusieurs organisations, ou la vôtre a plusieurs comptes. Indiquez-en un avec X-Act-As, org ou actor_id.") \
	X(TEXT_PROBLEM_ALREADY_DECIDED, "This was decided already", "C’est déjà décidé") \
	X(TEXT_PROBLEM_ALREADY_DECIDED_HELP, \
		"You have decided this version before, or somebody else has closed this step. One person counts once.", \
		"Vous avez déjà décidé pour cette version, ou quelqu’un a clos cette étape. Une personne compte une seule fois.") \
	X(TEXT_PROBLEM_BAD_REQUEST, "This request could not be read", "Cette requête est illisible") \
	X(TEXT_PROBLEM_BAD_REQUEST_HELP, \
		"The body is not the JSON object, the form or the multipart document that it says it is.", \
		"Le corps n’est pas l’objet JSON, le formulaire ou le document multipart annoncé.") \
	X(TEXT_PROBLEM_BAD_VALUE, "A value does not fit", "Une valeur ne convient pas") \
	X(TEXT_PROBLEM_BAD_VALUE_HELP, \
		"Something that was sent is missing, too long, or none of the words that are allowed. Nothing was changed.", \
		"Une donnée manque, est trop longue, ou n’est pas l’un des mots permis. Rien n’a été modifié.") \
	X(TEXT_PROBLEM_CONFLICT, "This contradicts what is there", "C’est contraire à ce qui existe") \
	X(TEXT_PROBLEM_CONFLICT_HELP, \
		"The name is taken, the thing exists already, or the change would leave nobody in charge. Nothing was changed.", \
		"Le nom est pris, la chose existe déjà, ou plus personne ne serait responsable. Rien n’a été modifié.") \
	X(TEXT_PROBLEM_CONTENT_TOO_LARGE, "This is too large", "C’est trop volumineux") \
	X(TEXT_PROBLEM_CONTENT_TOO_LARGE_HELP, \
		"The body is larger than this operation takes, or it takes none.", \
		"Le corps dépasse ce que cette opération accepte, ou elle n’en accepte pas.") \
	X(TEXT_PROBLEM_EMBARGO, "This is under embargo", "C’est sous embargo") \
	X(TEXT_PROBLEM_EMBARGO_HELP, \
		"A file or a draft may not be published before the time that was set for it.", \
		"Un fichier ou un brouillon ne peut pas être publié avant l’heure fixée.") \
	X(TEXT_PROBLEM_EXPIRED_ASSET, "The licence of a file has ended", "La licence d’un fichier a expiré") \
	X(TEXT_PROBLEM_EXPIRED_ASSET_HELP, \
		"A file may not be published any more after the day that was set for it.", \
		"Un fichier ne peut plus être publié après le jour fixé pour lui.") \
	X(TEXT_PROBLEM_INTERNAL, "Something went wrong on our side", "Une erreur est survenue de notre côté") \
	X(TEXT_PROBLEM_INTERNAL_HELP, \
		"The people who run this server find it in their log by the request_id.", \
		"Les responsables de ce serveur la retrouvent dans leur journal par request_id.") \
	X(TEXT_PROBLEM_KEY_REUSED, "This key belongs to another request", "Cette clé appartient à une autre requête") \
	X(TEXT_PROBLEM_KEY_REUSED_HELP, \
		"The Idempotency-Key was used within 24 hours with another body. Use a new one for a new request.", \
		"Cet Idempotency-Key a servi depuis moins de 24 heures avec un autre corps. Prenez-en un neuf pour une nouvelle requête.") \
	X(TEXT_PROBLEM_METHOD_NOT_ALLOWED, "This path has no such method", "Ce chemin n’a pas cette méthode") \
	X(TEXT_PROBLEM_METHOD_NOT_ALLOWED_HELP, \
		"The header Allow names the methods that this path has.", \
		"L’en-tête Allow donne les méthodes de ce chemin.") \
	X(TEXT_PROBLEM_MISSING_ALT_TEXT, "A description is missing", "Une description manque") \
	X(TEXT_PROBLEM_MISSING_ALT_TEXT_HELP, \
		"The rules of this account want a description for every image, so that people who cannot see it can read it.", \
		"Les règles de ce compte exigent une description de chaque image, pour celles et ceux qui ne la voient pas.") \
	X(TEXT_PROBLEM_NOT_APPROVED, "This is not approved", "Ce n’est pas approuvé") \
	X(TEXT_PROBLEM_NOT_APPROVED_HELP, \
		"This very version has not had all the approvals that the rules of the account ask for.", \
		"Cette version précise n’a pas toutes les approbations que les règles du compte demandent.") \
	X(TEXT_PROBLEM_NOT_FOUND, "There is no such thing", "Cela n’existe pas") \
	X(TEXT_PROBLEM_NOT_FOUND_HELP, \
		"It does not exist, it was removed, or it belongs to an organisation that you are not a member of.", \
		"Cela n’existe pas, a été supprimé, ou appartient à une organisation dont vous n’êtes pas membre.") \
	X(TEXT_PROBLEM_PERMISSION_MISSING, "You may not do this", "Vous n’avez pas ce droit") \
	X(TEXT_PROBLEM_PERMISSION_MISSING_HELP, \
		"Your roles do not allow it, your grant has ended, or your role asks for a second factor that is not on.", \
		"Vos rôles ne le permettent pas, votre droit a pris fin, ou votre rôle exige un second facteur qui n’est pas activé.") \
	X(TEXT_PROBLEM_SCOPE_MISSING, "The application may not do this", "L’application n’a pas ce droit") \
	X(TEXT_PROBLEM_SCOPE_MISSING_HELP, \
		"The token lacks the scope of this operation. Authorise the application again with it.", \
		"Le jeton n’a pas la portée de cette opération. Autorisez à nouveau l’application avec elle.") \
	X(TEXT_PROBLEM_SELF_APPROVAL, "Nobody approves their own words", "Personne n’approuve ses propres mots") \
	X(TEXT_PROBLEM_SELF_APPROVAL_HELP, \
		"You have written this version. Somebody else has to approve it.", \
		"Vous avez écrit cette version. Quelqu’un d’autre doit l’approuver.") \
	X(TEXT_PROBLEM_STALE_VERSION, "Somebody was faster", "Quelqu’un a été plus rapide") \
	X(TEXT_PROBLEM_STALE_VERSION_HELP, \
		"It was changed since you read it. Read it again, and send the new ETag as If-Match.", \
		"Cela a changé depuis votre lecture. Relisez, puis envoyez le nouvel ETag dans If-Match.") \
	X(TEXT_PROBLEM_STEP_NOT_REACHED, "It is not your turn yet", "Ce n’est pas encore votre tour") \
	X(TEXT_PROBLEM_STEP_NOT_REACHED_HELP, \
		"Steps of approval go in order, and an earlier one is still open.", \
		"Les étapes d’approbation se suivent, et une précédente est encore ouverte.") \
	X(TEXT_PROBLEM_TOO_MANY_REQUESTS, "Too many requests", "Trop de requêtes") \
	X(TEXT_PROBLEM_TOO_MANY_REQUESTS_HELP, \
		"The header X-RateLimit-Reset says when you can go on.", \
		"L’en-tête X-RateLimit-Reset dit quand vous pourrez continuer.") \
	X(TEXT_PROBLEM_UNAUTHORISED, "A token is needed", "Il faut un jeton") \
	X(TEXT_PROBLEM_UNAUTHORISED_HELP, \
		"There is no access token, or it is not valid any more.", \
		"Il n’y a pas de jeton d’accès, ou il n’est plus valable.") \
	X(TEXT_PROBLEM_UNAVAILABLE, "Please try again soon", "Veuillez réessayer bientôt") \
	X(TEXT_PROBLEM_UNAVAILABLE_HELP, \
		"The server is busy or being serviced. The same request can be sent again.", \
		"Le serveur est occupé ou en maintenance. La même requête peut être renvoyée.") \
	X(TEXT_PROBLEM_UNKNOWN_PERMISSION, "There is no such permission", "Cette permission n’existe pas") \
	X(TEXT_PROBLEM_UNKNOWN_PERMISSION_HELP, \
		"GET /api/brand/v1/permissions lists them all.", \
		"GET /api/brand/v1/permissions les donne toutes.") \
	X(TEXT_PROBLEM_UNSUPPORTED_MEDIA_TYPE, "This type of body is not read here", "Ce type de corps n’est pas lu ici") \
	X(TEXT_PROBLEM_UNSUPPORTED_MEDIA_TYPE_HELP, \
		"Send application/json, application/x-www-form-urlencoded or multipart/form-data.", \
		"Envoyez application/json, application/x-www-form-urlencoded ou multipart/form-data.") \
	X(TEXT_PROBLEM_VERSION_NEEDED, "Say which version you have read", "Précisez la version lue") \
	X(TEXT_PROBLEM_VERSION_NEEDED_HELP, \
		"Send the ETag of what you have read as If-Match, so that nobody's work is overwritten.", \
		"Envoyez dans If-Match l’ETag de ce que vous avez lu, pour n’écraser le travail de personne.") \
	X(TEXT_PROBLEM_WRONG_STATE, "This is not possible in this state", "Impossible dans cet état") \
	X(TEXT_PROBLEM_WRONG_STATE_HELP, \
		"What is asked does not follow from the state that the thing is in.", \
		"Ce qui est demandé ne suit pas l’état actuel.") \
	X(TEXT_PROBLEM_STATUS, "HTTP status", "Statut HTTP") \
	X(TEXT_PROBLEM_NEEDS, "This needs the permission", "Il faut pour cela la permission") \
	X(TEXT_PROBLEM_NO_ORGANISATION, "You belong to no organisation.", "Vous n’appartenez à aucune organisation.") \
	X(TEXT_PROBLEM_UNDER_WAY, "The first request with this key is still being done. Please wait and send it again.", \
		"La première requête avec cette clé est encore en cours. Patientez puis renvoyez-la.") \
	X(TEXT_PROBLEM_KEY_TOO_LONG, "An Idempotency-Key has 1 to 255 bytes.", "Un Idempotency-Key a de 1 à 255 octets.")

#endif
