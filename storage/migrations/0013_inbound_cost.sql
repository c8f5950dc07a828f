-- What makes activities from outside cheap to take in.
--
-- The previous release does not know what is made here.

do $$ begin end $$;
