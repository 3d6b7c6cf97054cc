-- One POST over and over, for wrk: its body is in the file that the first argument names, and its fields are the others.
--
-- The last line that is written has the number of answers, the microseconds they took in all, the median and the 99th
-- percentile of one in microseconds, how many were refused, and how many connections failed.
function init(arguments)
    local file = assert(io.open(arguments[1], "rb"))
    wrk.method, wrk.body = "POST", file:read("*a")
    file:close()
    for i = 2, #arguments do
        local name, value = arguments[i]:match("^([^:]+): (.*)$")
        wrk.headers[name] = value
    end
end

function done(summary, latency)
    local errors = summary.errors
    local failed = errors.connect + errors.read + errors.write + errors.timeout
    io.write(string.format("%d %d %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50),
        latency:percentile(99), errors.status, failed))
end
