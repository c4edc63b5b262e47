import CCurl

/// Sets a handle's options; the first refusal of libcurl is the error.
struct CurlOptions {
    private let easy: OpaquePointer
    private let host: String

    init(_ easy: OpaquePointer, _ host: String) {
        self.easy = easy
        self.host = host
    }

    func apply(
        _ plan: TransferPlan, _ configuration: HTTPClientConfiguration, to transfer: CurlTransfer
    ) throws(HTTPError) {
        try applyCommon(plan, configuration)
        try applyTimeouts(plan.timeouts)
        try applyCallbacks(plan, transfer)
        switch plan.kind {
        case .http(let http): try apply(http, plan.body, configuration, transfer)
        case .mail(let mail): try apply(mail, transfer)
        }
    }

    private func applyCommon(_ plan: TransferPlan, _ configuration: HTTPClientConfiguration) throws(HTTPError) {
        try set(CURLOPT_URL, plan.url)
        // Dot segments stay as they were signed.
        try set(CURLOPT_PATH_AS_IS, 1)
        // Signals and threads do not go together; the driver's thread blocks SIGPIPE itself.
        try set(CURLOPT_NOSIGNAL, 1)
        // Do not wait for a name look-up that nobody wants any more: it would hold up every other transfer.
        try set(CURLOPT_QUICK_EXIT, 1)
        try set(CURLOPT_FOLLOWLOCATION, 0)
        // Empty, not unset: the environment's proxies are ignored.
        try set(CURLOPT_PROXY, "")
        try set(CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        try set(CURLOPT_SSL_VERIFYPEER, 1)
        try set(CURLOPT_SSL_VERIFYHOST, 2)
        try set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let file = configuration.certificateAuthorityFile {
            try set(CURLOPT_CAINFO, file)
            // Without this the system's folder of authorities would be trusted as well.
            try check(rz_curl_set_string(easy, CURLOPT_CAPATH, nil))
        }
        try set(CURLOPT_TCP_KEEPALIVE, 1)
    }

    private func applyTimeouts(_ timeouts: HTTPTimeouts) throws(HTTPError) {
        try set(CURLOPT_CONNECTTIMEOUT_MS, timeouts.connect.wholeMilliseconds)
        if let total = timeouts.total { try set(CURLOPT_TIMEOUT_MS, total.wholeMilliseconds) }
        if let stall = timeouts.stall {
            try set(CURLOPT_LOW_SPEED_LIMIT, 1)
            try set(CURLOPT_LOW_SPEED_TIME, stall.wholeSeconds)
        }
    }

    /// The handle keeps an unretained pointer to the transfer, which frees the handle before it goes.
    private func applyCallbacks(_ plan: TransferPlan, _ transfer: CurlTransfer) throws(HTTPError) {
        let context = Unmanaged.passUnretained(transfer).toOpaque()
        var read: rz_curl_bytes?
        if case .none = plan.body {} else { read = sendBody }
        var seek: rz_curl_seek?
        if case .bytes = plan.body, plan.mayBeRepeated { seek = rewindBody }
        try check(rz_curl_set_callbacks(easy, receiveHeader, receiveBody, read, seek, context))
        try check(rz_curl_set_before_request(easy, beginAttempt, context))
    }

    private func apply(
        _ http: TransferPlan.HTTP, _ body: TransferPlan.Body, _ configuration: HTTPClientConfiguration,
        _ transfer: CurlTransfer
    ) throws(HTTPError) {
        try set(CURLOPT_PROTOCOLS_STR, configuration.plainHTTP == .never ? "https" : "http,https")
        // HTTP/2 through this libcurl has failed and repeated requests after GOAWAY; 1.1 has none of that.
        try set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        try set(CURLOPT_HTTP09_ALLOWED, 0)
        if http.decompresses { try set(CURLOPT_ACCEPT_ENCODING, "") }
        switch body {
        case .none: if http.method == .head { try set(CURLOPT_NOBODY, 1) }
        case .bytes(let bytes): try upload(length: bytes.count)
        case .stream(let length, _): try upload(length: length ?? -1)
        }
        if http.method != .get, http.method != .head { try set(CURLOPT_CUSTOMREQUEST, http.method.rawValue) }
        try set(CURLOPT_HTTPHEADER, http.headerLines, transfer)
    }

    private func apply(_ mail: TransferPlan.Mail, _ transfer: CurlTransfer) throws(HTTPError) {
        try set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        try set(CURLOPT_USE_SSL, mail.encryption.curlLevel)
        if let user = mail.user { try set(CURLOPT_USERNAME, user) }
        if let password = mail.password { try set(CURLOPT_PASSWORD, password) }
        try set(CURLOPT_MAIL_FROM, mail.from)
        try set(CURLOPT_MAIL_RCPT, mail.to, transfer)
        try set(CURLOPT_UPLOAD, 1)
    }

    /// -1 = unknown, sent chunked.
    private func upload(length: Int) throws(HTTPError) {
        try set(CURLOPT_UPLOAD, 1)
        try check(rz_curl_set_offset(easy, CURLOPT_INFILESIZE_LARGE, curl_off_t(length)))
    }

    private func set(_ option: CURLoption, _ value: Int) throws(HTTPError) {
        try check(rz_curl_set_long(easy, option, value))
    }

    private func set(_ option: CURLoption, _ value: String) throws(HTTPError) {
        try check(rz_curl_set_string(easy, option, value))
    }

    private func set(_ option: CURLoption, _ lines: [String], _ transfer: CurlTransfer) throws(HTTPError) {
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            guard let longer = curl_slist_append(list, line) else {
                curl_slist_free_all(list)
                throw HTTPError(.library, host: host, reason: "out of memory")
            }
            list = longer
        }
        guard let list else { return }
        transfer.keep(list)
        try check(rz_curl_set_list(easy, option, list))
    }

    private func check(_ code: CURLcode, file: String = #fileID, line: Int = #line) throws(HTTPError) {
        guard code != CURLE_OK else { return }
        throw HTTPError(
            .library, host: host, reason: HTTPError.text(of: code), curlCode: Int32(code.rawValue), file: file,
            line: line)
    }
}

// MARK: C's way in. libcurl passes size 1 and the count, and the transfer as context.

private let receiveHeader: @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int = {
    bytes, size, count, context in
    guard let context else { return 0 }
    let line = UnsafeRawBufferPointer(start: bytes, count: size * count)
    return CurlTransfer.of(context).receiveHeader(line) ? line.count : 0
}

private let receiveBody: @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int = {
    bytes, size, count, context in
    guard let context else { return 0 }
    return CurlTransfer.of(context).receiveBody(UnsafeRawBufferPointer(start: bytes, count: size * count))
}

private let sendBody: @convention(c) (UnsafeMutablePointer<CChar>?, Int, Int, UnsafeMutableRawPointer?) -> Int = {
    bytes, size, count, context in
    guard let context else { return rz_curl_read_abort }
    return CurlTransfer.of(context).sendBody(into: UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
}

private let rewindBody: @convention(c) (UnsafeMutableRawPointer?, curl_off_t, Int32) -> Int32 = {
    context, offset, origin in
    guard let context, origin == SEEK_SET, CurlTransfer.of(context).rewind(to: Int(offset)) else {
        return CURL_SEEKFUNC_FAIL
    }
    return CURL_SEEKFUNC_OK
}

private let beginAttempt:
    @convention(c) (
        UnsafeMutableRawPointer?, UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<CChar>?, Int32, Int32
    ) -> Int32 = { context, _, _, _, _ in
        guard let context else { return CURL_PREREQFUNC_ABORT }
        return CurlTransfer.of(context).beginAttempt() ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
    }
