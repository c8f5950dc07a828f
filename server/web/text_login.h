/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * What people read when they come in: sign-in, apps, settings, mails. Part of the table in text.h. */
#ifndef COMPTOIR_SERVER_WEB_TEXT_LOGIN_H
#define COMPTOIR_SERVER_WEB_TEXT_LOGIN_H

#define TEXTS_OF_LOGIN(X) \
	X(TEXT_SIGN_IN,             "Sign in", "Se connecter") \
	X(TEXT_SIGN_OUT,            "Sign out", "Se déconnecter") \
	X(TEXT_SIGN_IN_HELP,        "With the e-mail address or the name of your account here.", \
		"Avec l’adresse e-mail ou le nom de votre compte ici.") \
	X(TEXT_LOGIN_NAME,          "E-mail address or username", "Adresse e-mail ou nom du compte") \
	X(TEXT_PASSWORD,            "Password", "Mot de passe") \
	X(TEXT_EMAIL,               "E-mail address", "Adresse e-mail") \
	X(TEXT_USERNAME,            "Username", "Nom du compte") \
	X(TEXT_FORGOT_PASSWORD,     "Forgot your password?", "Mot de passe oublié ?") \
	X(TEXT_NO_ACCOUNT_YET,      "Create an account", "Créer un compte") \
	X(TEXT_WRONG_LOGIN,         "The address or the password is wrong.", "L’adresse ou le mot de passe est incorrect.") \
	X(TEXT_TOO_MANY_TRIES,      "Too many tries. Please wait before you try again.", \
		"Trop d’essais. Patientez avant de réessayer.") \
	X(TEXT_LOGIN_DISABLED,      "This account is disabled.", "Ce compte est désactivé.") \
	X(TEXT_LOGIN_UNCONFIRMED,   "The e-mail address of this account is not confirmed yet.", \
		"L’adresse e-mail de ce compte n’est pas encore confirmée.") \
	X(TEXT_LOGIN_PENDING,       "This account waits for approval by the people who run this server.", \
		"Ce compte attend l’accord des responsables de ce serveur.") \
	X(TEXT_FORM_EXPIRED_TITLE,  "Please try once more", "Veuillez réessayer") \
	X(TEXT_FORM_EXPIRED_HELP,   "This form was too old or did not come from this browser. Go back, reload the page and send it again.", \
		"Ce formulaire était trop ancien ou ne venait pas de ce navigateur. Revenez en arrière, rechargez la page et renvoyez-le.") \
	X(TEXT_SECOND_FACTOR,       "Second step", "Deuxième étape") \
	X(TEXT_SECOND_FACTOR_HELP,  "Enter the six digits of your authenticator app, or one of your recovery codes.", \
		"Saisissez les six chiffres de votre application d’authentification, ou l’un de vos codes de secours.") \
	X(TEXT_CODE,                "Code", "Code") \
	X(TEXT_CONTINUE,            "Continue", "Continuer") \
	X(TEXT_WRONG_CODE,          "This code is not right, or it was used already.", "Ce code est incorrect ou a déjà servi.") \
	X(TEXT_AUTHORIZE,           "Allow access", "Autoriser l’accès") \
	X(TEXT_DENY,                "Deny", "Refuser") \
	X(TEXT_AUTHORIZE_QUESTION,  "wants to use your account", "souhaite utiliser votre compte") \
	X(TEXT_AUTHORIZE_AS,        "Account", "Compte") \
	X(TEXT_AUTHORIZE_WEBSITE,   "Website of the app, as it says", "Site de l’application, selon elle") \
	X(TEXT_AUTHORIZE_TARGET,    "You are then sent to", "Vous serez ensuite dirigé vers") \
	X(TEXT_AUTHORIZE_CODE_PAGE, "a page that shows a code to copy", "une page qui affiche un code à copier") \
	X(TEXT_AUTHORIZE_MAY,       "The app may then", "L’application pourra alors") \
	X(TEXT_AUTHORIZE_WARNING, \
		"Allow this only if you have just asked for it in an app that you trust. You can take it back in your settings.", \
		"N’autorisez ceci que si vous venez de le demander dans une application de confiance. Vous pourrez revenir sur ce choix dans vos réglages.") \
	X(TEXT_OTHER_ACCOUNT,       "Use another account", "Utiliser un autre compte") \
	X(TEXT_NATIVE_TITLE,        "Copy this code into the app", "Copiez ce code dans l’application") \
	X(TEXT_NATIVE_HELP,         "It is good for ten minutes, and once. Give it to nobody else.", \
		"Il est valable dix minutes, une seule fois. Ne le donnez à personne d’autre.") \
	X(TEXT_OAUTH_BAD_CLIENT_TITLE, "This app is not known here", "Cette application n’est pas connue ici") \
	X(TEXT_OAUTH_BAD_CLIENT_HELP, "Go back to the app and add this server once more.", \
		"Revenez dans l’application et ajoutez ce serveur de nouveau.") \
	X(TEXT_OAUTH_BAD_REDIRECT_TITLE, "This app asks to be answered elsewhere", "Cette application demande une réponse ailleurs") \
	X(TEXT_OAUTH_BAD_REDIRECT_HELP, "The address for the answer is not one that the app has registered, so nothing was sent there.", \
		"L’adresse de réponse n’est pas de celles que l’application a déclarées ; rien n’y a été envoyé.") \
	X(TEXT_SCOPE_READ,          "read everything in your account", "lire tout ce que contient votre compte") \
	X(TEXT_SCOPE_PROFILE,       "see who you are", "savoir qui vous êtes") \
	X(TEXT_SCOPE_WRITE,         "post and change anything in your account", "publier et modifier tout dans votre compte") \
	X(TEXT_SCOPE_WRITE_ACCOUNTS, "change your profile", "modifier votre profil") \
	X(TEXT_SCOPE_WRITE_BLOCKS,  "block accounts and domains", "bloquer des comptes et des domaines") \
	X(TEXT_SCOPE_WRITE_BOOKMARKS, "add and remove bookmarks", "ajouter et retirer des marque-pages") \
	X(TEXT_SCOPE_WRITE_COLLECTIONS, "change your collections", "modifier vos collections") \
	X(TEXT_SCOPE_WRITE_CONVERSATIONS, "mute and delete conversations", "masquer et supprimer des conversations") \
	X(TEXT_SCOPE_WRITE_FAVOURITES, "add and remove favourites", "ajouter et retirer des favoris") \
	X(TEXT_SCOPE_WRITE_FILTERS, "change your filters", "modifier vos filtres") \
	X(TEXT_SCOPE_WRITE_FOLLOWS, "follow and unfollow accounts", "s’abonner à des comptes et se désabonner") \
	X(TEXT_SCOPE_WRITE_LISTS,   "change your lists", "modifier vos listes") \
	X(TEXT_SCOPE_WRITE_MEDIA,   "upload pictures, sound and video", "envoyer des images, du son et des vidéos") \
	X(TEXT_SCOPE_WRITE_MUTES,   "mute accounts and threads", "masquer des comptes et des fils") \
	X(TEXT_SCOPE_WRITE_NOTIFICATIONS, "clear your notifications", "effacer vos notifications") \
	X(TEXT_SCOPE_WRITE_REPORTS, "report others", "faire des signalements") \
	X(TEXT_SCOPE_WRITE_STATUSES, "publish posts", "publier des messages") \
	X(TEXT_SCOPE_READ_ACCOUNTS, "see accounts and yours", "voir les comptes et le vôtre") \
	X(TEXT_SCOPE_READ_BLOCKS,   "see whom you block", "voir qui vous bloquez") \
	X(TEXT_SCOPE_READ_BOOKMARKS, "see your bookmarks", "voir vos marque-pages") \
	X(TEXT_SCOPE_READ_COLLECTIONS, "see your collections", "voir vos collections") \
	X(TEXT_SCOPE_READ_FAVOURITES, "see your favourites", "voir vos favoris") \
	X(TEXT_SCOPE_READ_FILTERS,  "see your filters", "voir vos filtres") \
	X(TEXT_SCOPE_READ_FOLLOWS,  "see whom you follow", "voir vos abonnements") \
	X(TEXT_SCOPE_READ_LISTS,    "see your lists", "voir vos listes") \
	X(TEXT_SCOPE_READ_MUTES,    "see whom you mute", "voir qui vous masquez") \
	X(TEXT_SCOPE_READ_NOTIFICATIONS, "see your notifications", "voir vos notifications") \
	X(TEXT_SCOPE_READ_SEARCH,   "search for you", "chercher pour vous") \
	X(TEXT_SCOPE_READ_STATUSES, "see posts, private ones too", "voir les messages, privés compris") \
	X(TEXT_SCOPE_FOLLOW,        "change whom you follow, mute and block", \
		"modifier vos abonnements, masquages et blocages") \
	X(TEXT_SCOPE_PUSH,          "send you notifications", "vous envoyer des notifications") \
	X(TEXT_SCOPE_ADMIN_READ,    "see what only the people who run this server see", \
		"voir ce que seuls les responsables de ce serveur voient") \
	X(TEXT_SCOPE_ADMIN_WRITE,   "act as one of the people who run this server", \
		"agir comme l’un des responsables de ce serveur")

#endif
