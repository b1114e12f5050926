-- Has wrk ask for the paths of a file, one a line, in turn and again from the start: wrk ... -s urls.lua URL -- FILE
local requests, at = {}, 0

function init(arguments)
    for path in io.lines(arguments[1]) do
        requests[#requests + 1] = wrk.format("GET", path)
    end
end

function request()
    at = at % #requests + 1
    return requests[at]
end
