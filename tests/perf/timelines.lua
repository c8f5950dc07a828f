-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Asks for the home timelines of random readers, a token a line of the file in the first argument; the second is
-- another path, the third how many milliseconds each connection pauses before it asks, on average. Prints one line
-- "REPORT {json}".
local tokens, thread_count, threads = {}, 0, {}
local path = "/api/v1/timelines/home"

function setup(thread)
	thread:set("number", thread_count)
	thread_count = thread_count + 1
	table.insert(threads, thread)
end

function init(arguments)
	for line in io.lines(arguments[1]) do
		table.insert(tokens, line)
	end
	path = arguments[2] or path
	local pause_ms = tonumber(arguments[3] or "0")
	if pause_ms > 0 then
		delay = function() return math.random(0, 2 * pause_ms) end
	end
	math.randomseed(os.time() + number * 7919)
	errors = 0
	bytes = 0
	count = 0
end

function request()
	return wrk.format("GET", path, { ["Authorization"] = "Bearer " .. tokens[math.random(#tokens)] })
end

function response(status, headers, body)
	if status ~= 200 then
		errors = errors + 1
	end
	count = count + 1
	bytes = bytes + #body
end

function done(summary, latency, requests)
	local errors, bytes, count = 0, 0, 0
	for _, thread in ipairs(threads) do
		errors = errors + thread:get("errors")
		bytes = bytes + thread:get("bytes")
		count = count + thread:get("count")
	end
	io.write(string.format('REPORT {"requests": %d, "seconds": %f, "status_errors": %d, "socket_errors": %d, "p50_us": %d, '
		.. '"p99_us": %d, "bytes_each": %d}\n', summary.requests, summary.duration / 1e6, errors,
		summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout,
		latency:percentile(50), latency:percentile(99), bytes / math.max(count, 1)))
end
