/* SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * Two companies and their customers, as they could be. */
#include "server/ctl/demo_world.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const struct demo_person demo_people[] = {
	{ STR("flora"), STR("flora@fleurs.example"), STR("Flora Martin"), STR("fr"), STR("owner") },
	{ STR("lea"), STR("lea@magasin.example"), STR("Léa Bernard"), STR("fr"), STR("lead") },
	{ STR("karim"), STR("karim@magasin.example"), STR("Karim Haddad"), STR("fr"), STR("agent"), STR("agent") },
	{ STR("manon"), STR("manon@magasin.example"), STR("Manon Petit"), STR("fr"), STR("editor"), STR("editor-in-chief") },
	{ STR("customer1"), STR("customer1@clients.example"), STR("Camille Roux"), STR("fr"), STR("customer") },
	{ STR("customer2"), STR("customer2@clients.example"), STR("Tom Baker"), STR("en"), STR("customer") },
	{ STR("customer3"), STR("customer3@clients.example"), STR("Inès Garcia"), STR("fr"), STR("customer") },
};
const size_t demo_people_count = COUNT(demo_people);

const struct demo_brand demo_brands[] = {
	{ STR("fleurs"), STR("Fleurs de Flora"), { STR("flora") } },
	{ STR("magasin"), STR("Le Grand Magasin"), { STR("lea"), STR("karim"), STR("manon") } },
};
const size_t demo_brand_count = COUNT(demo_brands);

const struct demo_follow demo_follows[] = {
	{ STR("flora"), STR("fleurs") },
	{ STR("lea"), STR("magasin") },
	{ STR("karim"), STR("magasin") },
	{ STR("manon"), STR("magasin") },
	{ STR("customer1"), STR("fleurs") },
	{ STR("customer1"), STR("magasin") },
	{ STR("customer2"), STR("fleurs") },
	{ STR("customer2"), STR("customer1") },
	{ STR("customer3"), STR("magasin") },
	{ STR("customer3"), STR("customer1") },
	{ STR("flora"), STR("customer1") },
	{ STR("fleurs"), STR("magasin") },
	{ STR("manon"), STR("fleurs") },
};
const size_t demo_follow_count = COUNT(demo_follows);

#define HOURS(hours) ((hours) * 60u)
#define DAYS(days) (HOURS(24) * (days))

const struct demo_post demo_posts[] = {
	{ STR("fleurs"), 0, DAYS(6), STR("fr"),
		STR("Bonjour à toutes et à tous ! Ici l'atelier de Flora, rue des Lilas. Je raconterai ce qui pousse, ce qui part en "
			"bouquet, et ce qui reste à faire.\n\nOuvert du mardi au samedi, de 9 h à 19 h. #Fleurs #Artisanat") },
	{ STR("magasin"), 0, DAYS(5) + HOURS(3), STR("fr"),
		STR("Le Grand Magasin arrive ici. Léa, Karim et Manon vous répondent du lundi au samedi : une commande, un retour, une "
			"idée, écrivez à @magasin.") },
	{ STR("customer1"), 1, DAYS(5) + HOURS(1), STR("fr"),
		STR("@fleurs Quelle bonne surprise de vous trouver ici ! Vos anémones tiennent encore, dix jours après.") },
	{ STR("fleurs"), 3, DAYS(5), STR("fr"),
		STR("@customer1 Dix jours, c'est qu'on s'en occupe bien ! Un peu d'eau fraîche tous les deux jours et elles en feront "
			"douze.") },
	{ STR("customer2"), 0, DAYS(4), STR("en"),
		STR("Just moved to town and found a florist who answers in person. Small things. #NewInTown") },
	{ STR("customer3"), 0, DAYS(3) + HOURS(5), STR("fr"),
		STR("@magasin Bonjour, ma commande devait arriver mardi et le suivi ne bouge plus. Que faire ?") },
	{ STR("magasin"), 6, DAYS(3) + HOURS(4), STR("fr"),
		STR("@customer3 Bonjour Inès, c'est Karim. Le colis est resté au dépôt ; je le fais repartir ce matin, il sera chez vous "
			"demain avant 13 h. Désolé pour l'attente.") },
	{ STR("customer3"), 7, DAYS(2) + HOURS(6), STR("fr"), STR("@magasin Bien reçu, merci Karim !") },
	{ STR("fleurs"), 0, DAYS(2), STR("en"),
		STR("First tulips of the season in the window this morning. They are sold by the stem, so take one, take ten.\n\n#Tulips "
			"#Flowers") },
	{ STR("customer2"), 9, DAYS(1) + HOURS(22), STR("en"),
		STR("@fleurs Do you keep some until Saturday? I'd like a dozen, any colour but white.") },
	{ STR("fleurs"), 10, DAYS(1) + HOURS(21), STR("en"),
		STR("@customer2 A dozen with your name on it, red and yellow. See you on Saturday!") },
	{ STR("manon"), 0, DAYS(1) + HOURS(2), STR("fr"),
		STR("Photos du rayon jardin prises ce matin, avant l'ouverture. J'aime ce silence-là.") },
	{ STR("magasin"), 0, DAYS(1), STR("fr"),
		STR("Les ateliers du samedi reprennent : réparer une chaise, rempoter, aiguiser. Gratuit, sur inscription à l'accueil. "
			"#Réparer #Jardin") },
	{ STR("customer1"), 13, HOURS(20), STR("fr"), STR("@magasin Inscrite pour le rempotage. J'amène le ficus qui se plaint.") },
	{ STR("customer1"), 0, HOURS(3), STR("fr"),
		STR("Samedi : tulipes chez @fleurs, puis atelier chez @magasin. Qui vient ? #Jardin") },
};
const size_t demo_post_count = COUNT(demo_posts);
