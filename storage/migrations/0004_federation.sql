-- What servers tell one another: remote posts with all they carry, boosts, favourites, reactions, polls, blocks,
-- reports, tombstones; what is to be fetched; whom we federate with.
--
-- Remote things are rows of the same tables as local ones and say where they come from by their uri. Boosts share
-- the id space of posts, since timelines mix the two.
--
-- The previous release reads posts and actors as before: every new column has a default.

alter table actors
	add column featured_tags_url text check (length(featured_tags_url) between 8 and 2048),
	add column moved_at timestamptz,
	add column is_handle_confirmed boolean not null default false,
	add column pulled_at timestamptz;
update actors set featured_tags_url = uri || '/collections/tags' where domain_id is not null;
comment on column actors.is_handle_confirmed is 'Remote: WebFinger of its account domain led back to it';
create index actors_host_reversed on actors ((reverse(split_part(split_part(uri, '/', 3), ':', 1)) collate "C"))
	where domain_id is null;
comment on column actors.pulled_at is 'Remote: when its outbox was last read';

alter table posts
	add column kind text not null default 'note'
		check (kind in ('note', 'question', 'article', 'page', 'event', 'video', 'audio', 'image', 'document')),
	add column title text not null default '' check (length(title) <= 2048),
	add column quote_id bigint references posts on delete set null,
	add column quote_uri text check (length(quote_uri) between 8 and 2048),
	add column quote_state text check (quote_state in ('pending', 'accepted', 'rejected', 'revoked')),
	add column quote_authorization_uri text check (length(quote_authorization_uri) between 8 and 2048),
	add column quote_policy text not null default 'public' check (quote_policy in ('public', 'followers', 'nobody')),
	add column context_uri text check (length(context_uri) between 8 and 2048),
	add column conversation_uri text check (length(conversation_uri) between 1 and 2048),
	add column replies_url text check (length(replies_url) between 8 and 2048),
	add column replies_fetched_at timestamptz,
	add column fetched_at timestamptz,
	add check ((quote_uri is null) = (quote_state is null));
comment on column posts.quote_uri is 'What it quotes, here or not';
comment on column posts.quote_policy is 'Who may quote it at once';
comment on column posts.fetched_at is 'Remote only: when it was last received or read';
create index posts_quote_id on posts (quote_id, id desc) where quote_id is not null;
create index posts_quote_uri on posts (quote_uri) where quote_uri is not null and quote_id is null;
create index posts_quote_authorization_uri on posts (quote_authorization_uri) where quote_authorization_uri is not null;
create index posts_context_uri on posts (context_uri) where context_uri is not null;
create index posts_conversation_uri on posts (conversation_uri) where conversation_uri is not null;
create index posts_remote on posts (id) where fetched_at is not null;

create index follows_follower_id on follows (follower_id, state, id desc);

-- What a post was before each edit.
create table post_revisions (
	post_id bigint not null references posts on delete cascade,
	revision integer not null check (revision >= 1),
	title text not null default '' check (length(title) <= 2048),
	html text not null check (length(html) <= 300000),
	text_source text check (length(text_source) <= 100000),
	spoiler_text text not null default '' check (length(spoiler_text) <= 10000),
	is_sensitive boolean not null,
	options text[] check (cardinality(options) <= 500),
	written_at timestamptz not null,
	primary key (post_id, revision)
);
comment on column post_revisions.options is 'Of its poll';
comment on column post_revisions.written_at is 'When this version was made';

-- Ids that must not come back: deleted objects and actors, and activities undone before they arrived.
create table tombstones (
	uri text primary key check (length(uri) between 8 and 2048),
	is_local boolean not null,
	was_known boolean not null,
	deleted_at timestamptz not null default now()
);
comment on column tombstones.was_known is 'There was something here; others are forgotten sooner';
create index tombstones_deleted_at on tombstones (deleted_at) where not is_local;

create table boosts (
	id bigint primary key,
	actor_id bigint not null references actors on delete cascade,
	post_id bigint not null references posts on delete cascade,
	uri text not null unique check (length(uri) between 8 and 2048),
	visibility text not null default 'public' check (visibility in ('public', 'unlisted', 'followers')),
	created_at timestamptz not null default now(),
	unique (actor_id, post_id)
);
create index boosts_post_id on boosts (post_id, id desc);
create index boosts_actor_id on boosts (actor_id, id desc);

create table favourites (
	id bigint primary key,
	actor_id bigint not null references actors on delete cascade,
	post_id bigint not null references posts on delete cascade,
	uri text not null unique check (length(uri) between 8 and 2048),
	created_at timestamptz not null default now(),
	unique (actor_id, post_id)
);
create index favourites_post_id on favourites (post_id, id desc);
create index favourites_actor_id on favourites (actor_id, id desc);

create table reactions (
	id bigint primary key,
	actor_id bigint not null references actors on delete cascade,
	post_id bigint not null references posts on delete cascade,
	emoji text not null check (length(emoji) between 1 and 200),
	image_url text check (length(image_url) between 8 and 2048),
	uri text not null unique check (length(uri) between 8 and 2048),
	created_at timestamptz not null default now(),
	unique (actor_id, post_id, emoji)
);
create index reactions_post_id on reactions (post_id, id desc);

create table polls (
	post_id bigint primary key references posts on delete cascade,
	is_multiple boolean not null,
	ends_at timestamptz,
	closed_at timestamptz,
	voters bigint not null default 0 check (voters >= 0)
) with (fillfactor = 80);
create index polls_ends_at on polls (ends_at) where closed_at is null and ends_at is not null;

create table poll_options (
	post_id bigint not null references polls on delete cascade,
	position smallint not null check (position between 0 and 499),
	title text not null check (length(title) between 1 and 1000),
	votes bigint not null default 0 check (votes >= 0),
	primary key (post_id, position)
) with (fillfactor = 80);

create table poll_votes (
	post_id bigint not null,
	position smallint not null,
	actor_id bigint not null references actors on delete cascade,
	uri text not null unique check (length(uri) between 8 and 2048),
	created_at timestamptz not null default now(),
	primary key (post_id, actor_id, position),
	foreign key (post_id, position) references poll_options on delete cascade
);
create index poll_votes_option on poll_votes (post_id, position);
create index poll_votes_actor_id on poll_votes (actor_id);

create table blocks (
	id bigint primary key,
	blocker_id bigint not null references actors on delete cascade,
	blocked_id bigint not null references actors on delete cascade,
	uri text not null unique check (length(uri) between 8 and 2048),
	created_at timestamptz not null default now(),
	unique (blocker_id, blocked_id),
	check (blocker_id <> blocked_id)
);
create index blocks_blocked_id on blocks (blocked_id);

create table pins (
	actor_id bigint not null references actors on delete cascade,
	post_id bigint not null references posts on delete cascade,
	created_at timestamptz not null default now(),
	primary key (actor_id, post_id)
);
create index pins_post_id on pins (post_id);

create table featured_tags (
	actor_id bigint not null references actors on delete cascade,
	name text not null check (name = lower(name) and length(name) between 1 and 255),
	created_at timestamptz not null default now(),
	primary key (actor_id, name)
);

create table post_tags (
	post_id bigint not null references posts on delete cascade,
	name text not null check (name = lower(name) and length(name) between 1 and 255),
	primary key (post_id, name)
);
create index post_tags_name on post_tags (name, post_id desc);

-- Custom emoji by the server whose people write them.
create table emojis (
	domain text not null check (domain = lower(domain) and length(domain) between 1 and 259),
	shortcode text not null check (length(shortcode) between 1 and 200),
	uri text check (length(uri) between 8 and 2048),
	image_url text not null check (length(image_url) between 8 and 2048),
	updated_at timestamptz not null,
	primary key (domain, shortcode)
);

create table reports (
	id bigint primary key,
	reporter_id bigint not null references actors,
	target_id bigint not null references actors,
	post_ids bigint[] not null default '{}' check (cardinality(post_ids) <= 256),
	comment text not null default '' check (length(comment) <= 20000),
	uri text not null unique check (length(uri) between 8 and 2048),
	state text not null default 'open' check (state in ('open', 'resolved')),
	created_at timestamptz not null default now(),
	resolved_at timestamptz
);
create index reports_open on reports (id) where state = 'open';
create index reports_target_id on reports (target_id);
create index reports_reporter_id on reports (reporter_id);

create table notifications (
	id bigint primary key,
	actor_id bigint not null references actors on delete cascade,
	kind text not null check (kind in ('mention', 'follow', 'follow_request', 'favourite', 'reaction', 'boost', 'poll',
		'update', 'quote', 'quoted_update', 'move')),
	from_actor_id bigint not null references actors on delete cascade,
	post_id bigint references posts on delete cascade,
	created_at timestamptz not null default now(),
	unique nulls not distinct (actor_id, kind, from_actor_id, post_id)
);
comment on column notifications.actor_id is 'Who is told; always a local actor';
create index notifications_actor_id on notifications (actor_id, id desc);
create index notifications_from_actor_id on notifications (from_actor_id);
create index notifications_post_id on notifications (post_id) where post_id is not null;

alter table activities_in
	add column inbox_actor_id bigint,
	add column verified_by text not null default 'signature' check (verified_by in ('signature', 'proof', 'fetch')),
	add column is_wanted_nowhere boolean not null default false,
	add column parks smallint not null default 0 check (parks >= 0),
	drop constraint activities_in_check,
	add check (state <> 'parked' or parked_uri is not null);
-- What one actor says about one thing is handled in the order of the ids; texts would make the index needlessly wide.
drop index activities_in_object;
create index activities_in_order on activities_in (hashtextextended(actor_uri || ' ' || object_uri, 0), id)
	where state in ('waiting', 'parked');
comment on column activities_in.parked_uri is 'What it waits for, or waited for last';
comment on column activities_in.is_wanted_nowhere is 'What it waited for last cannot be had';
comment on column activities_in.parks is 'How often it has waited for something';
comment on column activities_in.leased_by is 'The process of PostgreSQL whose client works on it';
comment on column activities_in.inbox_actor_id is 'Whose inbox it came to; null for the shared one';
comment on column activities_in.verified_by is 'How we know that actor_uri said it';

alter table activities_out
	add column object_uri text check (length(object_uri) between 1 and 2048),
	add column is_public boolean not null default false,
	add column is_for_followers boolean not null default false;
create index activities_out_raw on activities_out (id) where octet_length(body) > 2;
comment on column activities_out.body is 'Without proof; an empty object once it is old and delivered';
comment on column activities_out.object_uri is 'Activities about the same object go to a peer in their order';
comment on column activities_out.is_public is 'Gets a proof that outlives forwarding';
comment on column activities_out.is_for_followers is 'Not public: deliveries carry the digest of the followers there (FEP-8fcf)';

create index activities_out_object_uri on activities_out (object_uri, id) where object_uri is not null;

-- A delivery is worked on by one process or by none. What a process has taken, it holds for as long as it says that it
-- lives: one row to renew however much it has taken, and one to look at when it is gone.
create table delivery_workers (
	id bigint primary key,
	alive_until timestamptz not null,
	started_at timestamptz not null default now()
);

-- Those that wait for their peer to be well are due at infinity, and the peer says when to look at them, so that a
-- million of them are not in the way of the others.
drop index deliveries_due, deliveries_peer_due, peers_dead;
alter table deliveries
	drop column leased_until;
alter table peers
	add column look_at timestamptz;
comment on column deliveries.due_at is 'infinity: when its peer is looked at';
comment on column deliveries.leased_by is 'Of delivery_workers';
comment on column peers.due_at is 'Nothing is sent before: the end of a pause after failures or a Retry-After, the next probe';
comment on column peers.look_at is 'Deliveries wait for it to be well: when to look';
create index deliveries_due on deliveries (due_at) where state = 'pending' and leased_by is null;
create index deliveries_peer on deliveries (peer, activity_id) where state = 'pending' and leased_by is null;
create index deliveries_leased on deliveries (leased_by) where leased_by is not null;
create index peers_look on peers (look_at) where look_at is not null and state <> 'paused';
create index peers_paused on peers (name) where state = 'paused';

-- A large audience, turned into deliveries in batches: its inboxes in their order.
create table fanouts (
	activity_id bigint primary key references activities_out on delete cascade,
	followed_id bigint not null references actors on delete cascade,
	after_inbox text not null default '' check (length(after_inbox) <= 2048),
	due_at timestamptz not null default now(),
	created_at timestamptz not null default now()
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);
comment on column fanouts.after_inbox is 'Inboxes up to this one have their deliveries';
create index fanouts_due on fanouts (due_at);
create index fanouts_followed_id on fanouts (followed_id);

-- What old deliveries came to, when their rows are gone.
create table delivery_sums (
	peer text not null check (peer = lower(peer) and length(peer) between 1 and 259),
	month date not null,
	state text not null check (state in ('accepted', 'refused', 'given_up', 'withheld')),
	deliveries bigint not null check (deliveries >= 0),
	primary key (peer, month, state)
);

-- Documents that somebody waits for, or that are worth having.
create table fetches (
	id bigint primary key,
	uri text not null check (length(uri) between 8 and 2048),
	kind text not null check (kind in ('actor', 'object', 'activity', 'replies', 'outbox', 'followers', 'featured',
		'update')),
	root_uri text not null check (length(root_uri) between 8 and 2048),
	depth smallint not null default 0 check (depth >= 0),
	is_item boolean not null default false,
	peer text not null check (peer = lower(peer) and length(peer) between 1 and 259),
	attempts smallint not null default 0 check (attempts >= 0),
	due_at timestamptz not null default now(),
	leased_until timestamptz,
	leased_by bigint,
	last_error text check (length(last_error) <= 1000),
	created_at timestamptz not null default now(),
	unique (uri, kind)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.01);
comment on column fetches.root_uri is 'What started the chain: a root has one budget';
comment on column fetches.is_item is 'It stood in a collection: what it needs in turn is paid from that budget';
create index fetches_due on fetches (due_at, id);
create index fetches_peer on fetches (peer, due_at);
create index fetches_leased on fetches (peer) where leased_until is not null;

create table fetch_roots (
	uri text primary key check (length(uri) between 8 and 2048),
	fetched integer not null default 0 check (fetched >= 0),
	items integer not null default 0 check (items >= 0),
	pages integer not null default 0 check (pages >= 0),
	begun_at timestamptz not null default now()
);
comment on table fetch_roots is 'What each root has spent of its budget since begun_at';
comment on column fetch_roots.items is 'Documents that stood in collections';
create index fetch_roots_begun_at on fetch_roots (begun_at);

-- When something last ran, so that a start knows how long we were away.
create table heartbeats (
	name text primary key check (length(name) between 1 and 100),
	beat_at timestamptz not null default now()
);

create table domain_blocks (
	domain text primary key check (domain = lower(domain) and length(domain) between 1 and 253),
	severity text not null check (severity in ('noop', 'silence', 'suspend')),
	rejects_media boolean not null default false,
	rejects_reports boolean not null default false,
	public_comment text not null default '' check (length(public_comment) <= 2000),
	private_comment text not null default '' check (length(private_comment) <= 2000),
	created_at timestamptz not null default now()
);
comment on table domain_blocks is 'Subdomains are meant too';

create table domain_allows (
	domain text primary key check (domain = lower(domain) and length(domain) between 1 and 253),
	created_at timestamptz not null default now()
);
comment on table domain_allows is 'With federation.mode = allow_list: these only, and their subdomains';

create table relays (
	id bigint primary key,
	kind text not null check (kind in ('mastodon', 'litepub')),
	inbox_url text not null unique check (length(inbox_url) between 8 and 2048),
	actor_uri text check (length(actor_uri) between 8 and 2048),
	follow_uri text not null unique check (length(follow_uri) between 8 and 2048),
	state text not null default 'pending' check (state in ('pending', 'accepted', 'rejected')),
	created_at timestamptz not null default now()
);
create index relays_actor_uri on relays (actor_uri) where actor_uri is not null;

grant select, insert, update, delete on post_revisions, tombstones, boosts, favourites, reactions, polls, poll_options,
	poll_votes, blocks, pins, featured_tags, post_tags, emojis, reports, notifications, fanouts, delivery_sums,
	delivery_workers, fetches,
	fetch_roots, domain_blocks, domain_allows, relays to comptoir_web;
grant select, insert, update, delete on post_revisions, tombstones, boosts, favourites, reactions, polls, poll_options,
	poll_votes, blocks, pins, featured_tags, post_tags, emojis, fanouts, delivery_sums, delivery_workers, fetches,
	fetch_roots
	to comptoir_federation;
grant select, insert, update on heartbeats to comptoir_federation;
grant select on domain_blocks, domain_allows to comptoir_federation;
grant select, update on relays to comptoir_federation;
-- What people are told and what they report is none of its business once written.
grant insert, delete on notifications to comptoir_federation;
grant select (actor_id, kind, from_actor_id, post_id) on notifications to comptoir_federation;
grant insert on reports to comptoir_federation;
grant select (uri) on reports to comptoir_federation;
