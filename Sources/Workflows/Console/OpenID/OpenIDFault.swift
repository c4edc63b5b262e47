import Hummingbird

/// Why a sign-in by the provider came to nothing. The code goes into the trail and the log; the person is told in words that give
/// nothing away of tokens, claims and what the provider said.
struct OpenIDFault: Error, Equatable {
    enum Code: String, CaseIterable, Sendable {
        case providerUnreachable = "provider_unreachable"
        case providerMalformed = "provider_malformed"
        case stateUnknown = "state_unknown"
        case refusedByProvider = "refused_by_provider"
        case issuerMixedUp = "issuer_mixed_up"
        case codeRefused = "code_refused"
        case tokenMalformed = "token_malformed"
        case algorithmRefused = "algorithm_refused"
        case keyUnknown = "key_unknown"
        case signatureWrong = "signature_wrong"
        case issuerWrong = "issuer_wrong"
        case audienceWrong = "audience_wrong"
        case expired
        case fromTheFuture = "from_the_future"
        case nonceWrong = "nonce_wrong"
        case nameless
        case noRole = "no_role"
    }

    let code: Code

    init(_ code: Code) { self.code = code }

    var page: ConsoleFault {
        switch code {
        case .providerUnreachable, .providerMalformed:
            ConsoleFault(
                status: .serviceUnavailable, title: "The sign-in service does not answer",
                advice: "Nobody was signed in. Try again in a minute; who has a password here can use it meanwhile.")
        case .stateUnknown:
            ConsoleFault(
                status: .forbidden, title: "This sign-in is out of date",
                advice: "It was used already, began in another browser or took longer than ten minutes. Begin again.")
        case .refusedByProvider:
            ConsoleFault(
                status: .forbidden, title: "The sign-in service said no",
                advice: "Nobody was signed in: it was cancelled there, or you may not use this console.")
        case .noRole:
            ConsoleFault(
                status: .forbidden, title: "You have no role here",
                advice:
                    "The sign-in service knows you, and none of your groups may use this console. Ask whoever runs it.")
        default:
            ConsoleFault(
                status: .forbidden, title: "The answer of the sign-in service cannot be trusted",
                advice: "Nobody was signed in. Tell whoever runs this console: its log says what is wrong.")
        }
    }
}
