import CCurl

/// What the driver does with a transfer between and after the callbacks.
extension CurlTransfer {
    enum Direction { case receive, send }

    /// Goes on with a direction that a callback had paused. Not from inside a callback. libcurl may hand over held-back bytes
    /// at once, and the callback may pause again.
    func unpause(_ direction: Direction) -> CURLcode {
        guard let easy else { return CURLE_OK }
        switch direction {
        case .receive:
            guard isReceivePaused else { return CURLE_OK }
            isReceivePaused = false
        case .send:
            guard isSendPaused else { return CURLE_OK }
            isSendPaused = false
        }
        let still = (isReceivePaused ? CURLPAUSE_RECV : 0) | (isSendPaused ? CURLPAUSE_SEND : 0)
        return curl_easy_pause(easy, still)
    }

    enum End {
        case finished(CURLcode)
        case stopped(HTTPError.Kind)
    }

    /// Tells the caller how it ended. The handle must still exist: its counters are read.
    func settle(_ end: End) {
        let error = failure(end)
        let outcome = delivery
        delivery = nil
        upload?.close()
        switch outcome {
        case .whole(let promise):
            let answer = HTTPResponse(status: response.status, headers: response.headers, body: body)
            promise.resume(returning: error.map { .failure($0) } ?? .success(answer))
        case .streamed(let head, let pipe):
            let error = error ?? HTTPError(.protocolViolation, host: plan.host, reason: "an answer without a head")
            pipe.finish(error)
            head.resume(returning: .failure(error))
        case .streamedBody(let pipe): pipe.finish(error)
        case nil: break
        }
        body = []
        requestBody = []
    }

    private func failure(_ end: End) -> HTTPError? {
        switch end {
        case .finished(CURLE_OK):
            if case .http = plan.kind, !response.isHeadComplete { return error(.protocolViolation) }
            return nil
        case .finished(let code):
            if refusal == .requestBodyFailed, let cause = upload?.failure {
                return error(.requestBodyFailed, reason: cause.reason, underlying: cause.underlying)
            }
            let kind = refusal ?? refusedMail(code) ?? HTTPError.kind(of: code, timeout: timeoutPhase)
            // libcurl has no code for a header line over its own 100 KiB: it reports a lack of memory.
            if code == CURLE_OUT_OF_MEMORY, response.status != 0, !response.isHeadComplete {
                return error(.responseTooLarge)
            }
            return error(kind, code: refusal == nil ? code : CURLE_OK)
        case .stopped(let kind): return error(kind)
        }
    }

    private func error(
        _ kind: HTTPError.Kind, code: CURLcode = CURLE_OK, reason: String = "", underlying: (any Error)? = nil
    ) -> HTTPError {
        HTTPError(
            kind, host: plan.host, reason: code == CURLE_OK ? reason : HTTPError.text(of: code),
            curlCode: Int32(code.rawValue), mayHaveBeenProcessed: mayHaveBeenProcessed(kind), underlying: underlying)
    }

    private func mayHaveBeenProcessed(_ kind: HTTPError.Kind) -> Bool {
        guard let easy else { return false }
        switch plan.kind {
        case .http: return rz_curl_info_long(easy, CURLINFO_REQUEST_SIZE) > 0
        // A server forgets a mail whose text did not come to its end (RFC 5321 §4.1.1.4).
        case .mail:
            if case .smtp = kind { return false }
            return bodyBytesRead > 0 && bodyBytesRead == requestBody.count
        }
    }

    private func refusedMail(_ code: CURLcode) -> HTTPError.Kind? {
        guard case .mail = plan.kind, code != CURLE_USE_SSL_FAILED, let easy else { return nil }
        let reply = rz_curl_info_long(easy, CURLINFO_RESPONSE_CODE)
        return (400..<600).contains(reply) ? .smtp(code: reply) : nil
    }

    private var timeoutPhase: HTTPError.Phase {
        guard let easy else { return .total }
        if let deadline, ContinuousClock.now + .milliseconds(20) >= deadline { return .total }
        return rz_curl_info_offset(easy, CURLINFO_PRETRANSFER_TIME_T) == 0 ? .connect : .stall
    }
}
