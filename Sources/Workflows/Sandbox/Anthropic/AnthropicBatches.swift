import FoundationEssentials

/// Message Batches (https://docs.anthropic.com/en/api/creating-message-batches): all requests of a batch are answered when its time is
/// over, in an order of their own.
struct AnthropicBatches: Sendable {
    struct Batch: Sendable {
        let id: String
        let requests: [(customID: String, asked: MessagesRequest)]
        let createdAt: Date
        let endsAt: Date
        var cancelledAt: Date?

        func status(_ now: Date) -> String { now >= end ? "ended" : cancelledAt == nil ? "in_progress" : "canceling" }
        /// A cancelled one takes a moment to end.
        var end: Date { cancelledAt.map { min(endsAt, $0 + 0.2) } ?? endsAt }

        func json(_ now: Date) -> JSON {
            let hasEnded = now >= end
            let done = hasEnded && cancelledAt == nil ? requests.count : 0
            return [
                "id": .string(id), "type": "message_batch", "processing_status": .string(status(now)),
                "created_at": .string(Timestamp.seconds(createdAt)),
                "expires_at": .string(Timestamp.seconds(createdAt + 86_400)),
                "ended_at": hasEnded ? .string(Timestamp.seconds(end)) : .null,
                "cancel_initiated_at": cancelledAt.map { .string(Timestamp.seconds($0)) } ?? .null,
                "archived_at": .null,
                "results_url": hasEnded
                    ? .string("https://api.anthropic.com/v1/messages/batches/\(id)/results") : .null,
                "request_counts": [
                    "processing": .int(Int64(hasEnded ? 0 : requests.count)), "succeeded": .int(Int64(done)),
                    "errored": 0,
                    "canceled": .int(Int64(hasEnded ? requests.count - done : 0)), "expired": 0,
                ],
            ]
        }
    }

    private(set) var batches: [String: Batch] = [:]

    mutating func add(_ batch: Batch) { batches[batch.id] = batch }

    mutating func cancel(_ id: String, _ now: Date) throws(AnthropicError) -> Batch {
        var batch = try known(id)
        guard now < batch.end else { throw .invalid("Batch \(id) has already ended") }
        batch.cancelledAt = batch.cancelledAt ?? now
        batches[id] = batch
        return batch
    }

    mutating func delete(_ id: String, _ now: Date) throws(AnthropicError) {
        guard now >= (try known(id)).end else {
            throw .invalid("Message Batch \(id) cannot be deleted while it is processing; cancel it first")
        }
        batches[id] = nil
    }

    func known(_ id: String) throws(AnthropicError) -> Batch {
        guard let batch = batches[id] else { throw AnthropicError(status: 404, message: "Batch not found") }
        return batch
    }

    /// The questions of a `POST`: each checked as a single one would be.
    static func requests(
        _ body: [UInt8], _ read: (JSON) throws(AnthropicError) -> MessagesRequest
    ) throws(AnthropicError) -> [(customID: String, asked: MessagesRequest)] {
        guard let entries = JSON(bytes: body)?["requests"]?.array, !entries.isEmpty, entries.count <= 100_000 else {
            throw .invalid("requests: a list of 1 to 100000 is required")
        }
        var requests: [(customID: String, asked: MessagesRequest)] = []
        var seen: Set<String> = []
        for (index, entry) in entries.enumerated() {
            guard let id = entry["custom_id"]?.string, (1...64).contains(id.utf8.count),
                id.utf8.allSatisfy({ byte in
                    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == 0x5F || byte == 0x2D
                })
            else { throw .invalid("requests.\(index).custom_id: 1 to 64 of A-Z a-z 0-9 _ -") }
            guard seen.insert(id).inserted else { throw .invalid("requests.\(index).custom_id: \(id) comes twice") }
            guard let params = entry["params"] else { throw .invalid("requests.\(index).params: Field required") }
            requests.append((id, try read(params)))
        }
        return requests
    }
}
