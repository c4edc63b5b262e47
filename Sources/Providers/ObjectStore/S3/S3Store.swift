public import FoundationEssentials
public import HTTPTransport

/// Objects in a bucket of S3 (docs.aws.amazon.com/AmazonS3/latest/API). S3 encrypts by itself, so seals are not used here: a link
/// to S3 itself could not open them.
public struct S3Store: ObjectStore {
    private let caller: S3Caller
    private var settings: S3Settings { caller.settings }

    public init(_ settings: S3Settings, http: HTTPClient) { caller = S3Caller(settings: settings, http: http) }

    public var holder: String { "Amazon S3 or a service like it, region \(settings.region)" }

    public func create(_ key: ObjectKey, seal: ObjectSeal?) async throws(ObjectStoreError) -> any ObjectWriter {
        S3Writer(caller, settings.path(key.rawValue))
    }

    public func read(
        _ key: ObjectKey, range: Range<Int>?, seal: ObjectSeal?
    ) async throws(ObjectStoreError) -> ObjectBody {
        let path = settings.path(key.rawValue)
        let head = try await caller.send(S3Caller.Call(method: .head, path: path))
        guard let size = head.headers["content-length"].flatMap({ Int($0) }) else {
            throw ObjectStoreError(.corrupt, "S3 does not say how long an object is")
        }
        let wanted = (range ?? 0..<size).clamped(to: 0..<size)
        guard !wanted.isEmpty else {
            return ObjectBody(size: size, range: wanted) { () async throws(ObjectStoreError) in nil }
        }
        var headers: HTTPHeaders = ["Range": "bytes=\(wanted.lowerBound)-\(wanted.upperBound - 1)"]
        // Another object in its place would be a mixture.
        if let tag = head.headers["etag"] { headers["If-Match"] = tag }
        let answer = try await caller.stream(S3Caller.Call(path: path, headers: headers))
        let source = S3Pieces(answer.body, expected: wanted.count)
        return ObjectBody(size: size, range: wanted) { () async throws(ObjectStoreError) in try await source.next() }
    }

    @discardableResult
    public func delete(_ key: ObjectKey) async throws(ObjectStoreError) -> Bool {
        let path = settings.path(key.rawValue)
        let head = try await caller.send(S3Caller.Call(method: .head, path: path, accepted: [404]))
        _ = try await caller.send(S3Caller.Call(method: .delete, path: path, accepted: [404]))
        return head.status != 404
    }

    @discardableResult
    public func deleteAll(under prefix: String) async throws(ObjectStoreError) -> Int {
        guard ObjectKey.isPrefix(prefix), !prefix.isEmpty else { throw FolderStore.badPrefix }
        _ = try await abort(under: prefix, before: nil)
        var count = 0
        while true {
            let entries = try await list(prefix, after: nil, limit: 1000)
            for entry in entries where try await delete(entry.key) { count += 1 }
            if entries.count < 1000 { return count }
        }
    }

    public func list(
        _ prefix: String, after key: ObjectKey?, limit: Int
    ) async throws(ObjectStoreError) -> [ObjectEntry] {
        guard ObjectKey.isPrefix(prefix) else { throw FolderStore.badPrefix }
        var query = [("list-type", "2"), ("max-keys", String(min(limit, 1000))), ("prefix", settings.path(prefix))]
        var entries: [ObjectEntry] = []
        var last = key
        while entries.count < limit {
            var page = query
            if let last { page.append(("start-after", settings.path(last.rawValue))) }
            let answer = S3Text(
                try await caller.send(S3Caller.Call(query: page.map { (name: $0.0, value: $0.1) })).body)
            let found = answer.elements("Contents").compactMap(entry)
            entries += found
            guard answer.first("IsTruncated") == "true", let end = found.last else { break }
            last = end.key
            query[1].1 = String(min(limit - entries.count, 1000))
        }
        return Array(entries.prefix(limit))
    }

    @discardableResult
    public func abortBeginnings(under prefix: String, before time: Date) async throws(ObjectStoreError) -> Int {
        guard ObjectKey.isPrefix(prefix) else { throw FolderStore.badPrefix }
        return try await abort(under: prefix, before: time)
    }

    public func directLink(
        to key: ObjectKey, fileName: String, contentType: String, at time: Date, expires: Duration
    ) throws(ObjectStoreError) -> String? {
        let query = [
            (name: "response-cache-control", value: "no-store"),
            (name: "response-content-disposition", value: "attachment; filename=\"\(fileName)\""),
            (name: "response-content-type", value: contentType),
        ]
        do throws(HTTPError) {
            return try AWSSignature.presign(
                .get, caller.url(settings.path(key.rawValue), query), credentials: settings.credentials,
                region: settings.region, at: time, expires: expires)
        } catch { throw ObjectStoreError(error) }
    }

    private func abort(under prefix: String, before time: Date?) async throws(ObjectStoreError) -> Int {
        let query = [(name: "uploads", value: ""), (name: "prefix", value: settings.path(prefix))]
        let answer = S3Text(try await caller.send(S3Caller.Call(query: query)).body)
        var count = 0
        for upload in answer.elements("Upload") {
            guard let path = upload.first("Key"), let id = upload.first("UploadId"),
                let begun = upload.first("Initiated").flatMap(Self.date), time.map({ begun < $0 }) ?? true
            else { continue }
            let call = S3Caller.Call(method: .delete, path: path, query: [("uploadId", id)], accepted: [404])
            _ = try await caller.send(call)
            count += 1
        }
        return count
    }

    private func entry(_ text: S3Text) -> ObjectEntry? {
        guard let path = text.first("Key"), path.hasPrefix(settings.path("")),
            let key = ObjectKey(String(path.dropFirst(settings.path("").count))),
            let size = text.first("Size").flatMap({ Int($0) }), let time = text.first("LastModified").flatMap(Self.date)
        else { return nil }
        return ObjectEntry(key: key, storedBytes: size, modifiedAt: time)
    }

    private static func date(_ text: String) -> Date? {
        try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text)
    }
}

/// The body of an answer, which must have the length that was asked for.
private actor S3Pieces {
    private var pieces: HTTPBodyStream.Iterator
    private var missing: Int

    init(_ body: HTTPBodyStream, expected: Int) {
        pieces = body.makeAsyncIterator()
        missing = expected
    }

    func next() async throws(ObjectStoreError) -> [UInt8]? {
        // The iterator holds nothing but the stream: a copy goes on where the other was.
        var iterator = pieces
        let piece: [UInt8]?
        do throws(HTTPError) { piece = try await iterator.next(isolation: self) } catch {
            throw ObjectStoreError(error)
        }
        missing -= piece?.count ?? 0
        guard missing >= 0, piece != nil || missing == 0 else {
            throw ObjectStoreError(.corrupt, "S3 sent another number of bytes than an object has")
        }
        return piece
    }
}
