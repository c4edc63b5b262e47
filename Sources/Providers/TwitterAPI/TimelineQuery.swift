/// The path and query of `GET /2/users/{id}/tweets`.
struct TimelineQuery {
    let userID: String
    let sinceID: String?
    let paginationToken: String?
    let maxResults: Int
    let fieldStyle: TwitterFieldStyle

    func path() throws(TwitterError) -> String {
        guard TweetID.isValid(userID) else { throw .invalidRequest("the account's id is not 1 to 19 digits") }
        var pairs = [("max_results", String(min(max(maxResults, 5), 100)))]
        if let sinceID {
            guard TweetID.isValid(sinceID) else { throw .invalidRequest("since_id is not 1 to 19 digits") }
            pairs.append(("since_id", sinceID))
        }
        if let paginationToken { pairs.append(("pagination_token", paginationToken)) }
        pairs.append(("\(fieldStyle.rawValue).fields", fields.joined(separator: ",")))
        return "/2/users/\(userID)/tweets?" + PercentEncoding.pairs(pairs.map { (name: $0.0, value: $0.1) })
    }

    private var fields: [String] {
        [
            "author_id", "created_at", "edit_history_\(fieldStyle.rawValue)_ids", "id", "lang", "note_tweet",
            "public_metrics",
            "referenced_\(fieldStyle.rawValue)s", "text",
        ]
    }
}
