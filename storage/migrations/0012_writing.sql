-- What people are about to publish.
--
-- The previous release does not know what is made here.

do $$ begin end $$;
