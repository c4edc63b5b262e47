import DownloadLinks
import FoundationEssentials
import Hummingbird
import Logging
import ObjectStore
import Synchronization

/// `GET /exports/{id}?expires=…&signature=…`: hands an export to whoever has its link.
///
/// | what came | answer |
/// | --- | --- |
/// | a valid link | 200, or 206 for a range; from S3 a redirect (302) to a link of its own that lives for 60 seconds |
/// | a link that was valid once: expired, export deleted, person erased | 410 |
/// | anything else: forged, of another export, for another purpose | 403 |
/// | too many requests | 429 with `Retry-After` |
///
/// The three last tell no more than that. A wrong link costs no look into the database.
final class DownloadResponder: Sendable {
    private struct Allowances {
        /// Of one export in a minute: a download manager with many ranges stays below.
        var export = Allowance(limit: 60, seconds: 60)
        /// Wrong links in a minute, of one address.
        var address = Allowance(limit: 120, seconds: 60)
    }

    private static let directLife: Duration = .seconds(60)

    private let desk: DownloadDesk
    private let store: any ObjectStore
    private let keys: LinkKeys
    private let logger: Logger
    private let now: @Sendable () -> Date
    private let allowances = Mutex(Allowances())

    init(
        desk: DownloadDesk, store: any ObjectStore, keys: LinkKeys, logger: Logger,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.desk = desk
        self.store = store
        self.keys = keys
        self.logger = logger
        self.now = now
    }

    /// Needs no sign-in: the link is all that is asked for.
    func add(to router: Router<ConsoleContext>) {
        router.get("/exports/:id") { [self] request, context in
            try await respond(to: request, id: try context.parameters.require("id"), from: context.address)
        }
    }

    func respond(to request: Request, id: String, from address: String) async throws -> Response {
        let time = now()
        let query = request.uri.queryParameters
        let checked = SignedLink.check(
            id: id, expires: query.get("expires"), signature: query.get("signature"), for: .download, keys: keys,
            at: time)
        guard let link = checked.link else { return refuse(address, time) }
        if let wait = allowances.withLock({ $0.export.take(link.id.rawValue, at: Int(time.timeIntervalSince1970)) }) {
            return Self.tooMany(wait)
        }
        guard checked.verdict == .valid, let package = try await desk.find(link, at: time) else {
            try await desk.noteRefusal(link, reason: "expired")
            return Self.gone
        }
        return try await send(package, link, request, time)
    }

    private func send(
        _ package: DownloadDesk.Package, _ link: SignedLink, _ request: Request, _ time: Date
    ) async throws -> Response {
        let name = "repazoo-export-\(DateText.day(package.completedAt)).zip"
        if let direct = try store.directLink(
            to: package.key, fileName: name, contentType: "application/zip", at: time, expires: Self.directLife)
        {
            if request.method == .get,
                try await !desk.note(link, 0..<package.bytes, of: package, redirected: true, at: time)
            {
                return Self.gone
            }
            return Response(status: .found, headers: Self.headers([.location: direct]))
        }
        let range = Self.range(request, package)
        if range == .unsatisfiable {
            return Response(
                status: .rangeNotSatisfiable, headers: Self.headers([.contentRange: "bytes */\(package.bytes)"]))
        }
        let wanted = if case .part(let part) = range { part } else { 0..<package.bytes }
        let body: ObjectBody
        do {
            body = try await store.read(package.key, range: wanted, seal: package.seal)
            guard body.size == package.bytes else {
                throw ObjectStoreError(.corrupt, "an export has another size than its row says")
            }
        } catch {
            logger.error("an export cannot be read", metadata: ["export_id": "\(link.id)", "error": "\(error)"])
            try await desk.noteFailure(link, reason: "unreadable")
            return Self.broken
        }
        if request.method == .get, try await !desk.note(link, wanted, of: package, redirected: false, at: time) {
            return Self.gone
        }
        var headers = Self.headers([
            .contentType: "application/zip", .acceptRanges: "bytes", .eTag: "\"\(package.sha256)\"",
            .contentDisposition: "attachment; filename=\"\(name)\"",
        ])
        if case .part(let part) = range {
            headers[.contentRange] = "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(package.bytes)"
        }
        let response = Response(
            status: range == .whole ? .ok : .partialContent, headers: headers, body: self.stream(body, link))
        return request.method == .head ? response.createHeadResponse() : response
    }

    /// A body that breaks off closes the connection, so that nobody takes a half for the whole.
    private func stream(_ body: ObjectBody, _ link: SignedLink) -> ResponseBody {
        let logger = logger
        return ResponseBody(contentLength: body.range.count) { writer in
            do {
                for try await piece in body { try await writer.write(ByteBuffer(bytes: piece)) }
            } catch let error as ObjectStoreError {
                logger.error("a download broke off", metadata: ["export_id": "\(link.id)", "error": "\(error)"])
                throw error
            }
            try await writer.finish(nil)
        }
    }

    /// `If-Range` with another tag asks for the whole (RFC 9110 §13.1.5).
    private static func range(_ request: Request, _ package: DownloadDesk.Package) -> ByteRange {
        if let tag = request.headers[.ifRange], tag != "\"\(package.sha256)\"" { return .whole }
        return ByteRange(request.headers[.range], size: package.bytes)
    }

    // MARK: Noes

    private func refuse(_ address: String, _ time: Date) -> Response {
        let wait = allowances.withLock { $0.address.take(address, at: Int(time.timeIntervalSince1970)) }
        if let wait { return Self.tooMany(wait) }
        return Self.plain(.forbidden, "This link is not valid.\n")
    }

    private static var gone: Response {
        plain(.gone, "This link is no longer valid. Ask for a new export.\n")
    }

    private static var broken: Response {
        plain(.serviceUnavailable, "The export cannot be read at the moment. Try again, or ask for a new one.\n")
    }

    private static func tooMany(_ seconds: Int) -> Response {
        var response = plain(.tooManyRequests, "Too many requests.\n")
        response.headers[.retryAfter] = String(seconds)
        return response
    }

    private static func plain(_ status: HTTPResponse.Status, _ text: String) -> Response {
        Response(
            status: status, headers: headers([.contentType: "text/plain; charset=utf-8"]),
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// Nobody on the way keeps a copy.
    private static func headers(_ fields: HTTPFields) -> HTTPFields {
        var headers = fields
        headers[.cacheControl] = "no-store, private"
        headers[.xContentTypeOptions] = "nosniff"
        return headers
    }
}
