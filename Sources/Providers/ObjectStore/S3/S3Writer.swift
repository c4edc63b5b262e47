import HTTPTransport

/// Writes one object: in one request if it is short, in parts if it is long, of which at most one is held in memory.
actor S3Writer: ObjectWriter {
    private struct Part {
        let number: Int
        let tag: String
    }

    private let caller: S3Caller
    private let path: String
    private var buffer: [UInt8] = []
    private var upload: String?
    private var parts: [Part] = []
    private var sent = 0
    private var isOver = false

    init(_ caller: S3Caller, _ path: String) {
        self.caller = caller
        self.path = path
    }

    func write(_ bytes: [UInt8]) async throws(ObjectStoreError) {
        guard !isOver else { throw ObjectStoreError(.aborted, "nothing may follow the end of an object") }
        buffer += bytes
        while buffer.count > partBytes { try await sendPart(partBytes) }
    }

    func finish() async throws(ObjectStoreError) {
        guard !isOver else { throw ObjectStoreError(.aborted, "nothing may follow the end of an object") }
        guard upload != nil else {
            let call = S3Caller.Call(method: .put, path: path, headers: encryption, body: buffer)
            _ = try await caller.send(call)
            return end()
        }
        if !buffer.isEmpty { try await sendPart(buffer.count) }
        try await complete()
        end()
    }

    func abort() async {
        guard !isOver else { return }
        if let upload {
            let call = S3Caller.Call(
                method: .delete, path: path, query: [("uploadId", upload)], accepted: [404])
            _ = try? await caller.send(call)
        }
        end()
    }

    private func end() {
        isOver = true
        buffer = []
    }

    /// S3 takes 10,000 parts: later ones are larger.
    private var partBytes: Int { caller.settings.partBytes << (parts.count / 1000) }

    private var encryption: HTTPHeaders {
        caller.settings.encryption == .none
            ? [:] : ["x-amz-server-side-encryption": caller.settings.encryption.rawValue]
    }

    private func sendPart(_ count: Int) async throws(ObjectStoreError) {
        let upload = try await begun()
        let number = parts.count + 1
        let call = S3Caller.Call(
            method: .put, path: path, query: [("partNumber", String(number)), ("uploadId", upload)],
            body: Array(buffer.prefix(count)))
        let answer = try await caller.send(call)
        guard let tag = answer.headers["etag"], Self.isTag(tag) else {
            throw ObjectStoreError(.unavailable, "S3 took a part and gave no tag for it")
        }
        parts.append(Part(number: number, tag: tag))
        sent += count
        buffer.removeFirst(count)
    }

    private func begun() async throws(ObjectStoreError) -> String {
        if let upload { return upload }
        let call = S3Caller.Call(method: .post, path: path, query: [("uploads", "")], headers: encryption)
        guard let id = S3Text(try await caller.send(call).body).first("UploadId"), !id.isEmpty else {
            throw ObjectStoreError(.unavailable, "S3 began an upload and gave no id for it")
        }
        upload = id
        return id
    }

    private func complete() async throws(ObjectStoreError) {
        guard let upload else { return }
        let list = parts.map { "<Part><PartNumber>\($0.number)</PartNumber><ETag>\($0.tag)</ETag></Part>" }.joined()
        let call = S3Caller.Call(
            method: .post, path: path, query: [("uploadId", upload)], headers: ["Content-Type": "application/xml"],
            body: Array("<CompleteMultipartUpload>\(list)</CompleteMultipartUpload>".utf8))
        do throws(ObjectStoreError) {
            let answer = S3Text(try await caller.send(call).body)
            // S3 may send 200 at once, to keep the connection, and say later in the body that it failed.
            guard answer.first("ETag") != nil else {
                throw ObjectStoreError(
                    .unavailable, "S3 did not put the parts together (\(answer.first("Code") ?? "no code"))")
            }
        } catch {
            // Sent twice, the second finds no upload any more: then the object is there, as long as it should be.
            guard error.kind == .aborted, try await size() == sent else { throw error }
        }
    }

    private func size() async throws(ObjectStoreError) -> Int? {
        let answer = try await caller.send(S3Caller.Call(method: .head, path: path, accepted: [404]))
        return answer.status == 404 ? nil : answer.headers["content-length"].flatMap { Int($0) }
    }

    private static func isTag(_ text: String) -> Bool {
        text.utf8.count <= 200
            && text.utf8.allSatisfy {
                switch $0 {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "\""), UInt8(ascii: "-"): true
                default: false
                }
            }
    }
}
