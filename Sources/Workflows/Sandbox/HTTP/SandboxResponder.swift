import FoundationEssentials
import Hummingbird

/// Carries a request from Hummingbird to the stage and the answer back.
struct SandboxResponder: HTTPResponder {
    /// Anthropic's limit is 32 MB; what is longer is answered by 413 without being kept.
    static let bodyLimit = 33_000_000

    let stage: Stage
    let now: @Sendable () -> Date

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: Self.bodyLimit)
        } catch {
            return Self.response(.refused(413, "the body is longer than \(Self.bodyLimit) bytes"))
        }
        return Self.response(await stage.perform(Self.received(request, body), now: now))
    }

    private static func received(_ request: Request, _ body: ByteBuffer) -> SandboxRequest {
        var headers: [String: String] = [:]
        for field in request.headers {
            headers[field.name.canonicalName, default: ""] +=
                headers[field.name.canonicalName] == nil ? field.value : "," + field.value
        }
        // Hummingbird takes the host out of the headers.
        headers["host"] = request.head.authority
        return SandboxRequest(
            method: request.method.rawValue, path: FormFields.decoded(request.uri.path, plusIsSpace: false),
            query: FormFields(request.uri.query ?? ""), headers: headers, body: Array(body.readableBytesView))
    }

    private static func response(_ answer: SandboxAnswer) -> Response {
        var fields = HTTPFields()
        for header in answer.headers {
            guard let name = HTTPFields.Element.Name(header.name) else { continue }
            fields.append(HTTPFields.Element(name: name, value: header.value))
        }
        let status = HTTPResponse.Status(code: answer.status)
        if let duration = answer.dripsOver {
            let (body, pieces) = (answer.body, 20)
            return Response(
                status: status, headers: fields,
                body: ResponseBody(contentLength: body.count) { writer in
                    for piece in 0..<pieces {
                        let range = (body.count * piece / pieces)..<(body.count * (piece + 1) / pieces)
                        try await writer.write(ByteBuffer(bytes: body[range]))
                        try await Task.sleep(for: duration / pieces)
                    }
                    try await writer.finish(nil)
                })
        }
        return Response(status: status, headers: fields, body: body(of: answer))
    }

    private static func body(of answer: SandboxAnswer) -> ResponseBody {
        let whole = ByteBuffer(bytes: answer.body)
        switch answer.delivery {
        case .whole: return ResponseBody(byteBuffer: whole)
        case .cutOff:
            let half = ByteBuffer(bytes: answer.body.prefix(max(1, answer.body.count / 2)))
            return ResponseBody(contentLength: answer.body.count + 1) { writer in
                try await writer.write(half)
                throw CutOff()  // an error in the middle of a body makes the server close the connection
            }
        case .drip:
            return ResponseBody(contentLength: answer.body.count) { writer in
                for byte in answer.body {
                    try await writer.write(ByteBuffer(bytes: [byte]))
                    try await Task.sleep(for: .seconds(1))  // that is the fault
                }
                try await writer.finish(nil)
            }
        case .flood:
            let wave = ByteBuffer(repeating: UInt8(ascii: " "), count: 1 << 16)
            return ResponseBody { writer in
                for _ in 0..<(1 << 14) { try await writer.write(wave) }
                try await writer.finish(nil)
            }
        }
    }
}

private struct CutOff: Error {}
