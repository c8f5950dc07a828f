-- The words of people's names, with their accents folded, for finding accounts.
--
-- The previous release does not know what is made here.

create function name_folded(name text) returns text language sql immutable parallel safe
	return lower(regexp_replace(normalize(name, nfkd), '[\u0300-\u036f]', '', 'g'));

create function name_words(name text) returns tsvector language sql immutable parallel safe
	return to_tsvector('public.comptoir_simple', public.name_folded(name));

create index actors_name_words on actors using gin (name_words(display_name)) where display_name <> '' and suspended_at is null;

grant execute on function name_folded(text), name_words(text) to comptoir_web, comptoir_federation;
