/// What happened: the `event` field of an event and its routing key on `repazoo.events`.
public struct EventName: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) { self.rawValue = rawValue }

    public static let ingestCompleted = EventName(rawValue: "ingest.completed")
    public static let ingestRefused = EventName(rawValue: "ingest.refused")
    public static let analysisCompleted = EventName(rawValue: "analysis.completed")
    public static let analysisRefused = EventName(rawValue: "analysis.refused")
    public static let exportReady = EventName(rawValue: "export.ready")
    public static let exportRefused = EventName(rawValue: "export.refused")
    public static let erasureCompleted = EventName(rawValue: "erasure.completed")
    public static let erasureRefused = EventName(rawValue: "erasure.refused")
    /// A tick of the retention queue, or one share of it, is worked off.
    public static let retentionCompleted = EventName(rawValue: "retention.completed")
    public static let alertOpened = EventName(rawValue: "alert.opened")
    public static let alertAcknowledged = EventName(rawValue: "alert.acknowledged")
    public static let alertResolved = EventName(rawValue: "alert.resolved")
    /// A breach clock (Art. 33 GDPR) is still running.
    public static let alertReminder = EventName(rawValue: "alert.reminder")

    public static let all: [EventName] = [
        .ingestCompleted, .ingestRefused, .analysisCompleted, .analysisRefused, .exportReady, .exportRefused,
        .erasureCompleted, .erasureRefused, .retentionCompleted, .alertOpened, .alertAcknowledged, .alertResolved,
        .alertReminder,
    ]

    public var description: String { rawValue }

    /// Dot-separated words of lower-case letters, digits and `_`, as a routing key needs them: 2 to 5 words, 100 bytes.
    var isWellFormed: Bool {
        let words = rawValue.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return rawValue.utf8.count <= 100 && (2...5).contains(words.count)
            && words.allSatisfy { !$0.isEmpty && $0.allSatisfy(Self.isWordByte) }
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
        default: false
        }
    }
}
