# SPDX-License-Identifier: AGPL-3.0-or-later
"""A small world for tests of pages and documents, written with SQL where no command exists yet."""
import json
import time

from support.waiting import wait_until

SECOND_DOMAIN = "magasin.example"
SECOND_HOST = "social.magasin.example"
EVIL = "<script>document.title='owned'</script><img src=x onerror=alert(1)>\"'&"


def new_id():
    new_id.last = max(getattr(new_id, "last", 0) + 1, int(time.time() * 1000) << 16)
    return new_id.last


def actor_id(database, handle):
    return database.value("select id from actors where handle = %s and domain_id is not null", (handle,))


def update_actor(database, handle, **columns):
    names = ", ".join(f"{name} = %s" for name in columns)
    database.rows(f"update actors set {names} where handle = %s and domain_id is not null",
                  (*columns.values(), handle))


def publish(server, handle, html, visibility="public", spoiler="", language="fr", reply_to=None):
    number = new_id()
    author = actor_id(server.database, handle)
    uri, url = server.database.rows("select uri, url from actors where id = %s", (author,))[0]
    server.database.rows(
        "insert into posts (id, actor_id, uri, url, visibility, html, spoiler_text, language, created_at, conversation_id,"
        " in_reply_to_id, in_reply_to_actor_id) values (%s, %s, %s, %s, %s, %s, %s, %s, now(), %s, %s, %s)",
        (number, author, f"{uri}/statuses/{number}", f"{url}/{number}", visibility, html, spoiler, language, number,
         reply_to, author if reply_to else None))
    return number


def create_florist(server):
    """An organisation with a biography, fields and posts; the second domain with an account of the same name."""
    server.command("account", "create", "Fleurs", "--kind", "organization", "--display-name", "Fleurs de la Croix-Rousse")
    update_actor(
        server.database, "fleurs", is_discoverable=True, is_indexable=True,
        summary_html="<p>Fleuriste indépendante à Lyon. Bouquets de saison, livraison à vélo, et des conseils pour les "
                     "garder longtemps. <a href=\"https://fleurs.example\">fleurs.example</a></p>",
        fields=json.dumps([{"name": "Adresse", "value": "12, rue d’Austerlitz, Lyon"},
                           {"name": "Ouvert", "value": "du mardi au samedi, 9 h – 19 h"}]))
    publish(server, "fleurs", "<p>Les premières pivoines sont arrivées ce matin. Elles viennent du Var, cueillies hier : comptez "
            "six jours en vase si vous coupez les tiges en biais.</p>")
    publish(server, "fleurs", "<p>Atelier couronnes de l’Avent samedi à 15 h. Il reste quatre places ; on fournit tout, sauf les "
            "gants.</p><p><a href=\"https://fleurs.example/atelier\">Réserver</a></p>")
    publish(server, "fleurs", "<p>Non, on ne coupe jamais les hortensias en automne.</p>", spoiler="Jardinage, avis tranché")
    server.command("domain", "add", SECOND_DOMAIN, "--base-url", f"https://{SECOND_HOST}")
    server.command("account", "create", "fleurs", "--kind", "organization", "--display-name", "Rayon fleurs",
                   "--domain", SECOND_DOMAIN)


def wait_until_indexed(database, seconds=30):
    """Until search knows all that was committed before (server/jobs/word_indexer.c)."""
    wait_until(lambda: database.value("select not exists (select from post_words_waiting) and not exists (select from"
                                      " post_words_authors) and (select before_id is null from post_words_progress)"),
               seconds, "posts to be indexed")
