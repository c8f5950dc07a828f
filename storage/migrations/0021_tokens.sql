-- Tokens that count no more go away after a while, and what hangs on them (subscriptions of pushes) with them.
--
-- The previous release takes no notice.

create index oauth_tokens_revoked_at on oauth_tokens (revoked_at) where revoked_at is not null;
create index oauth_tokens_of_applications on oauth_tokens (created_at) where user_id is null;
