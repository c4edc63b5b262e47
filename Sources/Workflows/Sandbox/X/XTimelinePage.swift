/// Cuts one page from a timeline and writes it as X does.
struct XTimelinePage {
    /// Only the most recent posts can be reached, however one pages.
    static let reach = 3_200

    let user: XUser
    let query: XTimelineQuery
    var fault: FaultPage?

    /// - Parameter timeline: newest first.
    func json(of timeline: [XTweet]) throws(XProblem) -> JSON {
        let below = try query.pageToken.map { (token) throws(XProblem) in try position(in: token) }
        let matching = timeline.prefix(Self.reach).filter { $0.id < below ?? .max && matches($0) }
        let page = matching.prefix(query.pageSize)
        guard let newest = page.first, let oldest = page.last else { return ["meta": ["result_count": 0]] }
        var meta: [String: JSON] = [
            "result_count": .int(Int64(page.count)), "newest_id": .string(String(newest.id)),
            "oldest_id": .string(String(oldest.id)),
        ]
        if let next = next(after: page, of: matching, in: timeline) { meta["next_token"] = .string(token(below: next)) }
        if fault == .emptyPage {
            return ["meta": ["result_count": 0, "next_token": .string(token(below: newest.id + 1))]]
        }
        var answer: [String: JSON] = ["data": .array(page.map(entry)), "meta": .object(meta)]
        if query.expandsAuthor { answer["includes"] = ["users": [user.json]] }
        return .object(answer)
    }

    /// The next page begins below it.
    private func next(after page: ArraySlice<XTweet>, of matching: [XTweet], in timeline: [XTweet]) -> UInt64? {
        switch fault {
        case .repeatPage: return page.first.map { $0.id + 1 }
        case .circle: return timeline.first.map { $0.id + 1 }
        case .skipPage:
            let rest = matching.dropFirst(page.count + query.pageSize)
            return rest.first.map { $0.id + 1 }
        case .emptyPage, nil: return matching.count > page.count ? page.last?.id : nil
        }
    }

    private func matches(_ tweet: XTweet) -> Bool {
        if let since = query.sinceID, tweet.id <= since { return false }
        if let until = query.untilID, tweet.id >= until { return false }
        if let start = query.startTime, tweet.createdAt < start { return false }
        if let end = query.endTime, tweet.createdAt >= end { return false }
        if query.excludesReplies && tweet.inReplyToUserID != nil { return false }
        return !(query.excludesReposts && tweet.repostedID != nil)
    }

    private func entry(_ tweet: XTweet) -> JSON {
        let id = JSON.string(String(tweet.id))
        let noun = query.spelling.rawValue
        var members: [String: JSON] = [
            "id": id, "text": .string(tweet.text),
            "edit_history_\(noun)_ids": .array((tweet.history + [tweet.id]).map { .string(String($0)) }),
        ]
        func add(_ field: String, as name: String? = nil, _ value: JSON?) {
            if query.fields.contains(field), let value { members[name ?? field] = value }
        }
        add("author_id", .string(user.id))
        add("conversation_id", id)
        add("created_at", .string(Timestamp.text(tweet.createdAt)))
        add("lang", .string(tweet.lang))
        add("possibly_sensitive", false)
        add("reply_settings", "everyone")
        add("in_reply_to_user_id", tweet.inReplyToUserID.map(JSON.string))
        add("public_metrics", .object(tweet.metrics.mapValues { .int(Int64($0)) }))
        add(
            "referenced_tweets", as: "referenced_\(noun)s",
            tweet.repostedID.map { [["type": "retweeted", "id": .string($0)]] })
        return .object(members)
    }

    // MARK: Page tokens (opaque: the position, and a check so that a token of another user is refused)

    private func token(below id: UInt64) -> String { "7140" + String(id, radix: 36) + "z" + check(id) }

    private func position(in token: String) throws(XProblem) -> UInt64 {
        // The check has no z, so the last one divides; the id, of base 36, may hold some.
        if token.hasPrefix("7140"), let divider = token.lastIndex(of: "z"),
            let id = UInt64(token[..<divider].dropFirst(4), radix: 36),
            token[token.index(after: divider)...] == check(id)
        {
            return id
        }
        throw .invalid("pagination_token", token, "is not valid")
    }

    private func check(_ id: UInt64) -> String {
        var random = SeededRandom(seed: "page/\(user.id)/\(id)")
        return String(random.next() >> 24, radix: 32)  // 0-9 and a-v: never a z
    }
}
