import Redis

/// The one script behind `TokenBuckets`. It runs whole or not at all, on one clock, Redis's own.
///
/// `KEYS`: the marker (as in `RateScript`), the user's window, the class's buckets. `ARGV`: what to do; how long a call may take
/// at most; the epoch of a permit; the grid of the user's window (four numbers); the class's limits a minute (requests, input,
/// output); what is reserved (three); then in reports what was used (three), where it was counted (bucket, term, lease), the
/// provider's word (a limit and what is left for each of the three, −1 = not told) and how long the class is closed.
///
/// A class is a hash with one field, `state`, of numbers in this order:
///
/// | number | meaning |
/// | --- | --- |
/// | `at`, `skew` | time of the last change; what is added to Redis's clock since it was once set back |
/// | `level` ×3 | what is in the bucket; below nothing after a call that used more than it had reserved |
/// | `ceiling` ×3 | the provider's own limit, 0 = not told |
/// | `term`, `open` ×3, `before` ×3 | reserved and not yet settled: in this term of `longest_call`, and in the one before |
/// | `closed` | nothing before this time, after 429 |
/// | `told`, `lease` | after a loss of data: the epoch in which the provider's word came; until when somebody sends alone |
///
/// A bucket holds 98 % of its limit, so that calls which overtake each other on the way are not too many for the provider's, and
/// fills with the whole limit a minute.
enum TokenBucketScript {
    /// Of the limit; the rest is for calls that overtake each other.
    static let usable = 0.98

    static let production = RedisScript(
        source(time: "local time = redis.call('TIME')\nlocal now = time[1] * 1000000 + time[2]"))

    /// For tests: the time is the last argument. Nothing else differs.
    static let driven = RedisScript(source(time: "local now = tonumber(ARGV[#ARGV])"))

    private static func source(time: String) -> String { time + "\n" + body }

    // Whole numbers are written by %.0f: `tostring` would round microseconds.
    private static let body = """
        local task, longest_call, epoch = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
        local minute = 60000000
        local function text(number) return string.format('%.0f', number) end
        local function numbers(first, count)
            local list = {}
            for index = 1, count do list[index] = tonumber(ARGV[first + index - 1]) end
            return list
        end

        local run = string.match(redis.call('INFO', 'server'), 'run_id:(%w+)')
        local known, since = string.match(redis.call('GET', KEYS[1]) or '', '^(%w+) (%d+)$')
        since = tonumber(since)
        if task == 'begin' or task == 'begin unless known' then
            if task == 'begin' or known ~= run or not since then redis.call('SET', KEYS[1], run .. ' 0') end
            return 1
        end
        if known ~= run or not since or since > now then
            since = now
            redis.call('SET', KEYS[1], run .. ' ' .. text(since))
        end

        local limit, span, width, count = unpack(numbers(4, 4))
        local limits, reserved = numbers(8, 3), numbers(11, 3)

        -- The user's window: how many sends were granted in each of its buckets.
        local user = {at = now, skew = 0, lease = 0, used = 0, list = {}}
        local old = {}
        local fields = redis.call('HGETALL', KEYS[2])
        for index = 1, #fields, 2 do
            local bucket = tonumber(fields[index])
            if bucket then
                user.list[#user.list + 1] = {bucket, tonumber(fields[index + 1])}
            else
                user[fields[index]] = tonumber(fields[index + 1])
            end
        end
        local was_set_back = user.at > now + user.skew
        if was_set_back then user.skew = user.at - now end
        user.at = now + user.skew
        user.bucket = math.floor(user.at / width)
        table.sort(user.list, function(a, b) return a[1] < b[1] end)
        for _, entry in ipairs(user.list) do
            if entry[1] < user.bucket - count then old[#old + 1] = text(entry[1]) else user.used = user.used + entry[2] end
        end

        local function user_wait()
            local excess, wait = user.used + 1 - limit, 0
            for _, entry in ipairs(user.list) do
                if excess <= 0 then break end
                if entry[1] >= user.bucket - count then
                    excess = excess - entry[2]
                    wait = (entry[1] + count + 1) * width - user.at
                end
            end
            return wait
        end
        local user_is_cautious = now - since < span + width

        local function save_user()
            if #old > 0 then redis.call('HDEL', KEYS[2], unpack(old)) end
            redis.call('HSET', KEYS[2], 'at', text(user.at), 'skew', text(user.skew), 'lease', text(user.lease))
            redis.call('PEXPIRE', KEYS[2], text(math.ceil((span + 2 * width) / 1000) + 1000))
        end

        -- The class.
        local names = {'at', 'skew', 'level1', 'level2', 'level3', 'ceiling1', 'ceiling2', 'ceiling3', 'term', 'open1', 'open2',
            'open3', 'before1', 'before2', 'before3', 'closed', 'told', 'lease'}
        local class, index = {}, 0
        for _, name in ipairs(names) do class[name] = 0 end
        for number in string.gmatch(redis.call('HGET', KEYS[3], 'state') or '', '%S+') do
            index = index + 1
            class[names[index]] = tonumber(number)
        end
        local is_new = index == 0
        if class.at > now + class.skew then
            class.skew, was_set_back = class.at - now, true
        end
        local passed = is_new and 0 or now + class.skew - class.at
        class.at = now + class.skew
        local function rate(kind)
            local ceiling = class['ceiling' .. kind]
            return (ceiling > 0 and math.min(ceiling, limits[kind]) or limits[kind]) / minute
        end
        local function capacity(kind) return rate(kind) * minute * \(usable) end
        local function fill(kind, level) class['level' .. kind] = math.min(capacity(kind), level) end
        for kind = 1, 3 do
            fill(kind, is_new and capacity(kind) or class['level' .. kind] + passed * rate(kind))
        end
        local term = math.floor(class.at / longest_call)
        if term > class.term then
            for kind = 1, 3 do
                class['before' .. kind] = term == class.term + 1 and class['open' .. kind] or 0
                class['open' .. kind] = 0
            end
            class.term = term
        end
        -- Full again at the latest after a minute, whatever was forgotten.
        local cautious = class.told ~= since and now - since < minute

        local function save_class()
            local values = {}
            for place, name in ipairs(names) do values[place] = string.format('%.17g', class[name]) end
            redis.call('HSET', KEYS[3], 'state', table.concat(values, ' '))
            local life = math.max(minute, 2 * longest_call, class.closed - class.at)
            redis.call('PEXPIRE', KEYS[3], text(math.ceil(life / 1000) + 1000))
        end

        if task == 'reserve' then
            local longest, reason = 0, 0
            local function consider(wait, why)
                if wait > longest then longest, reason = wait, why end
            end
            consider(user_wait(), 1)
            for kind = 1, 3 do
                -- What is larger than a bucket goes when the bucket is full.
                local need = math.min(reserved[kind], capacity(kind))
                consider((need - class['level' .. kind]) / rate(kind), kind + 1)
            end
            consider(class.closed - class.at, 5)
            if user_is_cautious and user.lease > user.at then consider(math.min(user.lease - user.at, 1000000), 6) end
            if cautious and class.lease > class.at then consider(math.min(class.lease - class.at, 1000000), 6) end
            if was_set_back then
                save_user()
                save_class()
            end
            if longest > 0 then return {0, math.max(1, math.ceil(longest)), reason} end

            redis.call('HINCRBY', KEYS[2], text(user.bucket), 1)
            for kind = 1, 3 do
                class['level' .. kind] = class['level' .. kind] - reserved[kind]
                class['open' .. kind] = class['open' .. kind] + reserved[kind]
            end
            local lease = class.at + longest_call
            if cautious then class.lease = lease end
            if user_is_cautious then user.lease = lease end
            save_user()
            save_class()
            return {1, since, now, user.bucket, class.term, lease}
        end

        local used, place, word, closed = numbers(14, 3), numbers(17, 3), numbers(20, 6), tonumber(ARGV[26])
        local bucket, permit_term, lease = unpack(place)
        -- A permit of before a loss was counted elsewhere.
        if epoch == since then
            for kind = 1, 3 do
                fill(kind, class['level' .. kind] + reserved[kind] - used[kind])
                local open = permit_term == class.term and 'open' or permit_term == class.term - 1 and 'before'
                if open then class[open .. kind] = math.max(0, class[open .. kind] - reserved[kind]) end
            end
            if class.lease == lease then class.lease = 0 end
            if user.lease == lease then user.lease = 0 end
            if used[1] == 0 and bucket >= user.bucket - count and redis.call('HINCRBY', KEYS[2], text(bucket), -1) < 1 then
                redis.call('HDEL', KEYS[2], text(bucket))
            end
        end
        -- The provider's word makes it stricter; after a loss it is all that is known. Calls on their way are not yet in it.
        for kind = 1, 3 do
            local ceiling, left = word[2 * kind - 1], word[2 * kind]
            if ceiling > 0 then class['ceiling' .. kind] = ceiling end
            if left >= 0 then
                left = left - class['open' .. kind] - class['before' .. kind]
                fill(kind, cautious and left or math.min(class['level' .. kind], left))
            end
        end
        if word[2] >= 0 then class.told = since end
        if closed > 0 then class.closed = math.max(class.closed, class.at + closed) end
        save_user()
        save_class()
        return 1
        """
}
