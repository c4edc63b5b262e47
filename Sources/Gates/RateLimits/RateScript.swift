import Redis

/// The one script behind every question and every report. It runs whole or not at all, on one clock, Redis's own.
///
/// `KEYS`: the marker, then the windows. `ARGV`: what to do; how long a call may take at most; the epoch of a permit; the cost,
/// or how much of it is given back; then for each window the grid's four numbers and, in reports, nine more (`Report`).
///
/// A window is a hash: its buckets under their numbers, and in the field `state`, as numbers in this order,
///
/// | number | meaning |
/// | --- | --- |
/// | `at`, `skew` | time of the last change; what is added to Redis's clock since it was once set back: time only goes on |
/// | `low`, `used` | the oldest bucket that may be there, the sum of all |
/// | `serial` | all that was ever counted: tells permits apart |
/// | `term`, `open`, `before` | granted and not yet reported: in this term of `longest_call`, and in the one before |
/// | `ceiling`, `seen`, `reset` | the provider's word: its limit, the least that it said was left until `reset` |
/// | `closed` | nothing before this time, after 429 |
/// | `told`, `lease`, `holder`, `owed` | after a loss of data: the epoch in which the provider's word came; who sends now |
///
/// The marker holds the `run_id` of the server and since when the counts are whole. No marker, or one of another run, means
/// that counts were lost or may be: a restart, a flush, an older snapshot, a replica that took over. Counting begins anew then.
enum RateScript {
    static let production = RedisScript(
        source(time: "local time = redis.call('TIME')\nlocal now = time[1] * 1000000 + time[2]"))

    /// For tests: the time is the last argument. Nothing else differs.
    static let driven = RedisScript(source(time: "local now = tonumber(ARGV[#ARGV])"))

    private static func source(time: String) -> String { time + "\n" + body }

    // Numbers are written by %.0f: `tostring` would round microseconds.
    private static let body = """
        local task, longest_call, epoch, cost = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
        local function text(number) return string.format('%.0f', number) end

        local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
        local known, since = string.match(redis.call('GET', KEYS[1]) or '', '^(%w+) (%d+)$')
        since = tonumber(since)
        local is_known = known == run and since ~= nil
        if task == 'begin' or task == 'begin unless known' then
            if task == 'begin' or not is_known then redis.call('SET', KEYS[1], run .. ' 0') end
            return 1
        end
        if not is_known or since > now then
            since = now
            redis.call('SET', KEYS[1], run .. ' ' .. text(since))
        end

        local names = {'at', 'skew', 'low', 'used', 'serial', 'term', 'open', 'before', 'ceiling', 'seen', 'reset', 'closed',
            'told', 'lease', 'holder', 'owed'}

        local function buckets(window, first, last)
            local list = {}
            for bucket = first, last do list[#list + 1] = text(bucket) end
            return list, redis.call('HMGET', window.key, unpack(list))
        end

        local function store(window)
            local values = {}
            for index, name in ipairs(names) do values[index] = text(window[name]) end
            redis.call('HSET', window.key, 'state', table.concat(values, ' '))
        end

        -- Forgets the buckets that no window reaches any more.
        local function advance(window)
            local keep = window.bucket - window.count
            if window.used > 0 and window.low < keep then
                local list, counts = buckets(window, window.low, math.min(keep - 1, window.low + window.count))
                for _, count in ipairs(counts) do window.used = window.used - (tonumber(count) or 0) end
                redis.call('HDEL', window.key, unpack(list))
                window.low = keep
                store(window)
            end
            window.low = math.max(window.low, keep)
        end

        local function load(number, stride)
            local first = 5 + (number - 1) * stride
            local window = {key = KEYS[number + 1], limit = tonumber(ARGV[first]), span = tonumber(ARGV[first + 1]),
                width = tonumber(ARGV[first + 2]), count = tonumber(ARGV[first + 3]), said = first + 4}
            for _, name in ipairs(names) do window[name] = 0 end
            local index = 0
            for number in string.gmatch(redis.call('HGET', window.key, 'state') or '', '%S+') do
                index = index + 1
                window[names[index]] = tonumber(number)
            end
            if window.at > now + window.skew then
                window.skew = window.at - now
                store(window)
            end
            window.at = now + window.skew
            if window.serial == 0 then window.serial = now end
            window.bucket = math.floor(window.at / window.width)
            local term = math.floor(window.at / longest_call)
            if term > window.term then
                window.before = term == window.term + 1 and window.open or 0
                window.term, window.open = term, 0
            end
            advance(window)
            window.cautious = window.told ~= since and now - since < window.span + window.width
            return window
        end

        local function save(window)
            store(window)
            -- Never below a millisecond, and until the last bucket is out of every window and the last call is over.
            local life = math.max(window.span + 2 * window.width, window.closed - window.at, window.reset - window.at)
            if window.open + window.before > 0 then life = math.max(life, 2 * longest_call) end
            redis.call('PEXPIRE', window.key, text(math.ceil(life / 1000) + 1000))
        end

        local function count(window, bucket, amount)
            redis.call('HINCRBY', window.key, text(bucket), text(amount))
            window.used = window.used + amount
        end

        -- Ours, or the provider's where it told a lower one.
        local function allowed(window)
            return window.ceiling > 0 and math.min(window.limit, window.ceiling) or window.limit
        end

        -- How long until `cost` has room; 0 = now.
        local function wait(window)
            local limit, longest = allowed(window), math.max(0, window.closed - window.at)
            if window.cautious and window.lease > window.at then
                longest = math.max(longest, math.min(window.lease - window.at, 1000000))
            end
            if window.reset > window.at and window.seen - window.open - window.before < cost then
                -- What keeps it may be sends on their way that the provider has counted already: their answers will tell.
                local pause = window.seen < cost and window.reset - window.at or 1000000
                longest = math.max(longest, math.min(window.reset - window.at, pause))
            end
            if cost > limit then return math.max(longest, window.span) end
            local excess = window.used + cost - limit
            if excess <= 0 then return longest end
            local list, counts = buckets(window, window.low, window.bucket)
            for index, number in ipairs(counts) do
                excess = excess - (tonumber(number) or 0)
                if excess <= 0 then
                    local leaves = (tonumber(list[index]) + window.count + 1) * window.width
                    return math.max(longest, leaves - window.at)
                end
            end
            return math.max(longest, window.span)
        end

        if task == 'admit' then
            local windows, longest, strictest = {}, 0, 1
            for number = 1, #KEYS - 1 do
                windows[number] = load(number, 4)
                local pause = wait(windows[number])
                if pause > longest then longest, strictest = pause, number end
            end
            if longest > 0 then return {0, longest, strictest} end
            local reply = {1, since, now}
            for _, window in ipairs(windows) do
                count(window, window.bucket, cost)
                window.serial = window.serial + cost
                window.open = window.open + cost
                if window.cautious then
                    window.lease, window.holder, window.owed = window.at + longest_call, window.serial, cost
                end
                save(window)
                reply[#reply + 1] = window.serial
                reply[#reply + 1] = window.bucket
                reply[#reply + 1] = window.term
                reply[#reply + 1] = window.used
                reply[#reply + 1] = allowed(window)
            end
            return reply
        end

        -- The provider's word. Answers overtake each other: within one window of theirs what is left only shrinks. Sends on
        -- their way are not yet counted in it, or may not be.
        local function mirror(window, ceiling, left, reset)
            reset = window.at + reset
            if window.reset <= window.at or reset >= window.reset + window.span / 2 then
                window.seen, window.reset = left, reset
            elseif reset > window.reset - window.span / 2 then
                window.seen = math.min(window.seen, left)
            else
                return
            end
            window.ceiling = ceiling
            if window.cautious then
                -- What the provider counted and we lost, as if it had been sent just now.
                local counted = (ceiling > 0 and ceiling or window.limit) - window.seen
                local unknown = counted + window.open + window.before - window.used
                if unknown > 0 then count(window, window.bucket, unknown) end
                window.told, window.cautious = since, false
            end
        end

        -- A part of a permit is no longer on its way.
        local function ended(window, serial, term, part)
            if term == window.term then window.open = math.max(0, window.open - part)
            elseif term == window.term - 1 then window.before = math.max(0, window.before - part) end
            if serial == window.holder then
                window.owed = window.owed - part
                if window.owed <= 0 then window.lease = 0 end
            end
        end

        for number = 1, #KEYS - 1 do
            local window, said = load(number, 13), {}
            for index = 0, 8 do said[index + 1] = tonumber(ARGV[window.said + index]) end
            local serial, bucket, term, part, has_word, ceiling, left, reset, closed = unpack(said)
            -- A permit of before a loss was counted elsewhere.
            if epoch == since then
                ended(window, serial, term, part + cost)
                if cost > 0 and bucket >= window.low and bucket <= window.bucket then
                    local there = tonumber(redis.call('HGET', window.key, text(bucket))) or 0
                    count(window, bucket, -math.min(cost, there))
                end
            end
            if has_word == 1 then
                mirror(window, ceiling, left, reset)
            elseif window.reset > window.at then
                -- No answer, or none with headers: it may have been counted all the same.
                window.seen = math.max(0, window.seen - part)
            end
            if closed > 0 then window.closed = math.max(window.closed, window.at + closed) end
            save(window)
        end
        return 1
        """
}
