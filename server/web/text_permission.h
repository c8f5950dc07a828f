/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What each permission (storage/permission.h) allows, in the same order, and what people read of organisations in their
 * settings. Part of the table in text.h. */
#ifndef COMPTOIR_SERVER_WEB_TEXT_PERMISSION_H
#define COMPTOIR_SERVER_WEB_TEXT_PERMISSION_H

#define TEXTS_OF_PERMISSIONS(X) \
	X(TEXT_PERMISSION_ACCOUNT_INTERACT, "Favourite, follow, vote, pin, block and mute as the account", "Mettre en favori, suivre, voter, épingler, bloquer et masquer au nom du compte") \
	X(TEXT_PERMISSION_ACCOUNT_SPEAK, "Publish as the account without review", "Publier au nom du compte sans relecture") \
	X(TEXT_PERMISSION_ALERT_ACK, "Take note of alerts", "Prendre acte des alertes") \
	X(TEXT_PERMISSION_ANALYTICS_READ, "Read figures", "Lire les chiffres") \
	X(TEXT_PERMISSION_CAMPAIGN_MANAGE, "Make and change campaigns and their links", "Créer et modifier campagnes et liens") \
	X(TEXT_PERMISSION_COMMUNITY_MODERATE, "Moderate groups", "Modérer les groupes") \
	X(TEXT_PERMISSION_CONTACT_EDIT, "Change contact cards", "Modifier les fiches de contact") \
	X(TEXT_PERMISSION_CONTACT_READ, "Read contact cards", "Lire les fiches de contact") \
	X(TEXT_PERMISSION_DRAFT_APPROVE, "Approve drafts", "Approuver les brouillons") \
	X(TEXT_PERMISSION_DRAFT_APPROVE_LEGAL, "Approve drafts for the legal department", "Approuver les brouillons au titre du juridique") \
	X(TEXT_PERMISSION_DRAFT_COMMENT, "Comment on drafts", "Commenter les brouillons") \
	X(TEXT_PERMISSION_DRAFT_SCHEDULE, "Schedule and publish approved drafts", "Programmer et publier les brouillons approuvés") \
	X(TEXT_PERMISSION_DRAFT_WRITE, "Write drafts", "Écrire des brouillons") \
	X(TEXT_PERMISSION_FUND_MANAGE, "Manage fundraisers", "Gérer les collectes") \
	X(TEXT_PERMISSION_IDEA_MANAGE, "Manage ideas", "Gérer les idées") \
	X(TEXT_PERMISSION_INBOX_ASSIGN, "Assign conversations", "Attribuer les conversations") \
	X(TEXT_PERMISSION_INBOX_EXPORT, "Export conversations", "Exporter les conversations") \
	X(TEXT_PERMISSION_INBOX_MACROS, "Make and change saved replies and macros", "Créer et modifier réponses types et macros") \
	X(TEXT_PERMISSION_INBOX_NOTE, "Write internal notes", "Écrire des notes internes") \
	X(TEXT_PERMISSION_INBOX_READ, "Read conversations", "Lire les conversations") \
	X(TEXT_PERMISSION_INBOX_REPLY, "Reply in public", "Répondre en public") \
	X(TEXT_PERMISSION_INBOX_REPLY_PRIVATE, "Reply in private", "Répondre en privé") \
	X(TEXT_PERMISSION_INBOX_RESOLVE, "Resolve and re-open conversations", "Clore et rouvrir les conversations") \
	X(TEXT_PERMISSION_JOB_MANAGE, "Manage job offers", "Gérer les offres d’emploi") \
	X(TEXT_PERMISSION_JOB_READ_APPLICATIONS, "Read job applications", "Lire les candidatures") \
	X(TEXT_PERMISSION_LISTEN_MANAGE, "Choose what is watched for", "Choisir ce qui est suivi") \
	X(TEXT_PERMISSION_LISTEN_READ, "Read what was found", "Lire ce qui a été trouvé") \
	X(TEXT_PERMISSION_OFFER_MANAGE, "Manage offers", "Gérer les offres") \
	X(TEXT_PERMISSION_ORG_ADMIN, "Change settings and accounts of the organisation", "Modifier réglages et comptes de l’organisation") \
	X(TEXT_PERMISSION_ORG_AUDIT, "Read the audit log", "Lire le journal d’audit") \
	X(TEXT_PERMISSION_ORG_BILLING, "See and pay bills", "Voir et payer les factures") \
	X(TEXT_PERMISSION_ORG_DOMAINS, "Prove domains", "Prouver les domaines") \
	X(TEXT_PERMISSION_ORG_EXPORT, "Export the organisation's data", "Exporter les données de l’organisation") \
	X(TEXT_PERMISSION_ORG_MEMBERS, "Invite members, suspend them and let them go", "Inviter des membres, les suspendre et les laisser partir") \
	X(TEXT_PERMISSION_ORG_PRIVACY, "Answer requests about personal data", "Répondre aux demandes sur les données personnelles") \
	X(TEXT_PERMISSION_ORG_ROLES, "Give and take rights", "Donner et retirer des droits") \
	X(TEXT_PERMISSION_POST_DELETE, "Delete posts", "Supprimer des messages") \
	X(TEXT_PERMISSION_PROFILE_EDIT, "Change the account's profile", "Modifier le profil du compte") \
	X(TEXT_PERMISSION_REVIEW_REPLY, "Reply to reviews", "Répondre aux avis") \
	X(TEXT_PERMISSION_SEGMENT_MANAGE, "Manage segments", "Gérer les segments") \
	X(TEXT_SETTINGS_ORGANISATIONS, "Organisations", "Organisations") \
	X(TEXT_SETTINGS_INVITED, "You are invited to join", "Vous êtes invité à rejoindre") \
	X(TEXT_SETTINGS_ACCEPT, "Join", "Rejoindre") \
	X(TEXT_SETTINGS_DECLINE, "Decline", "Refuser") \
	X(TEXT_PROBLEM_NO_FOUNDING, "On this server, only the people who run it found organisations.", \
		"Sur ce serveur, seuls ses responsables fondent des organisations.") \
	X(TEXT_PROBLEM_TOO_MANY_ORGANISATIONS, "You belong to as many organisations as one person can found.", \
		"Vous appartenez à autant d’organisations qu’une personne peut en fonder.") \
	X(TEXT_PROBLEM_NOT_LOCAL, "Nobody of that name logs in here.", "Personne de ce nom ne se connecte ici.") \
	X(TEXT_PROBLEM_CONFIRM, "Send the short name of the organisation as confirm.", \
		"Envoyez le nom court de l’organisation dans confirm.")

#endif
