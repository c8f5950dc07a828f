-- SPDX-License-Identifier: AGPL-3.0-or-later
-- Random ones of the requests in the file of the first argument: a line is PATH, TOKEN and ACCEPT, each "-" for none.
-- Its report is that of timelines.lua.
local requests = {}
local directory = debug.getinfo(1, "S").source:match("^@(.*)/[^/]*$")
dofile(directory .. "/timelines.lua")
local given = init

function init(arguments)
	given({ arguments[1] })
	for line in io.lines(arguments[1]) do
		local path, token, accept = line:match("^(%S+) (%S+) (%S+)$")
		local headers = {}
		if token ~= "-" then
			headers["Authorization"] = "Bearer " .. token
		end
		if accept ~= "-" then
			headers["Accept"] = accept
		end
		table.insert(requests, wrk.format("GET", path, headers))
	end
end

function request()
	return requests[math.random(#requests)]
end
