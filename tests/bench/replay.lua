-- wrk: sends the bodies of a file in their order, from the first again after the last; prints JSON.
-- Arguments: method, file of bodies (one a line; empty: none), milliseconds to wait before each request.

local requests = {}
-- wrk asks for one request beforehand, to look at it: that is the one before the first.
local sent = -1

function init(arguments)
  local method, file, pause = arguments[1], arguments[2], tonumber(arguments[3])
  -- Even a delay of zero costs, so there is none to call then. A random one keeps connections out of step.
  if pause > 0 then
    delay = function() return math.random(pause * 2) end
  end
  if file == "" then
    requests[1] = wrk.format(method)
    return
  end
  for body in io.lines(file) do
    requests[#requests + 1] = wrk.format(method, nil, nil, body)
  end
end

function request()
  sent = sent + 1
  return requests[(sent - 1) % #requests + 1]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '{"requests": %d, "seconds": %f, "octets": %d, "refused": %d, "broken": %d, "p50": %f, "p99": %f}\n',
    summary.requests, summary.duration / 1e6, summary.bytes, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3
  ))
end
