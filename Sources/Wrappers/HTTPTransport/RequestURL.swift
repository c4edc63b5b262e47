import CCurl

/// A URL as libcurl's own parser reads it, so that what is checked here is what libcurl will contact.
struct RequestURL {
    let scheme: String
    /// IPv6 keeps its brackets. Lower case.
    let host: String
    let port: Int?
    /// Percent-encoded, at least "/".
    let path: String
    /// Percent-encoded, without "?".
    let query: String?
    /// Decoded.
    let user: String?
    let password: String?

    init(_ text: String) throws(HTTPError) {
        // Printable ASCII only: no line break can reach the request line, and no look-alike host.
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }) else {
            throw HTTPError(.invalidRequest, reason: "the URL has a character that must be percent-encoded")
        }
        guard text.utf8.count <= 16_384 else { throw HTTPError(.invalidRequest, reason: "the URL is over 16 KiB") }
        CurlLibrary.prepare()
        guard let handle = curl_url() else { throw HTTPError(.library, reason: "out of memory") }
        defer { curl_url_cleanup(handle) }
        guard curl_url_set(handle, CURLUPART_URL, text, UInt32(CURLU_PATH_AS_IS)) == CURLUE_OK else {
            throw HTTPError(.invalidRequest, reason: "not an absolute URL")
        }
        func part(_ part: CURLUPart, decoded: Bool = false) -> String? {
            var bytes: UnsafeMutablePointer<CChar>?
            guard curl_url_get(handle, part, &bytes, decoded ? UInt32(CURLU_URLDECODE) : 0) == CURLUE_OK, let bytes
            else {
                return nil
            }
            defer { curl_free(bytes) }
            return String(cString: bytes)
        }
        guard let scheme = part(CURLUPART_SCHEME), let host = part(CURLUPART_HOST), !host.isEmpty else {
            throw HTTPError(.invalidRequest, reason: "the URL names no host")
        }
        self.scheme = scheme.lowercased()
        self.host = host.lowercased()
        port = part(CURLUPART_PORT).flatMap { Int($0) }
        path = part(CURLUPART_PATH) ?? "/"
        query = part(CURLUPART_QUERY)
        user = part(CURLUPART_USER, decoded: true)
        password = part(CURLUPART_PASSWORD, decoded: true)
    }

    /// Host and port as libcurl writes them into the `Host` field: the scheme's own port is left out.
    var authority: String {
        let standard = scheme == "https" ? 443 : 80
        return port.map { $0 == standard ? host : "\(host):\($0)" } ?? host
    }

    /// A name or literal that cannot leave this machine. (`localhost` is answered by libcurl itself, without DNS.)
    var isLoopback: Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } && UInt8($0) != nil }
    }
}
