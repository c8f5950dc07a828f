// SPDX-License-Identifier: AGPL-3.0-or-later
// A scene of two people with masto.js: node scene.mjs '{"url": ..., "code": ..., ...}'. Prints "done: " and what was called.
// The codes were given on the authorize page by the caller. masto.js checks nothing, so everything is looked at here.
import assert from "node:assert/strict";
import { createOAuthAPIClient, createRestAPIClient, createStreamingAPIClient } from "masto";

const { url, app, people, picture, keys } = JSON.parse(process.argv[2]);
const done = [];
const step = async (name, body) => {
	try {
		await body();
	} catch (error) {
		error.message = `${name}: ${error.message}`;
		throw error;
	}
	done.push(name);
};
const DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const ids = (list) => list.map((one) => one.id);
const photo = () => new File([Buffer.from(picture, "base64")], "photo.png", { type: "image/png" });

function checkAccount(account) {
	for (const name of ["id", "username", "acct", "url", "avatar", "avatarStatic", "header", "headerStatic"])
		assert.ok(typeof account[name] === "string" && account[name], `account.${name}`);
	for (const name of ["displayName", "note"]) assert.equal(typeof account[name], "string", `account.${name}`);
	for (const name of ["locked", "bot"]) assert.equal(typeof account[name], "boolean", `account.${name}`);
	for (const name of ["emojis", "fields"]) assert.ok(Array.isArray(account[name]), `account.${name}`);
	for (const name of ["followersCount", "followingCount", "statusesCount"])
		assert.equal(typeof account[name], "number", `account.${name}`);
	assert.match(account.createdAt, DATE);
}

function checkStatus(status) {
	for (const name of ["id", "uri"]) assert.ok(typeof status[name] === "string" && status[name], `status.${name}`);
	for (const name of ["content", "spoilerText"]) assert.equal(typeof status[name], "string", `status.${name}`);
	for (const name of ["mediaAttachments", "mentions", "tags", "emojis"])
		assert.ok(Array.isArray(status[name]), `status.${name}`);
	for (const name of ["repliesCount", "reblogsCount", "favouritesCount"])
		assert.equal(typeof status[name], "number", `status.${name}`);
	for (const name of ["sensitive", "favourited", "reblogged", "bookmarked", "muted"])
		assert.equal(typeof status[name], "boolean", `status.${name}`);
	assert.match(status.createdAt, DATE);
	assert.ok(["public", "unlisted", "private", "direct"].includes(status.visibility));
	checkAccount(status.account);
	if (status.reblog) checkStatus(status.reblog);
}

// The events of a subscription, kept; next() waits for one that is looked for.
class Events {
	constructor(subscription) {
		this.kept = [];
		this.waiting = [];
		(async () => {
			for await (const event of subscription.values()) {
				this.kept.push(event);
				this.waiting.forEach((look) => look());
			}
		})();
	}

	next(name, accept = () => true) {
		return new Promise((resolve, reject) => {
			const limit = setTimeout(() => reject(new Error(`no event ${name}: ${JSON.stringify(this.kept)}`)), 20000);
			const look = () => {
				const event = this.kept.find((one) => one.event === name && accept(one.payload));
				if (event) {
					clearTimeout(limit);
					resolve(event);
				}
			};
			this.waiting.push(look);
			look();
		});
	}
}

async function until(what, find) {
	for (const end = Date.now() + 20000; Date.now() < end; await new Promise((again) => setTimeout(again, 100))) {
		const found = await find();
		if (found) return found;
	}
	throw new Error(`waited 20 s for ${what}`);
}

const oauth = createOAuthAPIClient({ url });
const tokens = {};
for (const [name, { code }] of Object.entries(people)) {
	const token = await oauth.token.create({ grantType: "authorization_code", clientId: app.client_id, clientSecret: app.client_secret,
		redirectUri: "urn:ietf:wg:oauth:2.0:oob", code, scope: "read write follow push" });
	assert.equal(token.scope, "read write follow push");
	assert.equal(typeof token.createdAt, "number");
	tokens[name] = token.accessToken;
}
const [karim, ines] = Object.values(tokens).map((accessToken) => createRestAPIClient({ url, accessToken }));
const karimId = (await karim.v1.accounts.verifyCredentials()).id;
const inesId = (await ines.v1.accounts.verifyCredentials()).id;
const instance = await karim.v2.instance.fetch();
const openStreams = (accessToken) => createStreamingAPIClient({ streamingApiUrl: instance.configuration.urls.streaming, accessToken });

await step("instance", async () => {
	assert.match(instance.version, /^4\.\d+\.\d+ \(compatible; Comptoir /);
	assert.ok(instance.title && instance.domain && instance.thumbnail.url && instance.configuration.vapid.publicKey);
	assert.ok(instance.configuration.statuses.maxCharacters >= 500);
	assert.equal(typeof instance.registrations.enabled, "boolean");
	assert.ok(instance.apiVersions.mastodon >= 1);
	assert.ok((await karim.v1.instance.fetch()).uri);
	for (const list of [karim.v1.instance.rules.list(), karim.v1.instance.peers.list(), karim.v1.customEmojis.list(),
		karim.v1.announcements.list(), karim.v1.trends.tags.list(), karim.v1.trends.statuses.list(), karim.v1.trends.links.list(),
		karim.v2.suggestions.list(), karim.v1.followedTags.list()])
		assert.ok(Array.isArray(await list));
	assert.equal((await karim.v1.apps.verifyCredentials()).name, "masto.js scene");
	assert.equal((await karim.v1.preferences.fetch())["posting:default:visibility"], "public");
});

await step("profile", async () => {
	const me = await karim.v1.accounts.updateCredentials({ displayName: "Karim H.", note: "Roses", avatar: photo(), header: photo(),
		fieldsAttributes: [{ name: "Shop", value: "Lyon" }], source: { language: "fr" } });
	checkAccount(me);
	assert.equal(me.displayName, "Karim H.");
	assert.equal(me.source.note, "Roses");
	assert.equal(me.source.language, "fr");
	assert.deepEqual(me.source.fields.map((field) => [field.name, field.value]), [["Shop", "Lyon"]]);
	assert.equal((await karim.v1.accounts.lookup({ acct: "karim" })).id, karimId);
});

const streams = openStreams(tokens.customer3);
const list = await ines.v1.lists.create({ title: "Shops", repliesPolicy: "list", exclusive: false });
await step("follow and lists", async () => {
	const relation = await ines.v1.accounts.$select(karimId).follow({ notify: true, reblogs: true });
	assert.ok(relation.following && relation.notifying && relation.showingReblogs);
	await ines.v1.lists.$select(list.id).accounts.create({ accountIds: [karimId] });
	assert.deepEqual(ids(await ines.v1.lists.$select(list.id).accounts.list()), [karimId]);
	assert.equal((await ines.v1.lists.$select(list.id).update({ title: "Shops of Lyon" })).title, "Shops of Lyon");
	assert.deepEqual((await ines.v1.accounts.relationships.fetch({ id: [karimId] })).map((one) => one.following), [true]);
});

const home = new Events(streams.user.subscribe());
const listed = new Events(streams.list.subscribe({ list: list.id }));
const tagged = new Events(streams.hashtag.subscribe({ tag: "dahlias" }));
const talks = new Events(streams.direct.subscribe());
let post;
await step("a post with a picture", async () => {
	// Subscriptions are messages without an answer: posts are written until one of them comes back on each stream.
	const first = [];
	await until("the streams", async () => {
		first.push((await karim.v1.statuses.create({ status: `Are you there? #dahlias ${first.length}` })).id);
		return [home, listed, tagged].every((events) => events.kept.some((one) => one.event === "update"));
	});
	for (const id of first) await karim.v1.statuses.$select(id).remove();
	await home.next("delete", (id) => id === first.at(-1));

	const media = await karim.v2.media.create({ file: photo(), description: "Dahlias", focus: "0.1,0.2" });
	assert.ok(media.url && media.previewUrl && media.blurhash);
	assert.equal(media.type, "image");
	assert.equal((await karim.v1.media.$select(media.id).update({ description: "Red dahlias" })).description, "Red dahlias");
	post = await karim.v1.statuses.create({ status: "@customer3 new #dahlias", mediaIds: [media.id], spoilerText: "flowers",
		sensitive: true, language: "en", visibility: "public" });
	checkStatus(post);
	assert.equal(post.mediaAttachments[0].description, "Red dahlias");
	assert.equal(post.spoilerText, "flowers");
	assert.deepEqual(post.tags.map((tag) => tag.name), ["dahlias"]);
	assert.deepEqual(post.mentions.map((mention) => mention.id), [inesId]);
	for (const events of [home, listed, tagged]) checkStatus((await events.next("update", (one) => one.id === post.id)).payload);
	const told = (await home.next("notification", (one) => one.type === "mention" && one.status.id === post.id)).payload;
	checkStatus(told.status);
});

await step("edit and history", async () => {
	const id = post.mediaAttachments[0].id;
	const edited = await karim.v1.statuses.$select(post.id).update({ status: "@customer3 old #dahlias", mediaIds: [id],
		mediaAttributes: [{ id, description: "Dry dahlias" }] });
	assert.equal(edited.mediaAttachments[0].description, "Dry dahlias");
	assert.match(edited.editedAt, DATE);
	await home.next("status.update", (one) => one.id === post.id);
	const history = await karim.v1.statuses.$select(post.id).history.list();
	assert.equal(history.length, 2);
	history.forEach((one) => checkAccount(one.account));
	assert.equal((await karim.v1.statuses.$select(post.id).source.fetch()).text, "@customer3 old #dahlias");
});

await step("thread and interactions", async () => {
	const answer = await ines.v1.statuses.create({ status: "@karim lovely", inReplyToId: post.id });
	assert.equal(answer.inReplyToId, post.id);
	assert.deepEqual(ids((await ines.v1.statuses.$select(answer.id).context.fetch()).ancestors), [post.id]);
	const boost = await ines.v1.statuses.$select(post.id).reblog();
	checkStatus(boost);
	assert.equal(boost.reblog.id, post.id);
	assert.ok(boost.reblog.reblogged);
	assert.ok((await ines.v1.statuses.$select(post.id).favourite()).favourited);
	assert.ok((await ines.v1.statuses.$select(post.id).bookmark()).bookmarked);
	assert.deepEqual(ids(await ines.v1.favourites.list()), [post.id]);
	assert.deepEqual(ids(await ines.v1.bookmarks.list()), [post.id]);
	assert.deepEqual(ids(await karim.v1.statuses.$select(post.id).rebloggedBy.list()), [inesId]);
	assert.deepEqual(ids(await karim.v1.statuses.$select(post.id).favouritedBy.list()), [inesId]);
	assert.equal((await ines.v1.statuses.$select(post.id).unreblog()).reblogged, false);
	assert.equal((await ines.v1.statuses.$select(post.id).unbookmark()).bookmarked, false);
	assert.ok((await karim.v1.statuses.$select(post.id).pin()).pinned);
	assert.deepEqual(ids(await ines.v1.accounts.$select(karimId).statuses.list({ pinned: true })), [post.id]);
	assert.deepEqual(ids(await ines.v1.statuses.fetch({ id: [post.id] })), [post.id]);
	const quote = await ines.v1.statuses.create({ status: "Look at this", quotedStatusId: post.id });
	assert.equal(quote.quote.quotedStatus.id, post.id);
	assert.equal(quote.quote.state, "accepted");
});

await step("polls", async () => {
	const asked = await karim.v1.statuses.create({ status: "Which?", poll: { options: ["one", "two"], expiresIn: 3600 } });
	const poll = await ines.v1.polls.$select(asked.poll.id).votes.create({ choices: [1] });
	assert.ok(poll.voted);
	assert.deepEqual(poll.ownVotes, [1]);
	assert.equal(poll.votesCount, 1);
	assert.equal((await ines.v1.polls.$select(asked.poll.id).fetch()).options[1].votesCount, 1);
	await assert.rejects(ines.v1.polls.$select(asked.poll.id).votes.create({ choices: [0] }), { statusCode: 422 });
});

await step("notifications", async () => {
	const groups = await until("the favourite", async () => {
		const page = await karim.v2.notifications.list({ types: ["favourite", "mention"], expandAccounts: "full" });
		return page.notificationGroups.some((group) => group.type === "favourite") && page;
	});
	groups.accounts.forEach(checkAccount);
	groups.statuses.forEach(checkStatus);
	for (const group of groups.notificationGroups) {
		assert.equal(typeof group.mostRecentNotificationId, "number");
		for (const id of group.sampleAccountIds) assert.ok(ids(groups.accounts).includes(id));
		if (group.statusId) assert.ok(ids(groups.statuses).includes(group.statusId));
	}
	const favourite = groups.notificationGroups.find((group) => group.type === "favourite");
	assert.deepEqual(ids(await karim.v2.notifications.$select(favourite.groupKey).accounts.fetch()), [inesId]);
	assert.ok((await karim.v2.notifications.unreadCount.fetch()).count >= 2);
	await karim.v2.notifications.$select(favourite.groupKey).dismiss();
	assert.ok((await karim.v1.notifications.list()).every((one) => one.type !== "favourite"));
	const policy = await karim.v2.notifications.policy.update({ forNewAccounts: "filter" });
	assert.equal(policy.forNewAccounts, "filter");
	assert.equal((await karim.v2.notifications.policy.update({ forNewAccounts: "accept" })).forNewAccounts, "accept");
	assert.ok(Array.isArray(await karim.v1.notifications.requests.list()));
	await karim.v1.notifications.clear();
	assert.deepEqual([...(await karim.v1.notifications.list())], []);
});

await step("timelines and paging", async () => {
	const all = { home: ines.v1.timelines.home, list: ines.v1.timelines.list.$select(list.id), tag: ines.v1.timelines.tag.$select("dahlias"),
		public: ines.v1.timelines.public };
	for (const [name, timeline] of Object.entries(all)) {
		const page = await timeline.list({ limit: 40 });
		page.forEach(checkStatus);
		assert.ok(ids(page).includes(post.id), name);
	}
	const seen = [];
	for await (const page of ines.v1.timelines.home.list({ limit: 1 }).values()) {
		seen.push(...ids(page));
		if (seen.length >= 3) break;
	}
	assert.equal(new Set(seen).size, seen.length);
	assert.ok(seen.length >= 2);
});

await step("filters", async () => {
	const filter = await ines.v2.filters.create({ title: "No dahlias", context: ["home", "public"], filterAction: "warn", expiresIn: 3600,
		keywordsAttributes: [{ keyword: "dahlias", wholeWord: true }] });
	assert.equal(filter.keywords[0].keyword, "dahlias");
	await home.next("filters_changed");
	const shown = (await ines.v1.timelines.home.list()).find((one) => one.id === post.id);
	assert.deepEqual(shown.filtered.map((one) => [one.filter.id, one.keywordMatches]), [[filter.id, ["dahlias"]]]);
	const changed = await ines.v2.filters.$select(filter.id).update({ keywordsAttributes: [{ id: filter.keywords[0].id, _destroy: true },
		{ keyword: "asters" }] });
	assert.deepEqual(changed.keywords.map((one) => one.keyword), ["asters"]);
	await ines.v2.filters.$select(filter.id).remove();
	assert.deepEqual([...(await ines.v2.filters.list())], []);
});

await step("search", async () => {
	const found = await until("the post to be found", async () => {
		const page = await karim.v2.search.list({ q: "dahlias" });
		return ids(page.statuses).includes(post.id) && page;
	});
	assert.deepEqual(found.hashtags.map((tag) => tag.name), ["dahlias"]);
	assert.ok(ids((await ines.v2.search.list({ q: "karim", type: "accounts" })).accounts).includes(karimId));
	assert.ok(ids(await ines.v1.accounts.search.list({ q: "kar", limit: 5 })).includes(karimId));
});

await step("conversations", async () => {
	const secret = await karim.v1.statuses.create({ status: "@customer3 it is ready", visibility: "direct" });
	const told = (await talks.next("conversation", (one) => one.lastStatus.id === secret.id)).payload;
	const talk = (await ines.v1.conversations.list()).find((one) => one.id === told.id);
	assert.ok(talk.unread);
	assert.deepEqual(ids(talk.accounts), [karimId]);
	assert.equal((await ines.v1.conversations.$select(talk.id).read()).unread, false);
	await ines.v1.conversations.$select(talk.id).remove();
});

await step("scheduled posts", async () => {
	const planned = await karim.v1.statuses.create({ status: "Later", scheduledAt: new Date(Date.now() + 3600000).toISOString() });
	assert.equal(planned.params.text, "Later");
	assert.match(planned.scheduledAt, DATE);
	assert.deepEqual(ids(await karim.v1.scheduledStatuses.list()), [planned.id]);
	await karim.v1.scheduledStatuses.$select(planned.id).remove();
	assert.deepEqual([...(await karim.v1.scheduledStatuses.list())], []);
});

await step("markers", async () => {
	const marks = await ines.v1.markers.create({ home: { lastReadId: post.id } });
	assert.equal(marks.home.lastReadId, post.id);
	assert.equal((await ines.v1.markers.fetch({ timeline: ["home"] })).home.version, marks.home.version);
});

await step("push", async () => {
	await assert.rejects(ines.v1.push.subscription.fetch(), { statusCode: 404 });
	const made = await ines.v1.push.subscription.create({ subscription: { endpoint: "https://push.example/2", keys },
		data: { alerts: { mention: true } }, policy: "followed" });
	assert.equal(made.alerts.mention, true);
	assert.ok(made.serverKey);
	assert.equal((await ines.v1.push.subscription.update({ data: { alerts: { mention: false } } })).alerts.mention, false);
	await ines.v1.push.subscription.remove();
});

await step("tags", async () => {
	assert.ok((await ines.v1.tags.$select("dahlias").follow()).following);
	assert.deepEqual((await ines.v1.followedTags.list()).map((tag) => tag.name), ["dahlias"]);
	assert.equal((await ines.v1.tags.$select("dahlias").unfollow()).following, false);
	const tag = await karim.v1.featuredTags.create({ name: "dahlias" });
	assert.deepEqual((await karim.v1.accounts.$select(karimId).featuredTags.list()).map((one) => one.name), ["dahlias"]);
	await karim.v1.featuredTags.$select(tag.id).remove();
});

await step("report, mute and block", async () => {
	const report = await ines.v1.reports.create({ accountId: karimId, statusIds: [post.id], comment: "too red", category: "spam" });
	assert.equal(report.category, "spam");
	assert.equal(report.targetAccount.id, karimId);
	assert.ok((await ines.v1.accounts.$select(karimId).mute({ notifications: false, duration: 60 })).muting);
	assert.deepEqual(ids(await ines.v1.mutes.list()), [karimId]);
	assert.equal((await ines.v1.accounts.$select(karimId).unmute()).muting, false);
	assert.equal((await ines.v1.accounts.$select(karimId).note.create({ comment: "florist" })).note, "florist");
	await ines.v1.domainBlocks.create({ domain: "bad.example" });
	assert.deepEqual([...(await ines.v1.domainBlocks.list())], ["bad.example"]);
	await ines.v1.domainBlocks.remove({ domain: "bad.example" });
	await ines.v1.lists.$select(list.id).accounts.remove({ accountIds: [karimId] });
	await ines.v1.lists.$select(list.id).remove();
	const blocked = await ines.v1.accounts.$select(karimId).block();
	assert.ok(blocked.blocking && !blocked.following);
	assert.deepEqual(ids(await ines.v1.blocks.list()), [karimId]);
	const [hers] = await ines.v1.accounts.$select(inesId).statuses.list();
	await assert.rejects(karim.v1.statuses.$select(hers.id).fetch(), { statusCode: 404 });
	assert.equal((await ines.v1.accounts.$select(karimId).unblock()).blocking, false);
});

await step("delete and redraft", async () => {
	const deleted = await karim.v1.statuses.$select(post.id).remove();
	assert.equal(deleted.text, "@customer3 old #dahlias");
	const again = await karim.v1.statuses.create({ status: deleted.text, mediaIds: ids(deleted.mediaAttachments) });
	assert.equal(again.mediaAttachments[0].description, "Dry dahlias");
	await assert.rejects(ines.v1.statuses.$select(post.id).fetch(), { statusCode: 404 });
});

await step("log out", async () => {
	streams.close();
	await oauth.revoke({ clientId: app.client_id, clientSecret: app.client_secret, token: tokens.customer3 });
	await assert.rejects(ines.v1.accounts.verifyCredentials(), { statusCode: 401 });
});
console.log(`done: ${done.join(", ")}`);
process.exit(0);
