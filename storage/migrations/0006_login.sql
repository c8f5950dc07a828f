-- How people come in: registration, sessions, second factors, applications.
--
-- The previous release does not know what is made here.

do $$ begin end $$;
