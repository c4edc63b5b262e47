import Crypto
public import FoundationEssentials

/// AWS Signature Version 4 (docs.aws.amazon.com, "Signature Version 4 signing process").
public struct AWSSignature: Sendable {
    public enum Payload: Sendable {
        /// The 32 bytes of the body's digest.
        case sha256([UInt8])
        /// The body is not covered, for S3 over TLS only.
        case unsigned

        public static func digest(of body: [UInt8]) -> Payload { .sha256(Array(SHA256.hash(data: body))) }

        /// What the request's own body needs: a streamed one cannot be hashed before it is sent.
        public static func of(_ body: HTTPRequest.Body) -> Payload {
            switch body {
            case .none: digest(of: [])
            case .bytes(let bytes): digest(of: bytes)
            case .stream: .unsigned
            }
        }

        var text: String {
            switch self {
            case .sha256(let digest): AWSSignature.hex(digest)
            case .unsigned: "UNSIGNED-PAYLOAD"
            }
        }
    }

    private let credentials: AWSCredentials
    private let region: String
    private let service: String
    private let time: UTCTime

    private init(_ credentials: AWSCredentials, region: String, service: String, at date: Date) throws(HTTPError) {
        let words = [region, service, credentials.accessKeyID]
        guard words.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x21...0x7E).contains($0) } }) else {
            throw HTTPError(.invalidRequest, reason: "AWS region, service and key id must be plain words")
        }
        self.credentials = credentials
        self.region = region
        self.service = service
        time = UTCTime(date)
    }

    /// The request with `X-Amz-Date`, `Authorization` and the like added, its URL in AWS's encoding. All its headers are
    /// signed: add none afterwards that a proxy of yours would have to change. Valid for about 15 minutes.
    public static func sign(
        _ request: HTTPRequest, credentials: AWSCredentials, region: String, service: String, at date: Date,
        payload: Payload
    ) throws(HTTPError) -> HTTPRequest {
        let signature = try AWSSignature(credentials, region: region, service: service, at: date)
        return try signature.sign(request, payload)
    }

    /// A URL that anybody may use, as often as they like, until it expires. S3 takes 1 second to 7 days.
    public static func presign(
        _ method: HTTPRequest.Method = .get, _ url: String, credentials: AWSCredentials, region: String,
        service: String = "s3", at date: Date, expires: Duration
    ) throws(HTTPError) -> String {
        let seconds = expires.components.seconds
        guard (1...604_800).contains(seconds) else {
            throw HTTPError(.invalidRequest, reason: "a presigned URL lives from 1 second to 7 days")
        }
        let signature = try AWSSignature(credentials, region: region, service: service, at: date)
        return try signature.presign(method, url, seconds: seconds)
    }

    private func sign(_ request: HTTPRequest, _ payload: Payload) throws(HTTPError) -> HTTPRequest {
        let url = try AWSCanonicalURL(request.url)
        var signed = request
        signed.url = url.text
        signed.headers.remove("Authorization")
        signed.headers["X-Amz-Date"] = time.awsTime
        if let token = credentials.sessionToken { signed.headers["X-Amz-Security-Token"] = token }
        if service == "s3" { signed.headers["X-Amz-Content-Sha256"] = payload.text }
        // The transport refuses the same; here it keeps a line break out of the text that is signed.
        _ = try signed.headers.wireLines(host: "")
        var fields = signed.headers
        fields.add("host", url.authority)
        let (lines, names) = Self.canonicalHeaders(fields)
        let value = signature(request.method, url, lines, names, payload)
        signed.headers["Authorization"] =
            "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope), SignedHeaders=\(names), Signature=\(value)"
        return signed
    }

    private func presign(_ method: HTTPRequest.Method, _ text: String, seconds: Int64) throws(HTTPError) -> String {
        var url = try AWSCanonicalURL(text)
        url.add("X-Amz-Algorithm", "AWS4-HMAC-SHA256")
        url.add("X-Amz-Credential", "\(credentials.accessKeyID)/\(scope)")
        url.add("X-Amz-Date", time.awsTime)
        url.add("X-Amz-Expires", String(seconds))
        url.add("X-Amz-SignedHeaders", "host")
        if let token = credentials.sessionToken { url.add("X-Amz-Security-Token", token) }
        let payload = service == "s3" ? Payload.unsigned : .digest(of: [])
        let value = signature(method, url, "host:\(url.authority)\n", "host", payload)
        return "\(url.text)&X-Amz-Signature=\(value)"
    }

    private var scope: String { "\(time.awsDate)/\(region)/\(service)/aws4_request" }

    private func signature(
        _ method: HTTPRequest.Method, _ url: AWSCanonicalURL, _ headerLines: String, _ headerNames: String,
        _ payload: Payload
    ) -> String {
        let request = [
            method.rawValue, url.canonicalPath(service: service), url.canonicalQuery, headerLines, headerNames,
            payload.text,
        ].joined(separator: "\n")
        let digest = Self.hex(SHA256.hash(data: Array(request.utf8)))
        let text = "AWS4-HMAC-SHA256\n\(time.awsTime)\n\(scope)\n\(digest)"
        var key = SymmetricKey(data: Array("AWS4\(credentials.secretAccessKey)".utf8))
        for word in [time.awsDate, region, service, "aws4_request"] { key = SymmetricKey(data: Self.code(word, key)) }
        return Self.hex(Self.code(text, key))
    }

    /// Lower-case names in order, repeated fields joined, runs of spaces made one.
    private static func canonicalHeaders(_ headers: HTTPHeaders) -> (lines: String, names: String) {
        let names = Set(headers.fields.map { $0.name.lowercased() }).sorted()
        let lines = names.map { name in
            let values = headers.values(name).map { $0.split(separator: " ").joined(separator: " ") }
            return "\(name):\(values.joined(separator: ","))\n"
        }
        return (lines.joined(), names.joined(separator: ";"))
    }

    private static func code(_ text: String, _ key: SymmetricKey) -> HMAC<SHA256>.MAC {
        HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key)
    }

    static func hex(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
