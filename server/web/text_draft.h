/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What the program says of drafts, where people read it: among their comments, and in apps that try to publish. Part of the
 * table in text.h. */
#ifndef COMPTOIR_SERVER_WEB_TEXT_DRAFT_H
#define COMPTOIR_SERVER_WEB_TEXT_DRAFT_H

#define TEXTS_OF_DRAFTS(X) \
	X(TEXT_DRAFT_SAVED_BEFORE_NUMBER, "Saved for review (draft ", "Enregistré pour relecture (brouillon ") \
	X(TEXT_DRAFT_SAVED_BEHIND_NUMBER, "). It will be published after approval.", "). Il sera publié après approbation.") \
	X(TEXT_DRAFT_APPROVED_TOO_LATE, \
		"It was approved after its time. Nothing was published: choose another time, or publish it now.", \
		"L’approbation est arrivée après l’heure prévue. Rien n’a été publié : choisissez une autre heure, ou publiez maintenant.") \
	X(TEXT_DRAFT_NOT_APPROVED_IN_TIME, \
		"Its time has come, and it is not approved. Nothing was published.", \
		"L’heure prévue est arrivée sans approbation. Rien n’a été publié.") \
	X(TEXT_DRAFT_NOT_APPROVED, \
		"An approval of it counts no more. Nothing was published.", \
		"Une approbation ne compte plus. Rien n’a été publié.") \
	X(TEXT_DRAFT_EMBARGO, \
		"The embargo on it, or on one of its files, is not over. Nothing was published.", \
		"L’embargo sur ce texte ou l’un de ses fichiers n’est pas levé. Rien n’a été publié.") \
	X(TEXT_DRAFT_EXPIRED, \
		"It, or the right to use one of its files, has expired. Nothing was published.", \
		"Ce texte, ou le droit d’utiliser l’un de ses fichiers, a expiré. Rien n’a été publié.") \
	X(TEXT_DRAFT_MEDIA_CHANGED, \
		"Its files or their descriptions are not those that were approved. Nothing was published.", \
		"Ses fichiers ou leurs descriptions ne sont plus ceux qui ont été approuvés. Rien n’a été publié.") \
	X(TEXT_DRAFT_RIGHT_GONE, \
		"Who wrote it, or who scheduled it, may not do so any more. Nothing was published.", \
		"La personne qui l’a écrit ou programmé n’en a plus le droit. Rien n’a été publié.") \
	X(TEXT_DRAFT_REFUSED, \
		"It cannot be published as it is. Nothing was published.", \
		"Il ne peut pas être publié en l’état. Rien n’a été publié.")

#endif
