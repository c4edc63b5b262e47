import CCurl

/// What libcurl calls, on the driver's thread. None of it calls back into libcurl, except to read a counter.
extension CurlTransfer {
    static func of(_ context: UnsafeMutableRawPointer) -> CurlTransfer {
        Unmanaged<CurlTransfer>.fromOpaque(context).takeUnretainedValue()
    }

    /// True to go on. libcurl tries again by itself when a kept-alive connection turns out dead; a request whose repetition
    /// has an effect, or whose body is already spent, must then fail instead.
    func beginAttempt() -> Bool {
        attempts += 1
        guard attempts > 1, let easy else { return true }
        let hasSent = rz_curl_info_long(easy, CURLINFO_REQUEST_SIZE) > 0 || bodyBytesRead > 0
        let isSpent = upload != nil && bodyBytesRead > 0
        guard isSpent || (hasSent && !plan.mayBeRepeated) else { return true }
        refusal = .receiveFailed
        return false
    }

    func receiveHeader(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard case .http = plan.kind else { return true }
        switch response.take(line: String(decoding: bytes, as: UTF8.self), bytes: bytes.count) {
        case .proceed: return true
        case .headComplete:
            if case .streamed(let head, let pipe) = delivery {
                delivery = .streamedBody(pipe)
                head.resume(returning: .success(HTTPResponse(status: response.status, headers: response.headers)))
            }
            return true
        case .refuse(let kind):
            refusal = kind
            return false
        }
    }

    /// Bytes taken, or libcurl's word for "pause".
    func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard case .http = plan.kind else { return bytes.count }
        if case .streamedBody(let pipe) = delivery {
            guard response.bodyBytes + bytes.count <= plan.limits.bodyBytes else { return refuse(.responseTooLarge) }
            guard pipe.offer(bytes) else {
                isReceivePaused = true
                return rz_curl_write_pause
            }
            _ = response.admit(body: bytes.count)
            return bytes.count
        }
        guard response.admit(body: bytes.count) else { return refuse(.responseTooLarge) }
        body.append(contentsOf: bytes)
        return bytes.count
    }

    /// Bytes given, 0 at the end, or libcurl's words for "pause" and "abort".
    func sendBody(into room: UnsafeMutableRawBufferPointer) -> Int {
        guard let upload else { return sendBytes(into: room) }
        switch upload.read(into: room) {
        case .bytes(let count):
            bodyBytesRead += count
            return count
        case .end: return 0
        case .starved:
            isSendPaused = true
            return rz_curl_read_pause
        case .failed:
            refusal = .requestBodyFailed
            return rz_curl_read_abort
        }
    }

    /// True when the body can start again at `offset`.
    func rewind(to offset: Int) -> Bool {
        guard upload == nil, plan.mayBeRepeated, (0...requestBody.count).contains(offset) else { return false }
        bodyBytesRead = offset
        return true
    }

    private func sendBytes(into room: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(room.count, requestBody.count - bodyBytesRead)
        requestBody.withUnsafeBytes {
            room.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[bodyBytesRead..<bodyBytesRead + count]))
        }
        bodyBytesRead += count
        return count
    }

    private func refuse(_ kind: HTTPError.Kind) -> Int {
        refusal = kind
        return 0
    }
}
