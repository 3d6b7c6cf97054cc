-- One POST over and over, for wrk, each time with the next token of a file where its body or a field says {token}.
--
-- The arguments are a file with the body, a file with tokens, a line each, and the fields. A token that was sent goes to the
-- end; where the path is /token, the refresh token does that the answer brings. In that order they are in the file afterwards.
-- The last line that is written is that of post.lua.
local template, fields = "", {}

function setup(thread)
    worker = thread
end

-- What is global of a thread can be read at the end, but no table.
local function put(token)
    last = last + 1
    _G["token" .. last] = token
end

function init(arguments)
    local file = assert(io.open(arguments[1], "rb"))
    template = file:read("*a")
    file:close()
    path, first, last, isRenewing = arguments[2], 1, 0, wrk.path == "/token"
    for token in io.lines(arguments[2]) do put(token) end
    for i = 3, #arguments do
        local name, value = arguments[i]:match("^([^:]+): (.*)$")
        fields[name] = value
    end
    if isRenewing then
        function response(status, _, body)
            local token = body:match('"refresh_token":"([^"]+)"')
            if status == 200 and token then put(token) end
        end
    end
end

function request()
    local name = "token" .. first
    local token = assert(_G[name], "there are not enough tokens")
    _G[name] = nil
    first = first + 1
    if not isRenewing then put(token) end
    for field, value in pairs(fields) do wrk.headers[field] = value:gsub("{token}", token) end
    return wrk.format("POST", nil, nil, (template:gsub("{token}", token)))
end

function done(summary, latency)
    local file = assert(io.open(worker:get("path"), "wb"))
    for i = worker:get("first"), worker:get("last") do file:write(worker:get("token" .. i), "\n") end
    file:close()
    local errors = summary.errors
    local failed = errors.connect + errors.read + errors.write + errors.timeout
    io.write(string.format("%d %d %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50),
        latency:percentile(99), errors.status, failed))
end
