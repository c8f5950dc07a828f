-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Each request is a new status by the next of the tokens: wrk ... -- TOKEN... Its report is that of report.lua.
local tokens, count = {}, 0
local directory = debug.getinfo(1, "S").source:match("^@(.*)/[^/]*$")
dofile(directory .. "/report.lua")
local given = init

function init(arguments)
	given({})
	tokens = arguments
	count = math.random(1000000)
end

function request()
	count = count + 1
	return wrk.format("POST", wrk.path, {
		["Authorization"] = "Bearer " .. tokens[count % #tokens + 1],
		["Content-Type"] = "application/x-www-form-urlencoded",
	}, "status=A+few+words+about+flowers+and+number+" .. count .. "+of+them")
end
