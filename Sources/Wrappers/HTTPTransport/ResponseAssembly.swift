/// Puts an answer's head together from the lines that libcurl hands over, and counts its body against the limits.
///
/// Lines come as they stood on the wire: a status line, fields, an empty line. Interim answers (1xx) come before the real
/// head, trailers after it; both count against the limits and neither reaches the caller.
struct ResponseAssembly {
    enum Step: Equatable {
        case proceed
        case headComplete
        case refuse(HTTPError.Kind)
    }

    let limits: ResponseLimits
    /// Whether the answer to this request has a body at all; `HEAD` announces a length and sends none.
    let expectsBody: Bool
    private(set) var status = 0
    private(set) var headers = HTTPHeaders()
    private(set) var isHeadComplete = false
    private(set) var bodyBytes = 0
    private var headerBytes = 0
    private var headerFields = 0

    init(limits: ResponseLimits, expectsBody: Bool) {
        self.limits = limits
        self.expectsBody = expectsBody
    }

    mutating func take(line: String, bytes: Int) -> Step {
        headerBytes += bytes
        headerFields += 1
        guard headerBytes <= limits.headerBytes, headerFields <= limits.headerFields else {
            return .refuse(.responseTooLarge)
        }
        if isHeadComplete { return .proceed }
        let text = line.utf8.last.map { $0 == 0x0A || $0 == 0x0D } == true ? Self.withoutLineEnd(line) : line
        if text.isEmpty { return endHead() }
        if text.hasPrefix("HTTP/") { return startHead(text) }
        return takeField(text)
    }

    /// False when these bytes go over the limit.
    mutating func admit(body count: Int) -> Bool {
        bodyBytes += count
        return bodyBytes <= limits.bodyBytes
    }

    private mutating func startHead(_ line: String) -> Step {
        let parts = line.split(separator: " ", maxSplits: 2)
        guard parts.count >= 2, parts[1].utf8.count == 3, let code = Int(parts[1]), (100...999).contains(code) else {
            return .refuse(.protocolViolation)
        }
        status = code
        headers = HTTPHeaders()
        return .proceed
    }

    private mutating func takeField(_ line: String) -> Step {
        // libcurl hands over folded lines (RFC 9112 §5.2, obsolete) as they are; nobody may send them any more.
        guard status != 0, let colon = line.utf8.firstIndex(of: UInt8(ascii: ":")), colon != line.startIndex,
            line.utf8.first != 0x20, line.utf8.first != 0x09
        else { return .refuse(.protocolViolation) }
        headers.add(String(line[..<colon]), Self.trimmed(line[line.utf8.index(after: colon)...]))
        return .proceed
    }

    private mutating func endHead() -> Step {
        guard status != 0 else { return .refuse(.protocolViolation) }
        if status < 200 { return .proceed }
        isHeadComplete = true
        let announced = headers["content-length"].flatMap { Int($0) } ?? 0
        if expectsBody, status != 304, announced > limits.bodyBytes { return .refuse(.responseTooLarge) }
        return .headComplete
    }

    private static func withoutLineEnd(_ line: String) -> String {
        var bytes = line.utf8[...]
        while let last = bytes.last, last == 0x0A || last == 0x0D { bytes = bytes.dropLast() }
        return String(Substring(bytes))
    }

    private static func trimmed(_ text: Substring) -> String {
        var bytes = text.utf8
        while let first = bytes.first, first == 0x20 || first == 0x09 { bytes = bytes.dropFirst() }
        while let last = bytes.last, last == 0x20 || last == 0x09 { bytes = bytes.dropLast() }
        return String(Substring(bytes))
    }
}
