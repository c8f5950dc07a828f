-- Files: what was uploaded, what was copied from elsewhere, and what waits to be made ready.
--
-- The previous release does not know what is made here.

do $$ begin end $$;
