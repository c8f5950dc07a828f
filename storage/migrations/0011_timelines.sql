-- Timelines: what is ready to be read.
--
-- The previous release does not know what is made here.

do $$ begin end $$;
