-- Tokens that have ended by their time are forgotten as those that were revoked.
create index oauth_tokens_expires_at on oauth_tokens (expires_at) where expires_at is not null;
