-- What makes activities from outside cheap to take in.
--
-- The previous release does not know what is made here, and needs nothing of what goes.

-- Whatever reads an actor's open posts finds them by posts_actor_id as well, and nearly all posts are from elsewhere.
drop index posts_actor_open, posts_remote;

-- Each check is read, planned and run for each row that is written. These hold words and numbers that only the program
-- chooses, from lists of its own; whatever others wrote is still measured.
alter table posts
	drop constraint posts_visibility_check,
	drop constraint posts_kind_check,
	drop constraint posts_quote_policy_check,
	drop constraint posts_quote_state_check,
	drop constraint posts_revision_check;
alter table activities_in
	drop constraint activities_in_attempts_check,
	drop constraint activities_in_parks_check,
	drop constraint activities_in_verified_by_check;
