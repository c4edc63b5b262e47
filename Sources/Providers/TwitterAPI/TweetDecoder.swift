import Contracts
import FoundationEssentials
import Privacy

/// One entry of `data`. Strict on what is used; other fields are not looked at.
struct TweetDecoder {
    let userID: String

    private static let maximumText = 128 * 1024

    func tweet(_ entry: Privacy.JSONValue) throws(TwitterError) -> Tweet {
        guard let id = entry["id"]?.string, TweetID.isValid(id) else {
            throw .malformedAnswer("a post has no valid id")
        }
        let (repost, author) = (try repost(entry), try author(entry["author_id"]))
        let versions = try versions(entry)
        let number = TweetID.number(id) ?? 0
        return Tweet(
            id: id, text: try text(entry), lang: try lang(entry["lang"]), postedAt: try time(entry["created_at"]),
            metrics: try metrics(entry["public_metrics"]), repostOf: repost,
            isOwn: repost == nil && author == userID,
            earlierVersions: versions.filter { $0.number < number }.map(\.id),
            isOutdated: versions.contains { $0.number > number })
    }

    private func text(_ entry: Privacy.JSONValue) throws(TwitterError) -> String {
        guard let short = entry["text"]?.string else { throw .malformedAnswer("a post has no text") }
        let text = (entry["note_tweet"] ?? entry["note_post"])?["text"]?.string ?? short
        guard text.utf8.count <= Self.maximumText else { throw .malformedAnswer("a post's text is over 128 KiB") }
        return text.utf8.contains(0) ? String(text.unicodeScalars.filter { $0.value != 0 }.map(Character.init)) : text
    }

    private func lang(_ value: Privacy.JSONValue?) throws(TwitterError) -> String? {
        guard let value, value != .null else { return nil }
        guard let lang = value.string, (1...35).contains(lang.utf8.count),
            lang.utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == 0x2D })
        else { throw .malformedAnswer("a post's lang is no language tag") }
        return lang
    }

    private func time(_ value: Privacy.JSONValue?) throws(TwitterError) -> Date? {
        guard let value, value != .null else { return nil }
        guard let date = value.string.flatMap(RFC3339.date) else {
            throw .malformedAnswer("a post's created_at is not RFC 3339 in UTC")
        }
        return date
    }

    /// All of X's metrics are named `…_count`; anything else is a field that we do not know.
    private func metrics(_ value: Privacy.JSONValue?) throws(TwitterError) -> [String: Int] {
        guard let value, value != .null else { return [:] }
        guard let members = value.members, members.count <= 32 else {
            throw .malformedAnswer("public_metrics is no object")
        }
        var metrics: [String: Int] = [:]
        for member in members where member.key.hasSuffix("_count") {
            guard member.key.utf8.count <= 64, member.key.utf8.allSatisfy({ (0x61...0x7A).contains($0) || $0 == 0x5F }),
                let count = member.value.integer, count >= 0
            else { throw .malformedAnswer("public_metrics holds something that is no count") }
            metrics[member.key] = Int(count)
        }
        return metrics
    }

    private func author(_ value: Privacy.JSONValue?) throws(TwitterError) -> String {
        guard let value, value != .null else { return userID }
        guard let id = value.string, TweetID.isValid(id) else { throw .malformedAnswer("a post's author_id is no id") }
        return id
    }

    /// All ids that the post has had, oldest first; X takes five edits.
    private func versions(_ entry: Privacy.JSONValue) throws(TwitterError) -> [(id: String, number: UInt64)] {
        guard let value = entry["edit_history_tweet_ids"] ?? entry["edit_history_post_ids"], value != .null else {
            return []
        }
        guard let elements = value.elements, elements.count <= 100 else {
            throw .malformedAnswer("a post's edit history is no list")
        }
        var versions: [(id: String, number: UInt64)] = []
        for element in elements {
            guard let id = element.string, let number = TweetID.number(id) else {
                throw .malformedAnswer("a post's edit history holds something that is no id")
            }
            versions.append((id, number))
        }
        return versions
    }

    private func repost(_ entry: Privacy.JSONValue) throws(TwitterError) -> String? {
        guard let value = entry["referenced_tweets"] ?? entry["referenced_posts"], value != .null else { return nil }
        guard let references = value.elements else { throw .malformedAnswer("a post's references are no list") }
        let repost = references.first { ["retweeted", "reposted"].contains($0["type"]?.string) }
        guard let repost else { return nil }
        guard let id = repost["id"]?.string, TweetID.isValid(id) else {
            throw .malformedAnswer("a repost refers to no id")
        }
        return id
    }
}
