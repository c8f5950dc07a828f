-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Requests that were made before, each sent once: wrk -s replay.lua URL -- FILE THREADS [PER_SECOND CONNECTIONS].
-- FILE: decimal length, newline, that many bytes of a whole request, again and again. At the end the first one is
-- repeated until wrk has stopped. PER_SECOND paces all connections together.
local threads = {}
local count = 0

function setup(thread)
	thread:set("part", count)
	count = count + 1
	table.insert(threads, thread)
end

function init(arguments)
	local file = assert(io.open(arguments[1], "rb"))
	local parts = tonumber(arguments[2])
	pause_ms = arguments[3] and 1000 * tonumber(arguments[4]) / tonumber(arguments[3]) or 0
	requests, position, number = {}, 0, 0
	while true do
		local line = file:read("*l")
		if not line then
			break
		end
		local request = file:read(tonumber(line))
		if number % parts == part then
			table.insert(requests, request)
		end
		number = number + 1
	end
	file:close()
end

function delay()
	return math.floor(pause_ms * (0.5 + math.random()))
end

function request()
	position = position + 1
	if position > #requests then
		wrk.thread:stop()
		return requests[1]
	end
	return requests[position]
end

function done(summary, latency, requests)
	io.write(string.format(
		'REPORT {"requests": %d, "seconds": %.6f, "p50_us": %d, "p99_us": %d, "status_errors": %d, "socket_errors": %d}\n',
		summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(99), summary.errors.status,
		summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
