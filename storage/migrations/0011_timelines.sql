-- Timelines: what is ready to be read.
--
-- Home timelines are written when somebody posts, for those who read theirs of late: a row of home_timelines says who
-- does. Their items name posts and boosts without references: with a thousand followers each post would lock a thousand
-- rows of actors. An item whose post is gone, hidden or unwanted is left out by whoever reads.
--
-- The previous release does not know what is made here.

create table home_timelines (
	owner_id bigint primary key references actors on delete cascade,
	read_on date not null default current_date,
	is_built boolean not null default false
);
comment on column home_timelines.read_on is 'Not written any more once that is long ago, and built anew on return';

create table home_items (
	owner_id bigint not null,
	item_id bigint not null,
	actor_id bigint not null,
	primary key (owner_id, item_id)
) with (autovacuum_vacuum_scale_factor = 0.05);
comment on column home_timelines.is_built is 'False while what was posted before is still being collected';
comment on column home_items.item_id is 'Of a post or of a boost';
comment on column home_items.actor_id is 'Who posted or boosted';

-- The public timelines: what nobody in particular was answered with.
create index posts_timeline on posts (id desc)
	where visibility = 'public' and (in_reply_to_actor_id is null or in_reply_to_actor_id = actor_id);
create index posts_timeline_local on posts (id desc)
	where visibility = 'public' and (in_reply_to_actor_id is null or in_reply_to_actor_id = actor_id) and fetched_at is null;
create index posts_direct on posts (actor_id, id desc) where visibility = 'direct';

grant select, insert, update, delete on home_timelines, home_items to comptoir_web;
-- What arrives goes into home timelines, and goes out of them with a follow that ends.
grant select on home_timelines to comptoir_federation;
grant select, insert, update, delete on home_items to comptoir_federation;
