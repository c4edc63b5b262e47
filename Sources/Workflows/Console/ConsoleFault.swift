import Hummingbird

/// Why a page is not to be had, in words for the person who asked.
struct ConsoleFault: Error, Equatable {
    let status: HTTPResponse.Status
    let title: String
    let advice: String

    static let staleForm = ConsoleFault(
        status: .forbidden, title: "This form is out of date",
        advice: "Nothing was changed. Go back, reload the page and try again.")

    static func notAllowed(_ role: ConsoleRole) -> ConsoleFault {
        ConsoleFault(
            status: .forbidden, title: "Your role does not allow that",
            advice: "You are signed in as \(role). Nothing was changed; ask somebody with the right role.")
    }

    static func notFound(_ what: String) -> ConsoleFault {
        ConsoleFault(
            status: .notFound, title: "\(what) is not here",
            advice: "It may have been deleted by retention or erasure, or the address has a slip in it.")
    }

    static func invalid(_ advice: String) -> ConsoleFault {
        ConsoleFault(status: .badRequest, title: "That cannot be done so", advice: advice)
    }
}
