-- What people say of one another and of themselves.
--
-- The previous release does not know what is made here.

do $$ begin end $$;
