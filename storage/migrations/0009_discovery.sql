-- How people find one another and what is talked about: tags, search, filters, previews.
--
-- The previous release does not know what is made here.

do $$ begin end $$;
