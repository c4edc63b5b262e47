import FoundationEssentials
import HTTPTransport

/// Signed requests to one bucket, tried again while there is hope.
struct S3Caller: Sendable {
    /// Each is safe to send twice: S3's operations here are all idempotent.
    private static let attempts = 5
    private static let timeouts = HTTPTimeouts(connect: .seconds(5), total: .seconds(180), stall: .seconds(30))

    let settings: S3Settings
    let http: HTTPClient

    struct Call: Sendable {
        var method = HTTPRequest.Method.get
        /// Below the bucket, in full; nil = the bucket itself.
        var path: String?
        var query: [(name: String, value: String)] = []
        var headers: HTTPHeaders = [:]
        var body: [UInt8]?
        /// Beside 2xx.
        var accepted: Set<Int> = []
    }

    func send(_ call: Call) async throws(ObjectStoreError) -> HTTPResponse {
        try await trying { () async throws(ObjectStoreError) in
            let answer: HTTPResponse
            do throws(HTTPError) { answer = try await http.send(try request(call)) } catch {
                throw ObjectStoreError(error)
            }
            try Self.check(answer.status, answer.body, call)
            return answer
        }
    }

    /// Returns when the head is there.
    func stream(_ call: Call) async throws(ObjectStoreError) -> HTTPStreamingResponse {
        try await trying { () async throws(ObjectStoreError) in
            let answer: HTTPStreamingResponse
            do throws(HTTPError) { answer = try await http.stream(try request(call)) } catch {
                throw ObjectStoreError(error)
            }
            if (200..<300).contains(answer.status) { return answer }
            var body: [UInt8] = []
            var pieces = answer.body.makeAsyncIterator()
            while body.count < 65_536, let piece = try? await pieces.next() { body += piece }
            try Self.check(answer.status, body, call)
            return answer
        }
    }

    func url(_ path: String?, _ query: [(name: String, value: String)] = []) -> String {
        let pairs = query.map { "\(Self.encoded($0.name))=\(Self.encoded($0.value))" }.joined(separator: "&")
        return settings.root + (path.map { "/" + $0 } ?? "") + (pairs.isEmpty ? "" : "?" + pairs)
    }

    private func request(_ call: Call) throws(HTTPError) -> HTTPRequest {
        var request = HTTPRequest(
            call.method, url(call.path, call.query), headers: call.headers, body: call.body.map { .bytes($0) } ?? .none,
            timeouts: Self.timeouts, maxResponseBytes: .max)
        if call.method != .get || call.path == nil { request.maxResponseBytes = 8 << 20 }
        // The digest of the body is part of the signature: S3 refuses a body that was damaged on its way.
        return try AWSSignature.sign(
            request, credentials: settings.credentials, region: settings.region, service: "s3", at: Date(),
            payload: .of(request.body))
    }

    /// The answer's code is S3's word, of letters only; its message may hold names and is dropped.
    static func check(_ status: Int, _ body: [UInt8], _ call: Call) throws(ObjectStoreError) {
        if (200..<300).contains(status) || call.accepted.contains(status) { return }
        let code = S3Text(body).first("Code").flatMap { $0.utf8.allSatisfy(Self.isLetter) ? $0 : nil } ?? "no code"
        let reason = "S3 answered \(status) (\(code)) to \(call.method.rawValue)"
        switch status {
        case 404 where code != "NoSuchBucket" && code != "NoSuchUpload": throw ObjectStoreError(.notFound, reason)
        case 404 where code == "NoSuchUpload": throw ObjectStoreError(.aborted, reason)
        case 408, 429, 500...599: throw ObjectStoreError(.unavailable, reason)
        case 400 where code == "RequestTimeout": throw ObjectStoreError(.unavailable, reason)
        default:
            throw ObjectStoreError(
                .refused, reason + "; see to EXPORT_STORE, AWS_REGION, the key pair and its rights on the bucket")
        }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

    static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func trying<Value>(
        _ attempt: () async throws(ObjectStoreError) -> Value
    ) async throws(ObjectStoreError) -> Value {
        var number = 1
        while true {
            do throws(ObjectStoreError) { return try await attempt() } catch {
                guard error.isRetryable, number < Self.attempts, !Task.isCancelled else { throw error }
                let pause = Double.random(in: 0.5...1) * 0.1 * Double(1 << number)
                try? await Task.sleep(for: .seconds(pause))
                number += 1
            }
        }
    }
}
