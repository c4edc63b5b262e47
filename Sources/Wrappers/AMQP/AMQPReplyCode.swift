/// The reply codes of AMQP 0-9-1 §1.2 in words.
enum AMQPReplyCode {
    static func meaning(_ code: UInt16) -> String {
        switch code {
        case 200: "reply-success"
        case 311: "content-too-large"
        case 312: "no-route"
        case 313: "no-consumers"
        case 320: "connection-forced: the broker or an operator ended it"
        case 402: "invalid-path"
        case 403: "access-refused: the user lacks this permission"
        case 404: "not-found: no such queue or exchange; run `repazoo topology apply`"
        case 405: "resource-locked"
        case 406: "precondition-failed: it exists with other arguments, or an acknowledgement came twice or too late"
        case 501: "frame-error"
        case 502: "syntax-error"
        case 503: "command-invalid"
        case 504: "channel-error"
        case 505: "unexpected-frame"
        case 506: "resource-error"
        case 530: "not-allowed: no such virtual host, or no right to it"
        case 540: "not-implemented"
        case 541: "internal-error"
        default: "unknown"
        }
    }
}

extension AMQPError {
    /// The broker's reply text is left out: it quotes names and, for a refused publication, header values.
    init(closeCode code: UInt16, _ classID: UInt16, _ methodID: UInt16) {
        let kind: Kind = code == 403 || code == 530 ? .accessRefused : .closedByBroker(code: code)
        self.init(
            kind,
            "the broker closed the channel with \(code) \(AMQPReplyCode.meaning(code)) (method \(classID).\(methodID))")
    }
}
