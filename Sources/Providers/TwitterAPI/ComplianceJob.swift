public import Privacy

/// A question to X about many ids at once: which of these may not be kept any more (docs.x.com, "Batch compliance").
public struct ComplianceJob: Sendable {
    public enum Kind: String, CaseIterable, Sendable { case tweets, users }

    public enum Status: String, Sendable {
        case created
        case inProgress = "in_progress"
        case complete, failed, expired
    }

    public let id: String
    public let status: Status
    /// Where the ids go, one a line. Whoever knows the address may write there.
    public let uploadURL: SecretString?
    public let downloadURL: SecretString?
}

/// X's word on one id. Ids that it says nothing of may be kept.
public struct ComplianceVerdict: Equatable, Sendable {
    public enum Reason: String, CaseIterable, Sendable {
        case deleted, bounced, protected, suspended, deactivated
        /// The place of the post goes, the post stays.
        case scrubGeo = "scrub_geo"
        /// A reason that came after us: the word is "delete" all the same.
        case other
    }

    public let id: String
    public let reason: Reason
}

enum ComplianceDecoder {
    static func job(_ value: JSONValue?) throws(TwitterError) -> ComplianceJob {
        guard let value, let id = value["id"]?.string, TweetID.isValid(id),
            let status = value["status"]?.string.flatMap({ ComplianceJob.Status(rawValue: $0) })
        else { throw .malformedAnswer("it is no compliance job") }
        return ComplianceJob(
            id: id, status: status, uploadURL: try address(value["upload_url"]),
            downloadURL: try address(value["download_url"]))
    }

    /// One line of the result; nil for an empty one.
    static func verdict(_ line: some Collection<UInt8>) throws(TwitterError) -> ComplianceVerdict? {
        if line.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) { return nil }
        guard let value = try? JSONValue(parsing: line, maximumBytes: 16 << 10, maximumDepth: 8),
            let id = value["id"]?.string, TweetID.isValid(id), value["action"]?.string == "delete"
        else { throw .malformedAnswer("a line of a compliance result is no verdict") }
        let reason = value["reason"]?.string.flatMap { ComplianceVerdict.Reason(rawValue: $0) } ?? .other
        return ComplianceVerdict(id: id, reason: reason)
    }

    private static func address(_ value: JSONValue?) throws(TwitterError) -> SecretString? {
        guard let value, value != .null else { return nil }
        guard let text = value.string, (8...8192).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { throw .malformedAnswer("an address of a compliance job is none") }
        return SecretString(text)
    }
}
