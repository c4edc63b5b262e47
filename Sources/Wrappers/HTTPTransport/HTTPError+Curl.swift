import CCurl

extension HTTPError {
    /// libcurl's code as a kind. Time-outs share one code there; the caller tells their phase apart.
    static func kind(of code: CURLcode, timeout phase: Phase) -> Kind {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .resolve
        case CURLE_COULDNT_CONNECT, CURLE_INTERFACE_FAILED: .connect
        case CURLE_OPERATION_TIMEDOUT: .timeout(phase)
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_INVALIDCERTSTATUS: .untrustedCertificate
        case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_ENGINE_INITFAILED, CURLE_USE_SSL_FAILED:
            .tls
        case CURLE_SEND_ERROR: .sendFailed
        // 65: the kept-alive connection ended after body bytes had gone out, and libcurl was kept from sending them again.
        case CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_SEND_FAIL_REWIND: .receiveFailed
        case CURLE_PARTIAL_FILE: .truncatedBody
        case CURLE_FILESIZE_EXCEEDED: .responseTooLarge
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING, CURLE_HTTP2,
            CURLE_HTTP2_STREAM:
            .protocolViolation
        case CURLE_URL_MALFORMAT: .invalidRequest
        case CURLE_ABORTED_BY_CALLBACK: .cancelled
        default: .library
        }
    }

    /// libcurl's fixed text for a code: it holds nothing of the request.
    static func text(of code: CURLcode) -> String {
        curl_easy_strerror(code).map { String(cString: $0) } ?? ""
    }
}
