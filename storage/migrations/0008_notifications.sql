-- What people are told, how it is filtered, and where apps are rung.
--
-- The previous release does not know what is made here.

do $$ begin end $$;
