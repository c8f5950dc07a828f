-- SPDX-License-Identifier: AGPL-3.0-or-later
-- One path, asked with the tokens of the arguments in turn; one line of JSON after the run of wrk.
local tokens, number = {}, 0

function init(arguments)
	tokens = arguments
	number = math.random(1, 1000000)
end

function request()
	number = number + 1
	return wrk.format(nil, nil, { ["Authorization"] = "Bearer " .. tokens[number % #tokens + 1] })
end

function done(summary, latency, requests)
	io.write(string.format('REPORT {"requests": %d, "seconds": %.6f, "p99_us": %d, "status_errors": %d}\n',
		summary.requests, summary.duration / 1e6, latency:percentile(99), summary.errors.status))
end
