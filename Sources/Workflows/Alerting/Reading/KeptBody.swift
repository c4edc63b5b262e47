import Contracts
import FoundationEssentials
import Privacy

/// The part of a dead letter's body that is stored.
///
/// A body that its contract can read is stored as the contract writes it, which drops every unknown field. Of its
/// fields, those that may name a person go too, as a replay does without them: free text (`requested_by`, `reason`) and
/// whatever the redactor finds in an event's detail.
struct KeptBody: Equatable, Sendable {
    let text: String
    let userID: UserID?
    /// Whether `text` is a message again.
    let isWhole: Bool

    init(_ bytes: [UInt8], type: String?) {
        do throws(InvalidMessage) {
            if let kept = try Self.reading(bytes, type) {
                self = kept
                return
            }
        } catch {}
        self.init(text: UnreadableBody.text(of: bytes), userID: nil, isWhole: false)
    }

    private init(text: String, userID: UserID?, isWhole: Bool) {
        self.text = text
        self.userID = userID
        self.isWhole = isWhole
    }

    private init(_ bytes: [UInt8], _ userID: UserID?) {
        self.init(text: String(decoding: bytes, as: UTF8.self), userID: userID, isWhole: true)
    }

    /// Nil for a type that we do not know, and for text that cannot be stored as it is nor done without.
    private static func reading(_ bytes: [UInt8], _ type: String?) throws(InvalidMessage) -> KeptBody? {
        switch type.map({ MessageType(rawValue: $0) }) {
        case .ingest:
            let request = try IngestRequest.decode(bytes)
            return KeptBody(request.encode(), request.userID)
        case .analyze:
            let request = try AnalyzeRequest.decode(bytes)
            return KeptBody(request.encode(), request.userID)
        case .export:
            let request = try ExportRequest.decode(bytes)
            let kept = ExportRequest(userID: request.userID, requestedBy: impersonal(request.requestedBy))
            return KeptBody(kept.encode(), request.userID)
        case .erase:
            let request = try EraseRequest.decode(bytes)
            let kept = EraseRequest(userID: request.userID, reason: impersonal(request.reason))
            return KeptBody(kept.encode(), request.userID)
        case .tick:
            let tick = try Tick.decode(bytes)
            guard HarmlessText.isCode(tick.schedule), Redactor.redact(tick.schedule) == tick.schedule else {
                return nil
            }
            return KeptBody(tick.encode(), nil)
        case .event:
            let event = try Event.decode(bytes)
            let kept = Event(
                event.event, userID: event.userID, causeID: event.causeID, at: event.at,
                reason: event.reason.flatMap { isImpersonal($0) ? $0 : nil }, detail: try redacted(event.detail))
            return KeptBody(kept.encode(), event.userID)
        default: return nil
        }
    }

    /// What our own command line writes there; anything else may be somebody's name.
    private static func impersonal(_ text: String?) -> String? { text == "operator" ? text : nil }

    /// An event's reason is a code by contract.
    private static func isImpersonal(_ text: String) -> Bool {
        HarmlessText.isCode(text) && Redactor.redact(text) == text
    }

    private static func redacted(_ detail: [String: Contracts.JSONValue]) throws(InvalidMessage) -> [String: Contracts
        .JSONValue]
    {
        guard let json = try? Privacy.JSONValue(parsing: Contracts.JSONValue.object(detail).text) else { return [:] }
        return try Contracts.JSONValue.object(parsing: Array(Redactor.redact(json: json).serialized().utf8))
    }
}
