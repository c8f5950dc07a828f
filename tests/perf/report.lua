-- SPDX-License-Identifier: AGPL-3.0-or-later
-- One line of JSON after a run of wrk. With arguments "PATH COUNT" the requests put 1 ... COUNT for # in PATH.
local prefix, count, number = nil, 0, 0

function init(arguments)
	prefix, count = arguments[1], tonumber(arguments[2] or "0")
	number = math.random(1, 1000000)
end

function request()
	if prefix and count > 0 then
		number = number + 1
		return wrk.format("GET", (prefix:gsub("#", tostring(number % count + 1), 1)))
	end
	return wrk.format()
end

function done(summary, latency, requests)
	io.write(string.format(
		'REPORT {"requests": %d, "seconds": %.6f, "p50_us": %d, "p95_us": %d, "status_errors": %d, "socket_errors": %d}\n',
		summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(95), summary.errors.status,
		summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
