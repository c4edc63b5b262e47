import Hummingbird
import Postgres

/// Turns what a page could not do into a page that says so. Nothing of an error's own text reaches the reader: it goes to the log,
/// redacted.
struct FaultPages: RouterMiddleware {
    typealias Context = ConsoleContext

    let templates: TemplateShelf

    func handle(
        _ request: Request, context: ConsoleContext,
        next: (Request, ConsoleContext) async throws -> Response
    ) async throws -> Response {
        do { return try await next(request, context) } catch {
            let fault = Self.fault(error)
            if fault.status.kind == .serverError {
                context.logger.error(
                    "a page failed", metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
            }
            return PageView(
                frame: PageView.Frame(title: fault.title, section: nil, session: context.session), template: "fault",
                model: ["title": fault.title, "advice": fault.advice]
            ).response(fault.status, from: templates)
        }
    }

    private static func fault(_ error: any Error) -> ConsoleFault {
        switch error {
        case let fault as ConsoleFault: fault
        case let error as HTTPError where error.status.kind == .clientError:
            error.status == .notFound
                ? .notFound("This page")
                : ConsoleFault(
                    status: error.status, title: "The request cannot be read", advice: "Nothing was changed.")
        case let error as PostgresError where error.isRetryable:
            ConsoleFault(
                status: .serviceUnavailable, title: "The database does not answer",
                advice: "Nothing was changed. The consumers hold what they have; `repazoo doctor` tells more.")
        default:
            ConsoleFault(
                status: .internalServerError, title: "This page failed",
                advice: "Nothing was changed. The console's log says why.")
        }
    }
}
