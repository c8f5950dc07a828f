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
	X(TEXT_AUTHORIZE_VOICE,     "In whose name", "Au nom de qui") \
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
		"agir comme l’un des responsables de ce serveur") \
	X(TEXT_SCOPE_BRAND_READ,    "read what your organisations have: members, drafts, calendar, settings", \
		"lire ce qu’ont vos organisations : membres, brouillons, calendrier, réglages") \
	X(TEXT_SCOPE_BRAND_PUBLISH, "write, approve and publish for your organisations, as far as your roles allow", \
		"écrire, approuver et publier pour vos organisations, dans la limite de vos rôles") \
	X(TEXT_SCOPE_BRAND_INBOX,   "answer and sort the conversations of your organisations, private ones too", \
		"répondre aux conversations de vos organisations et les trier, y compris les privées") \
	X(TEXT_SCOPE_BRAND_LISTEN,  "watch for your organisations what is said about them", \
		"suivre pour vos organisations ce qui se dit d’elles") \
	X(TEXT_SCOPE_BRAND_ADMIN,   "change members, roles and settings of your organisations, as far as your roles allow", \
		"modifier membres, rôles et réglages de vos organisations, dans la limite de vos rôles") \
	X(TEXT_SIGN_UP, "Create an account", "Créer un compte") \
	X(TEXT_SIGN_UP_CLOSED, \
		"New accounts are not open here at the moment.", \
		"Il n’est pas possible de créer un compte ici pour l’instant.") \
	X(TEXT_SIGN_UP_INVITED, \
		"New accounts are by invitation here. Open the link that you were given.", \
		"Les comptes se créent ici sur invitation. Ouvrez le lien que vous avez reçu.") \
	X(TEXT_SIGN_UP_INVITATION_BAD, "This invitation is not valid any more.", "Cette invitation n’est plus valable.") \
	X(TEXT_SIGN_UP_REASON, "Why would you like to join?", "Pourquoi souhaitez-vous nous rejoindre ?") \
	X(TEXT_SIGN_UP_USERNAME_HINT, \
		"Letters, digits and underscores, at most 30. It cannot be changed later.", \
		"Lettres, chiffres et tirets bas, 30 au plus. Il ne pourra pas être changé.") \
	X(TEXT_SIGN_UP_PASSWORD_HINT, "At least 8 characters.", "Au moins 8 caractères.") \
	X(TEXT_SIGN_UP_AGREE, "I agree to the rules of this server.", "J’accepte les règles de ce serveur.") \
	X(TEXT_SIGN_UP_CHECK_MAIL_TITLE, "One more step", "Encore une étape") \
	X(TEXT_SIGN_UP_CHECK_MAIL, \
		"We have sent a mail to your address. Open the link in it to confirm that it is yours.", \
		"Nous avons envoyé un e-mail à votre adresse. Ouvrez le lien qu’il contient pour confirmer qu’elle est bien à vous.") \
	X(TEXT_SIGN_UP_DONE_TITLE, "Your account is ready", "Votre compte est prêt") \
	X(TEXT_SIGN_UP_DONE, "You can sign in now.", "Vous pouvez vous connecter.") \
	X(TEXT_FAULT_USERNAME, "This name is not possible.", "Ce nom n’est pas possible.") \
	X(TEXT_FAULT_USERNAME_TAKEN, "This name is taken.", "Ce nom est déjà pris.") \
	X(TEXT_FAULT_EMAIL, \
		"This is not an e-mail address that we can write to.", \
		"Ce n’est pas une adresse à laquelle nous pouvons écrire.") \
	X(TEXT_FAULT_EMAIL_TAKEN, \
		"This address belongs to an account already.", \
		"Cette adresse appartient déjà à un compte.") \
	X(TEXT_FAULT_EMAIL_BLOCKED, \
		"Addresses of this provider are not accepted here.", \
		"Les adresses de ce fournisseur ne sont pas acceptées ici.") \
	X(TEXT_FAULT_PASSWORD, \
		"The password needs 8 characters or more.", \
		"Le mot de passe doit avoir au moins 8 caractères.") \
	X(TEXT_FAULT_AGREEMENT, "Please agree to the rules.", "Veuillez accepter les règles.") \
	X(TEXT_FAULT_REASON, \
		"Please say in a few words why you would like to join.", \
		"Dites en quelques mots pourquoi vous souhaitez nous rejoindre.") \
	X(TEXT_CONFIRM_TITLE, "Confirm your address", "Confirmer votre adresse") \
	X(TEXT_CONFIRM_HELP, \
		"This confirms that the mails of this address reach you:", \
		"Ceci confirme que vous recevez les e-mails de cette adresse :") \
	X(TEXT_CONFIRM_DONE_TITLE, "Your address is confirmed", "Votre adresse est confirmée") \
	X(TEXT_CONFIRM_DONE, \
		"You can sign in, or go back to your app.", \
		"Vous pouvez vous connecter, ou revenir à votre application.") \
	X(TEXT_CONFIRM_WAIT, \
		"Your account now waits for approval by the people who run this server. You will get a mail.", \
		"Votre compte attend maintenant l’accord des responsables de ce serveur. Vous recevrez un e-mail.") \
	X(TEXT_LINK_BAD_TITLE, "This link is not valid any more", "Ce lien n’est plus valable") \
	X(TEXT_LINK_BAD_HELP, \
		"It was used already, or it is too old. Ask for a new one.", \
		"Il a déjà servi ou il est trop ancien. Demandez-en un nouveau.") \
	X(TEXT_RESET_TITLE, "Choose a new password", "Choisir un nouveau mot de passe") \
	X(TEXT_RESET_HELP, \
		"Give the e-mail address of your account. We send you a link to choose a new password.", \
		"Indiquez l’adresse e-mail de votre compte. Nous vous enverrons un lien pour choisir un nouveau mot de passe.") \
	X(TEXT_RESET_NO_MAIL, \
		"This server sends no mails. Ask the people who run it for a new password.", \
		"Ce serveur n’envoie pas d’e-mails. Demandez un nouveau mot de passe à ses responsables.") \
	X(TEXT_RESET_SEND, "Send the link", "Envoyer le lien") \
	X(TEXT_RESET_SENT_TITLE, "Look into your mails", "Consultez vos e-mails") \
	X(TEXT_RESET_SENT, \
		"If there is an account with this address, a link is on its way to it. It is good for one hour.", \
		"S’il existe un compte avec cette adresse, un lien lui est envoyé. Il est valable une heure.") \
	X(TEXT_RESET_DONE_TITLE, "Your password is changed", "Votre mot de passe est changé") \
	X(TEXT_RESET_DONE, \
		"All sessions and apps have to sign in again.", \
		"Toutes les sessions et applications doivent se reconnecter.") \
	X(TEXT_NEW_PASSWORD, "New password", "Nouveau mot de passe") \
	X(TEXT_CURRENT_PASSWORD, "Current password", "Mot de passe actuel") \
	X(TEXT_SAVE, "Save", "Enregistrer") \
	X(TEXT_SETTINGS, "Your account", "Votre compte") \
	X(TEXT_SETTINGS_SAVED, "Done.", "C’est fait.") \
	X(TEXT_SETTINGS_MAIL_SENT, \
		"Open the link in the mail that we have sent to the new address.", \
		"Ouvrez le lien de l’e-mail envoyé à la nouvelle adresse.") \
	X(TEXT_SETTINGS_EMAIL_HELP, \
		"The new address counts once you have opened the link that we send there.", \
		"La nouvelle adresse compte dès que vous avez ouvert le lien que nous y envoyons.") \
	X(TEXT_SETTINGS_WRONG_PASSWORD, "The current password is wrong.", "Le mot de passe actuel est incorrect.") \
	X(TEXT_SETTINGS_CHANGE_PASSWORD, "Change the password", "Changer le mot de passe") \
	X(TEXT_SETTINGS_PASSWORD_HELP, \
		"All other sessions and all apps have to sign in again.", \
		"Toutes les autres sessions et toutes les applications devront se reconnecter.") \
	X(TEXT_SETTINGS_CHANGE_EMAIL, "Change the e-mail address", "Changer l’adresse e-mail") \
	X(TEXT_SETTINGS_SESSIONS, "Where you are signed in", "Où vous êtes connecté") \
	X(TEXT_SETTINGS_THIS_SESSION, "this browser", "ce navigateur") \
	X(TEXT_SETTINGS_END, "End", "Terminer") \
	X(TEXT_SETTINGS_UNKNOWN_BROWSER, "Unknown browser", "Navigateur inconnu") \
	X(TEXT_SETTINGS_APPS, "Apps with access", "Applications autorisées") \
	X(TEXT_SETTINGS_NO_APPS, "No app uses your account.", "Aucune application n’utilise votre compte.") \
	X(TEXT_SETTINGS_REVOKE, "Take back", "Révoquer") \
	X(TEXT_SETTINGS_SINCE, "since", "depuis le") \
	X(TEXT_EXPORTS, "Take your data along", "Emporter vos données") \
	X(TEXT_EXPORTS_HELP, \
		"Files that other servers import: whom you follow, who follows you, and what you keep or hide.", \
		"Des fichiers que d’autres serveurs importent : qui vous suivez, qui vous suit, ce que vous gardez ou masquez.") \
	X(TEXT_EXPORT_LISTS, "Lists", "Listes") \
	X(TEXT_EXPORT_BOOKMARKS, "Bookmarks", "Signets") \
	X(TEXT_EXPORT_BLOCKS, "Blocked accounts", "Comptes bloqués") \
	X(TEXT_EXPORT_MUTES, "Muted accounts", "Comptes masqués") \
	X(TEXT_EXPORT_DOMAIN_BLOCKS, "Blocked servers", "Serveurs bloqués") \
	X(TEXT_SEVERED, "Lost followers and follows", "Abonnés et abonnements perdus") \
	X(TEXT_SEVERED_HELP, \
		"These ended together, without your ending each of them. The lists can be kept, or imported elsewhere.", \
		"Ils ont pris fin ensemble, sans que vous ayez mis fin à chacun. Vous pouvez en garder les listes, ou les importer ailleurs.") \
	X(TEXT_SEVERED_DOMAIN_BLOCK, "blocked by those who run this server", "bloqué par les responsables de ce serveur") \
	X(TEXT_SEVERED_USER_DOMAIN_BLOCK, "blocked by you", "bloqué par vous") \
	X(TEXT_SEVERED_ACCOUNT_SUSPENSION, "suspended by those who run this server", "suspendu par les responsables de ce serveur") \
	X(TEXT_SETTINGS_DELETE, "Delete the account", "Supprimer le compte") \
	X(TEXT_SETTINGS_DELETE_HELP, \
		"Everything goes: posts, follows, pictures. Other servers are asked to delete their copies. This cannot be undone, and the name cannot be used again.", \
		"Tout disparaît : messages, abonnements, images. Les autres serveurs sont priés d’effacer leurs copies. C’est définitif, et le nom ne pourra plus servir.") \
	X(TEXT_SETTINGS_DELETED_TITLE, "Your account is deleted", "Votre compte est supprimé") \
	X(TEXT_SETTINGS_DELETED, "Thank you for having been here.", "Merci d’avoir été parmi nous.") \
	X(TEXT_TWO_FACTOR, "Second step at sign-in", "Deuxième étape à la connexion") \
	X(TEXT_TWO_FACTOR_ON, \
		"On: a code of your authenticator app is asked for.", \
		"Activée : un code de votre application d’authentification est demandé.") \
	X(TEXT_TWO_FACTOR_OFF, "Off: the password alone is enough.", "Désactivée : le mot de passe suffit.") \
	X(TEXT_TWO_FACTOR_SET_UP, "Set up", "Activer") \
	X(TEXT_TWO_FACTOR_SCAN, \
		"Scan this picture with an authenticator app, or type the secret below into it. Then enter the code that it shows.", \
		"Scannez cette image avec une application d’authentification, ou saisissez-y le secret ci-dessous. Entrez ensuite le code qu’elle affiche.") \
	X(TEXT_TWO_FACTOR_SECRET, "Secret", "Secret\u00a0") \
	X(TEXT_TWO_FACTOR_PICTURE, \
		"Picture with the secret for an authenticator app", \
		"Image contenant le secret pour une application d’authentification") \
	X(TEXT_TWO_FACTOR_END, "Switch off", "Désactiver") \
	X(TEXT_TWO_FACTOR_CODES_LEFT, "Recovery codes left", "Codes de secours restants") \
	X(TEXT_RECOVERY_CODES, "Recovery codes", "Codes de secours") \
	X(TEXT_RECOVERY_CODES_HELP, \
		"Keep them in a safe place. Each lets you in once when your authenticator app is lost. They are shown only now.", \
		"Conservez-les en lieu sûr. Chacun vous laisse entrer une fois si vous perdez votre application. Ils ne s’affichent que maintenant.") \
	X(TEXT_RECOVERY_CODES_NEW, "Make new recovery codes", "Créer de nouveaux codes de secours") \
	X(TEXT_MAIL_HELLO, "Hello", "Bonjour") \
	X(TEXT_MAIL_CONFIRM_SUBJECT, "Confirm your address", "Confirmez votre adresse") \
	X(TEXT_MAIL_CONFIRM, \
		"Open this link to confirm that this address is yours. It is good for 48 hours.", \
		"Ouvrez ce lien pour confirmer que cette adresse est bien à vous. Il est valable 48 heures.") \
	X(TEXT_MAIL_CONFIRM_HINT, \
		"If you did not ask for this, do nothing.", \
		"Si vous n’avez rien demandé, ne faites rien.") \
	X(TEXT_MAIL_RESET_SUBJECT, "Choose a new password", "Choisissez un nouveau mot de passe") \
	X(TEXT_MAIL_RESET, \
		"Open this link to choose a new password. It is good once, and for one hour.", \
		"Ouvrez ce lien pour choisir un nouveau mot de passe. Il est valable une fois, pendant une heure.") \
	X(TEXT_MAIL_RESET_HINT, \
		"If you did not ask for this, do nothing: your password stays as it is.", \
		"Si vous n’avez rien demandé, ne faites rien : votre mot de passe reste inchangé.") \
	X(TEXT_MAIL_EMAIL_CHANGED_SUBJECT, "Your e-mail address was changed", "Votre adresse e-mail a été changée") \
	X(TEXT_MAIL_EMAIL_CHANGED, \
		"Your account now has another e-mail address. Mails no longer come here.", \
		"Votre compte a maintenant une autre adresse e-mail. Les e-mails n’arrivent plus ici.") \
	X(TEXT_MAIL_PASSWORD_CHANGED_SUBJECT, "Your password was changed", "Votre mot de passe a été changé") \
	X(TEXT_MAIL_PASSWORD_CHANGED, \
		"The password of your account was changed. All other sessions and apps have to sign in again.", \
		"Le mot de passe de votre compte a été changé. Toutes les autres sessions et applications doivent se reconnecter.") \
	X(TEXT_MAIL_NOT_YOU, \
		"If this was not you, write to the people who run this server at once.", \
		"Si ce n’était pas vous, écrivez tout de suite aux responsables de ce serveur.") \
	X(TEXT_MAIL_APPROVED_SUBJECT, "Welcome", "Bienvenue") \
	X(TEXT_MAIL_APPROVED, \
		"Your account was approved. You can sign in now.", \
		"Votre compte a été accepté. Vous pouvez vous connecter.") \
	X(TEXT_MAIL_APPROVED_HINT, "We are glad that you are here.", "Nous sommes heureux de vous accueillir.")

#endif
