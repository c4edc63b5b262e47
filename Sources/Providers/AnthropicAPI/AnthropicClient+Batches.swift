import HTTPTransport
import Privacy

// Message Batches. The address of the results that an answer names is not followed: it is built here.
extension AnthropicClient {
    /// Hands questions over, each under an id of its own (1 to 64 of `A-Z a-z 0-9 _ -`). Every byte has passed `PromptValidator`.
    ///
    /// Not idempotent: when the answer is lost, the batch may run all the same.
    public func createBatch(_ questions: [(id: String, request: MessageRequest)]) async throws(AnthropicError)
        -> BatchStatus
    {
        var requests: [JSONValue] = []
        for question in questions {
            requests.append(["custom_id": .string(question.id), "params": try question.request.parameters()])
        }
        let body = try MessageRequest.validated(["requests": .array(requests)])
        return try await status(.post, "/v1/messages/batches", .bytes(body))
    }

    /// `.notFound` when the provider does not know it (any more).
    public func batch(_ id: String) async throws(AnthropicError) -> BatchStatus {
        try await status(.get, try path(id), .none)
    }

    /// Ends a batch early; what was answered before stays.
    public func cancelBatch(_ id: String) async throws(AnthropicError) {
        _ = try await status(.post, try path(id) + "/cancel", .none)
    }

    /// All results of a batch that ended. A line that is no result is `.malformedAnswer`.
    public func batchResults(_ id: String) async throws(AnthropicError) -> [BatchResult] {
        let response = try await send(.get, try path(id) + "/results", .none, maximum: 64 << 20)
        guard response.status == 200 else { throw AnthropicError(response, model: "") }
        var results: [BatchResult] = []
        for line in response.body.split(separator: UInt8(ascii: "\n"))
        where !line.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) {
            results.append(try BatchResult(line: line))
        }
        return results
    }

    /// Has the provider delete an ended batch with all that is in it. One that it does not know is deleted.
    public func deleteBatch(_ id: String) async throws(AnthropicError) {
        let response = try await send(.delete, try path(id), .none)
        guard response.status != 200 else { return }
        let error = AnthropicError(response, model: "")
        if case .notFound = error { return }
        throw error
    }

    private func status(
        _ method: HTTPRequest.Method, _ path: String, _ body: HTTPRequest.Body
    ) async throws(AnthropicError) -> BatchStatus {
        let response = try await send(method, path, body)
        guard response.status == 200 else { throw AnthropicError(response, model: "") }
        return try BatchStatus(try MessageDecoder.object(response.body))
    }

    private func path(_ id: String) throws(AnthropicError) -> String {
        guard ModelName.isValid(id) else { throw .invalidRequest("the batch's id has characters that none has") }
        return "/v1/messages/batches/" + id
    }
}
